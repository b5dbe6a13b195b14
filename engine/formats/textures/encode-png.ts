import { zlibSync } from 'fflate';
import { concatBytes } from '../../texture/concat-bytes.ts';
import { crc32 } from '../zip/crc32.ts';
import type { RgbaImage } from './decode-tga.ts';

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
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  return concatBytes(parts);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}
