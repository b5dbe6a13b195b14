import type { RgbaImage } from '#engine/texture/image-codec.ts';
import type { Encoding } from './encoding.ts';
import { checked, type Frame, type Libav, newFrame } from './libav.ts';
import { LibavEncoder, type VideoShape } from './libav-encoder.ts';
import { writeYuv, yuvBytes } from './yuv-planes.ts';

/** Pictures in order, each of the video's size. */
export type Pictures = AsyncIterable<RgbaImage>;

/**
 * Encodes pictures into a file.
 *
 * @throws MaquetteError what FFmpeg says; what reading the pictures throws
 */
export async function encodeFrames(
  libav: Libav,
  path: string,
  encoding: Encoding,
  shape: VideoShape,
  pictures: Pictures,
): Promise<void> {
  const { pixels } = encoding;
  const { width, height } = shape;
  const buffer = Buffer.alloc(pixels.kind === 'yuv' ? yuvBytes(width, height, pixels.layout) : width * height * 4);
  const encoder = await LibavEncoder.open(libav, path, encoding, shape);
  const frame = newFrame(libav);
  try {
    let number = 0n;
    for await (const { data } of pictures) {
      if (pixels.kind === 'yuv') writeYuv(data, width, height, pixels.layout, buffer);
      else writeBgra(data, buffer);
      fillFrame(libav, frame, { width, height, format: encoding.pixelFormat }, buffer);
      encoder.tag(frame);
      frame.pts = number++;
      frame.duration = 1n;
      await encoder.send(frame);
    }
    await encoder.finish();
  } finally {
    frame.free();
    encoder.close();
  }
}

/** Gives a frame pixels of its own, copied from planes without gaps. */
export function fillFrame(
  libav: Libav,
  frame: Frame,
  { width, height, format }: { width: number; height: number; format: string },
  planes: Buffer,
): void {
  frame.unref();
  frame.width = width;
  frame.height = height;
  frame.format = libav.avGetPixFmtFromName(format);
  checked(libav, frame.getBuffer(), 'Allocating a frame');
  checked(libav, frame.fromBuffer(planes), 'Filling a frame');
}

/** Swaps red and blue. */
export function writeBgra(rgba: Uint8Array, out: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += 4) {
    out[at] = rgba[at + 2]!;
    out[at + 1] = rgba[at + 1]!;
    out[at + 2] = rgba[at]!;
    out[at + 3] = rgba[at + 3]!;
  }
}
