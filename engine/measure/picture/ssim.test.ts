import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { type GrayPicture, structuralSimilarity } from './ssim.ts';

/** Waves, and the same with noise. */
function pictures(): { plain: GrayPicture; noisy: GrayPicture } {
  const [width, height] = [40, 32];
  const plain = new Float64Array(width * height);
  const noisy = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      plain[i] = (x * 7 + y * 3) % 256;
      noisy[i] = Math.min(255, Math.max(0, plain[i]! + ((i * 37) % 31) - 15));
    }
  }
  return { plain: { width, height, values: plain }, noisy: { width, height, values: noisy } };
}

test('a picture is the same as itself', () => {
  const { plain } = pictures();
  expect(structuralSimilarity(plain, plain)).toBeCloseTo(1, 12);
});

test('the value is that of another implementation', () => {
  // SciPy: gaussian_filter(sigma=1.5, truncate=3.34), K1 0.01, K2 0.03, L 255, five pixels of border left out.
  const { plain, noisy } = pictures();
  expect(structuralSimilarity(plain, noisy)).toBeCloseTo(0.8487251388124567, 9);
});

test('the order of the pictures does not matter, and noise makes them less alike the stronger it is', () => {
  const random = seededRandom(7);
  const noise = Float64Array.from({ length: 64 * 64 }, () => random() - 0.5);
  const base = Float64Array.from({ length: 64 * 64 }, (_, i) => 128 + 60 * Math.sin(i / 9) * Math.cos(i / 640));
  const of = (values: Float64Array): GrayPicture => ({ width: 64, height: 64, values });
  const values = [2, 8, 32, 128].map((strength) => {
    const other = of(base.map((value, i) => value + strength * noise[i]!));
    const forward = structuralSimilarity(of(base), other)!;
    expect(structuralSimilarity(other, of(base))).toBeCloseTo(forward, 12);
    return forward;
  });
  expect(values).toEqual(values.toSorted((a, b) => b - a));
  expect(values[0]).toBeLessThan(1);
});

test('only windows that touch what counts are looked at', () => {
  const { plain, noisy } = pictures();
  const nowhere = new Float64Array(plain.values.length);
  expect(structuralSimilarity(plain, noisy, nowhere)).toBeNull();
  // Noise in the left half alone; only the right half counts.
  const half = { ...plain, values: plain.values.map((value, i) => (i % 40 < 15 ? noisy.values[i]! : value)) };
  const right = nowhere.map((_, i) => (i % 40 >= 25 ? 1 : 0));
  expect(structuralSimilarity(plain, half, right)).toBeCloseTo(1, 9);
  expect(structuralSimilarity(plain, half)).toBeLessThan(0.99);
});

test('a picture without a whole window has none', () => {
  const tiny = { width: 10, height: 40, values: new Float64Array(400) };
  expect(structuralSimilarity(tiny, tiny)).toBeNull();
});
