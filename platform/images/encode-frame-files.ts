import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { frameFormatOf, hasDepth } from '#contracts/render/sequence-rules.ts';
import type { RenderedImage } from '#engine/render/rendered-image.ts';
import { encodeDepth } from '#engine/render/sequence/encode-depth.ts';
import { encodeImage } from './sharp-codec.ts';

/** Quality of PNG, which is lossless: not used. */
const LOSSLESS = 100;

/** A frame as the files that wait until the sequence is encoded. */
export interface EncodedFrame {
  image: Uint8Array;
  /** As EXR, where the sequence has depth. */
  depth: Uint8Array | undefined;
}

/** Encodes a drawn frame of a sequence. */
export async function encodeFrameFiles(request: SequenceRequest, frame: RenderedImage): Promise<EncodedFrame> {
  const quality = request.kind === 'dataset' ? request.quality : LOSSLESS;
  return {
    image: await encodeImage(frame, frameFormatOf(request), quality),
    depth: hasDepth(request) ? encodeDepth(frame) : undefined,
  };
}
