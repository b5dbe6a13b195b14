import { zlibSync } from 'fflate';
import { concatBytes } from '../../texture/concat-bytes.ts';
import type { RgbaImage } from './decode-tga.ts';
import { PNG_SIGNATURE, pngChunk } from './png-chunk.ts';

/** Writes a picture as PNG (ISO 15948), without loss; opaque ones without alpha. The same picture gives the same bytes. */
export function encodePng({ width, height, pixels }: RgbaImage): Uint8Array {
  let channels = 3;
  for (let i = 3; i < pixels.length && channels === 3; i += 4) if (pixels[i] !== 255) channels = 4;
  const stride = width * channels + 1;
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    // Filter "Sub": differences to the pixel on the left pack better than the values.
    rows[start] = 1;
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < channels; k++) {
        const at = (y * width + x) * 4 + k;
        rows[start + 1 + x * channels + k] = pixels[at]! - (x > 0 ? pixels[at - 4]! : 0);
      }
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 4 ? 6 : 2], 8);
  const parts = [
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', zlibSync(rows, { level: 6 })),
    pngChunk('IEND', new Uint8Array(0)),
  ];
  return concatBytes(parts);
}
