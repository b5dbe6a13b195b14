import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SequenceFormat } from '#contracts/render/sequence-request.ts';
import type { DecodeImage } from '#engine/texture/image-codec.ts';
import { encodeFrames, type Pictures } from './encode-frames.ts';
import { encodeGif } from './encode-gif.ts';
import { type EncodingChoice, encodingOf } from './encoding.ts';
import { loadLibav } from './libav.ts';
import { writeZip, type ZipEntry } from './write-zip.ts';

/** What is to be encoded. */
export interface VideoInput extends EncodingChoice {
  width: number;
  height: number;
  fps: number;
  /** Number of frames. */
  frames: number;
  /** The PNG file of a frame, counted from 0. */
  readFrame(index: number): Promise<Uint8Array>;
}

/** What encoding is done with. */
export interface VideoControl {
  decodeImage: DecodeImage;
  /** Stops between two frames; `encodeVideo` then throws `canceled`. */
  signal?: AbortSignal | undefined;
  /** Called with the share that is done, rising to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** Passes over the frames that a format takes. */
const PASSES: Record<SequenceFormat, number> = { mp4: 1, webm: 1, gif: 2, webp: 1, mov: 1, zip: 1 };

/**
 * Encodes PNG frames as one file. The same frames and choice give the same bytes on one build of FFmpeg.
 *
 * @throws MaquetteError `unavailable` without FFmpeg for this platform (a zip needs none), `canceled`,
 * `output_limit_exceeded` for a zip of more than 4 GiB, what reading and decoding a frame throws
 */
export async function encodeVideo(path: string, input: VideoInput, control: VideoControl): Promise<void> {
  const { width, height, fps, frames } = input;
  let read = 0;
  async function* files(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < frames; index++) {
      if (control.signal?.aborted) throw new MaquetteError('canceled', 'The encoding was canceled.');
      yield await input.readFrame(index);
      control.onProgress?.(++read / (frames * PASSES[input.format]));
    }
  }
  async function* pictures(): Pictures {
    for await (const bytes of files()) {
      const picture = await control.decodeImage(bytes, 'image/png');
      if (picture.width !== width || picture.height !== height) {
        throw new Error(`a frame of ${picture.width} × ${picture.height} in a video of ${width} × ${height}`);
      }
      yield picture;
    }
  }
  async function* entries(): AsyncGenerator<ZipEntry> {
    let index = 0;
    for await (const bytes of files()) yield { name: frameName(index++, frames), bytes };
  }
  const encoding = encodingOf(input);
  if (encoding === undefined) return writeZip(path, entries());
  const shape = { width, height, fps };
  const libav = loadLibav();
  if (encoding.pixels.kind === 'palette') return encodeGif(libav, path, encoding, shape, pictures);
  return encodeFrames(libav, path, encoding, shape, pictures());
}

/** Name of a frame's file: as many digits as the last one needs, four at least, so that names sort as frames do. */
export function frameName(index: number, frames: number, ending = 'png'): string {
  const digits = Math.max(4, String(frames - 1).length);
  return `${String(index).padStart(digits, '0')}.${ending}`;
}
