import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { decodeWebpLossless } from './webp/decode-webp-lossless.ts';

type Paint = (x: number, y: number, next: () => number) => [number, number, number, number];

const PAINTS: Record<string, Paint> = {
  noise: (_, __, next) => [next() * 256, next() * 256, next() * 256, next() * 256],
  gradients: (x, y) => [x * 3, y * 5, x + y, 255 - x],
  'gradients with noise': (x, y, next) => [x * 3 + next() * 4, y * 5 + x, x * y + next() * 3, 255],
  'two colours': (x, y) => (((x >> 2) ^ (y >> 3)) & 1 ? [255, 0, 3, 255] : [0, 9, 0, 128]),
  'twelve colours': (x, y) => [((x * 7 + y * 3) % 12) * 20, 8, 40, 255],
  'two hundred colours': (x, y) => [(x * y) % 200, 8, 40, 252],
  'a pattern that repeats': (x, y) => [(x % 17) * 15, (y % 13) * 19, ((x * y) % 11) * 20, 255],
  'one colour': () => [1, 2, 3, 4],
};

async function encode(width: number, height: number, paint: Paint, effort: number) {
  const next = seededRandom(width * 31 + height);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(paint(x, y, next).map(Math.floor), (y * width + x) * 4);
  }
  const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
    .webp({ lossless: true, exact: true, effort })
    .toBuffer();
  return { data, bytes: new Uint8Array(bytes) };
}

describe('decodeWebpLossless', () => {
  it.each(Object.keys(PAINTS))('%s: every byte as it was, at every effort of the encoder', async (name) => {
    for (const [width, height] of [
      [1, 1],
      [7, 3],
      [64, 64],
      [301, 123],
    ] as const) {
      for (const effort of [0, 4, 6]) {
        const { data, bytes } = await encode(width, height, PAINTS[name]!, effort);
        const image = decodeWebpLossless(bytes, 'a.webp', 1e6);
        expect([image.width, image.height]).toEqual([width, height]);
        expect(Buffer.compare(image.data, data), `${width} × ${height}, effort ${effort}`).toBe(0);
      }
    }
  });

  it('refuses what is lossy, too large, cut off or damaged, and never hangs', async () => {
    const { bytes } = await encode(64, 64, PAINTS['gradients with noise']!, 4);
    const lossy = await sharp(bytes).webp({ quality: 80 }).toBuffer();
    expect(() => decodeWebpLossless(new Uint8Array(lossy), 'a.webp', 1e6)).toThrow(/lossy/);
    expect(() => decodeWebpLossless(bytes, 'a.webp', 4095)).toThrow(/64 × 64 pixels; the limit is 4,095/);
    expect(() => decodeWebpLossless(bytes.subarray(0, bytes.length >> 1), 'a.webp', 1e6)).toThrow(/cut off/);
    const next = seededRandom(5);
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice();
      for (let k = 0; k < 3; k++) damaged[20 + Math.floor(next() * (bytes.length - 20))] = next() * 256;
      try {
        decodeWebpLossless(damaged, 'a.webp', 1e6);
      } catch (error) {
        expect((error as Error).name).toBe('MaquetteError');
      }
    }
  });
});
