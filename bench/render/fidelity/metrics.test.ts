import { describe, expect, it } from 'vitest';
import { ciede2000, colorDifference } from './ciede2000.ts';
import { labOfSrgb } from './color-spaces.ts';
import { flip } from './flip.ts';
import { decodeSrgb, encodeSrgb, meanWithin, over, type Picture } from './picture.ts';
import { structuralSimilarity } from './ssim.ts';

const SIZE = 48;

function picture(at: (x: number, y: number) => [number, number, number]): Picture {
  const rgb = new Float32Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) rgb.set(at(x, y), (y * SIZE + x) * 3);
  return { width: SIZE, height: SIZE, rgb };
}

const ALL = new Uint8Array(SIZE * SIZE).fill(1);
const gradient = picture((x, y) => [x / SIZE, y / SIZE, 0.5]);
const stripes = picture((x) => (x % 8 < 4 ? [0.8, 0.8, 0.8] : [0.2, 0.2, 0.2]));

describe('CIEDE2000', () => {
  // From the test data that Sharma, Wu and Dalal (2005) publish.
  it.each([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [50, 3.2592, 0.335], 1.0],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ] as const)('gives the published difference of %j and %j', (a, b, expected) => {
    expect(ciede2000(a, b)).toBeCloseTo(expected, 4);
    expect(ciede2000(b, a)).toBeCloseTo(expected, 4);
  });

  it('takes sRGB through L*a*b* with a white of (100, 0, 0)', () => {
    const white = labOfSrgb(1, 1, 1);
    expect(white[0]).toBeCloseTo(100, 6);
    expect(Math.hypot(white[1], white[2])).toBeLessThan(1e-6);
    // Of sRGB red, by the CIE's formulas for D65.
    const red = labOfSrgb(1, 0, 0);
    expect(red[0]).toBeCloseTo(53.24, 1);
    expect(red[1]).toBeCloseTo(80.09, 1);
    expect(red[2]).toBeCloseTo(67.2, 1);
  });
});

describe.each([
  { name: 'SSIM', map: structuralSimilarity, same: 1 },
  { name: 'FLIP', map: flip, same: 0 },
  { name: 'colour difference', map: colorDifference, same: 0 },
])('$name', ({ map, same }) => {
  it('finds equal pictures equal', () => {
    for (const p of [gradient, stripes]) for (const v of map(p, p)) expect(v).toBeCloseTo(same, 5);
  });

  it('is the same both ways', () => {
    const [a, b] = [map(gradient, stripes), map(stripes, gradient)];
    a.forEach((v, i) => {
      expect(v).toBeCloseTo(b[i]!, 5);
    });
  });

  it('grows with the difference', () => {
    const shifted = (by: number) => picture((x) => (x % 8 < 4 ? [0.8 - by, 0.8, 0.8] : [0.2 + by, 0.2, 0.2]));
    const far = [0.02, 0.08, 0.2].map((by) => Math.abs(meanWithin(map(stripes, shifted(by)), ALL) - same));
    expect(far[0]).toBeGreaterThan(0);
    expect(far[1]).toBeGreaterThan(far[0]!);
    expect(far[2]).toBeGreaterThan(far[1]!);
  });
});

describe('SSIM', () => {
  it('is what the formula gives for flat pictures', () => {
    const flat = (v: number) => picture(() => [v, v, v]);
    const [a, b] = [0.25, 0.75];
    const expected = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4);
    for (const v of structuralSimilarity(flat(a), flat(b))) expect(v).toBeCloseTo(expected, 4);
  });

  it('is negative for a pattern and its negative', () => {
    const negative = picture((x) => (x % 8 < 4 ? [0.2, 0.2, 0.2] : [0.8, 0.8, 0.8]));
    expect(meanWithin(structuralSimilarity(stripes, negative), ALL)).toBeLessThan(-0.5);
  });
});

describe('FLIP', () => {
  it('is 1 for green and blue, which lie farthest apart', () => {
    const green = picture(() => [0, 1, 0]);
    const blue = picture(() => [0, 0, 1]);
    for (const v of flip(green, blue)) expect(v).toBeCloseTo(1, 4);
  });

  it('forgives what is too fine to be seen, and sees edges that move', () => {
    const fine = picture((x, y) => ((x + y) % 2 ? [0.55, 0.55, 0.55] : [0.45, 0.45, 0.45]));
    const grey = picture(() => [0.5023, 0.5023, 0.5023]);
    const coarse = picture((x) => ((x >> 3) % 2 ? [0.55, 0.55, 0.55] : [0.45, 0.45, 0.45]));
    const seen = (p: Picture) => meanWithin(flip(grey, p), ALL);
    expect(seen(fine)).toBeLessThan(seen(coarse) * 0.5);
  });
});

describe('pictures', () => {
  it('lays alpha over a colour in linear light', () => {
    const { rgb } = over(new Uint8Array([255, 0, 0, 128, 10, 20, 30, 255]), 2, 1, [0, 0, 1]);
    expect(decodeSrgb(rgb[0]!)).toBeCloseTo(128 / 255, 5);
    expect(decodeSrgb(rgb[2]!)).toBeCloseTo(127 / 255, 5);
    expect([...rgb.subarray(3)].map((v) => Math.round(v * 255))).toEqual([10, 20, 30]);
  });

  it('encodes what it decodes', () => {
    for (let i = 0; i < 256; i++) expect(encodeSrgb(decodeSrgb(i / 255))).toBeCloseTo(i / 255, 6);
  });
});
