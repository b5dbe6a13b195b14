import type { RgbaImage } from '../../../texture/image-codec.ts';
import { formatCount, formatUnsupported, modelMalformed, modelTooLarge } from '../../errors.ts';
import { BitReader } from './bit-reader.ts';
import { readPixels } from './read-pixels.ts';
import { add, addGreen, crossColor, type InverseTransform, palette, predictor } from './transforms.ts';

/**
 * Decodes lossless WebP (RFC 9649): for images that hold numbers rather than colours, every byte of which counts.
 *
 * @param where the file, for messages
 * @throws MaquetteError `model_malformed`, `model_too_large`; `format_unsupported` for lossy WebP
 */
export function decodeWebpLossless(bytes: Uint8Array, where: string, maxPixels: number): RgbaImage {
  const stream = findStream(bytes, where);
  try {
    const bits = new BitReader(stream);
    if (bits.read(8) !== 0x2f) throw new RangeError('it does not begin as one');
    const width = bits.read(14) + 1;
    const height = bits.read(14) + 1;
    if (width * height > maxPixels) {
      throw modelTooLarge(
        where,
        `The image has ${formatCount(width)} × ${formatCount(height)} pixels; the limit is ${formatCount(maxPixels)}.`,
        'texturePixels',
      );
    }
    bits.read(1);
    if (bits.read(3) !== 0) throw new RangeError('its version is unknown');
    return { width, height, data: toRgba(readImage(bits, width, height)) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw modelMalformed(where, `The lossless WebP image is damaged: ${cause.message}.`, undefined, cause);
  }
}

function findStream(bytes: Uint8Array, where: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 20 || tag(0) !== 'RIFF' || tag(8) !== 'WEBP')
    throw modelMalformed(where, 'The file is no WebP image.');
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const kind = tag(at);
    if (kind === 'VP8L') {
      if (at + 8 + size > bytes.length)
        throw modelMalformed(
          where,
          `The WebP image is cut off: it declares ${formatCount(size)} bytes of pixels and has ${formatCount(bytes.length - at - 8)}.`,
        );
      return bytes.subarray(at + 8, at + 8 + size);
    }
    if (kind === 'VP8 ' || kind === 'ANMF')
      throw formatUnsupported(
        where,
        'The WebP image is lossy or animated; numbers can only be kept in a lossless one.',
        'Export the model again with lossless WebP images.',
      );
    at += 8 + size + (size & 1);
  }
  throw modelMalformed(where, 'The WebP file holds no image.');
}

function readImage(bits: BitReader, width: number, height: number): Uint32Array {
  const transforms: InverseTransform[] = [];
  const seen = new Set<number>();
  let stored = width;
  while (bits.read(1) === 1) {
    const kind = bits.read(2);
    if (seen.has(kind)) throw new RangeError('a transform is used twice');
    seen.add(kind);
    if (kind === 2) transforms.push(addGreen);
    else if (kind === 3) {
      const size = bits.read(8) + 1;
      const colors = readPixels(bits, size, 1, false);
      for (let i = 1; i < size; i++) colors[i] = add(colors[i]!, colors[i - 1]!);
      const widthBits = size <= 2 ? 3 : size <= 4 ? 2 : size <= 16 ? 1 : 0;
      transforms.push(palette(stored, height, widthBits, colors));
      stored = Math.ceil(stored / (1 << widthBits));
    } else {
      const sizeBits = bits.read(3) + 2;
      const blocks = readPixels(bits, Math.ceil(stored / (1 << sizeBits)), Math.ceil(height / (1 << sizeBits)), false);
      transforms.push((kind === 0 ? predictor : crossColor)(stored, height, sizeBits, blocks));
    }
  }
  let pixels = readPixels(bits, stored, height, true);
  for (const transform of transforms.toReversed()) pixels = transform(pixels);
  return pixels;
}

function toRgba(pixels: Uint32Array): Uint8Array {
  const out = new Uint8Array(pixels.length * 4);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    out[i * 4] = pixel >>> 16;
    out[i * 4 + 1] = pixel >>> 8;
    out[i * 4 + 2] = pixel;
    out[i * 4 + 3] = pixel >>> 24;
  }
  return out;
}
