import { describe, expect, it } from 'vitest';
import { resizeTexture, type TextureMeaning } from './resize.ts';

function resized(texels: number[][], width: number, to: [number, number], meaning: TextureMeaning): number[][] {
  const image = { width, height: texels.length / width, data: Uint8Array.from(texels.flat()) };
  const { data } = resizeTexture(image, to[0], to[1], meaning);
  return Array.from({ length: data.length / 4 }, (_, i) => [...data.slice(i * 4, i * 4 + 4)]);
}

describe('scaling textures down', () => {
  it('averages colours as light: half black and half white is 188, not 128', () => {
    const checker = [
      [0, 0, 0, 255],
      [255, 255, 255, 255],
      [255, 255, 255, 255],
      [0, 0, 0, 255],
    ];
    expect(resized(checker, 2, [1, 1], 'color')).toEqual([[188, 188, 188, 255]]);
    expect(resized(checker, 2, [1, 1], 'data')).toEqual([[128, 128, 128, 255]]);
  });

  it('leaves even surfaces exactly as they are, at sizes that do not divide', () => {
    for (const value of [0, 1, 55, 128, 254, 255]) {
      const even = Array.from({ length: 7 * 5 }, () => [value, value, value, 255]);
      for (const texel of resized(even, 7, [3, 2], 'color')) expect(texel).toEqual([value, value, value, 255]);
    }
  });

  it('weighs each texel by the area it has in the new one', () => {
    expect(
      resized(
        [
          [0, 0, 0, 255],
          [90, 0, 0, 255],
          [180, 0, 0, 255],
        ],
        3,
        [2, 1],
        'data',
      ).map(([r]) => r),
    ).toEqual([30, 150]);
  });

  it('gives directions their length back', () => {
    const tilted = resized(
      [
        [255, 128, 128, 255],
        [128, 255, 128, 255],
      ],
      2,
      [1, 1],
      'normal',
    )[0]!;
    const [x, y, z] = tilted.map((value) => value / 127.5 - 1);
    expect(Math.hypot(x!, y!, z!)).toBeCloseTo(1, 1);
    expect(tilted[0]).toBe(tilted[1]);
  });

  it('keeps what is cut out from darkening the edge', () => {
    const edge = [
      [200, 100, 50, 255],
      [0, 0, 0, 0],
    ];
    const [r, g, b, a] = resized(edge, 2, [1, 1], 'cutout')[0]!;
    expect(Math.abs(r! - 200) + Math.abs(g! - 100) + Math.abs(b! - 50)).toBeLessThanOrEqual(3);
    expect(a).toBe(128);
    expect(
      resized(
        [
          [10, 20, 30, 0],
          [10, 20, 30, 0],
        ],
        2,
        [1, 1],
        'cutout',
      ),
    ).toEqual([[10, 20, 30, 0]]);
  });
});
