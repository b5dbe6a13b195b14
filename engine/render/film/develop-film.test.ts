import { describe, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { testKernel } from '#test/render/scenes.ts';
import { writeImageHeader } from '../frame-header.ts';
import { planImage } from '../image-plan.ts';
import { InlineThreads } from '../inline-threads.ts';
import * as L from '../kernel/layout.ts';
import { KernelHeader } from '../kernel-header.ts';
import { developFilm, resolveFilm } from './develop-film.ts';

type Pixel = readonly [r: number, g: number, b: number, a: number];

/** Develops a film of one row whose first pixels are `pixels`, sums over `samples` samples. */
async function develop(fields: Partial<ImageRequest>, pixels: readonly Pixel[], samples?: number, linear = false) {
  const request = ImageRequest.parse({ width: 200, height: 16, ...fields });
  const base = planImage(L.ARENA, request, { parts: 0, instances: 0, materials: 0 });
  const size = request.width * request.height * L.FILM_BYTES;
  const film = { radiance: base.total, albedo: samples === undefined ? 0 : base.total + size, normal: 0, half: 0 };
  const plan = { ...base, film, total: base.total + 2 * size };
  const lease = await new InlineThreads().acquire(await testKernel(), Math.max(plan.total, 2 ** 20));
  const header = new KernelHeader(lease.memory);
  header.clear();
  writeImageHeader(header, plan, request, undefined);
  const radiance = new Float32Array(lease.memory.buffer, film.radiance, size / 4);
  pixels.forEach((pixel, i) => {
    radiance.set(
      pixel.map((value) => value * (samples ?? 1)),
      i * 4,
    );
  });
  if (samples !== undefined) {
    const albedo = new Float32Array(lease.memory.buffer, film.albedo, size / 4);
    for (let i = 0; i < pixels.length; i++) albedo[i * 4 + 3] = samples;
  }
  const run = async (task: number) => {
    header.set(L.H_NEXT, 0);
    await lease.run(task);
  };
  await (linear ? resolveFilm(header, { run }) : developFilm(header, plan, { run }));
  const from = linear ? radiance : new Uint8Array(lease.memory.buffer, plan.pixels, size / 4);
  return pixels.map((_, i) => [...from.slice(i * 4, i * 4 + 4)]);
}

const opaque = (colors: readonly (readonly number[])[]) => colors.map(([r = 0, g = 0, b = 0]): Pixel => [r, g, b, 1]);

const LIGHT = [
  [0.18, 0.18, 0.18],
  [1, 1, 1],
  [16, 16, 16],
  [0.8, 0.05, 0.02],
  [8, 0.2, 0.1],
  [0.02, 0.1, 0.9],
  [0.001, 0.002, 0.003],
];

/** Computed in double precision from the published formulas, apart from this code. */
const PUBLISHED = {
  neutral: {
    srgb: '105,105,105 240,240,240 255,255,255 229,51,9 254,190,189 21,82,236 0,3,7',
    'display-p3': '105,105,105 240,240,240 255,255,255 210,68,37 244,193,191 40,80,228 1,3,6',
  },
  aces: {
    srgb: '91,91,91 206,206,206 254,254,254 199,31,23 255,188,130 0,60,198 0,0,0',
    'display-p3': '91,91,91 206,206,206 254,254,254 183,51,37 255,192,139 11,59,191 0,0,0',
  },
  agx: {
    srgb: '128,128,128 202,202,202 254,254,254 207,101,78 255,201,183 75,129,212 0,1,2',
    'display-p3': '128,128,128 202,202,202 254,254,254 194,107,85 255,204,186 88,127,205 0,1,2',
  },
  none: {
    srgb: '118,118,118 255,255,255 255,255,255 231,63,39 255,124,89 39,89,243 3,7,10',
    'display-p3': '118,118,118 255,255,255 255,255,255 213,77,53 255,180,135 52,88,235 4,6,10',
  },
} as const;

describe.each(['neutral', 'aces', 'agx', 'none'] as const)('%s', (toneMapping) => {
  test.each(['srgb', 'display-p3'] as const)('is the published curve in %s', async (colorSpace) => {
    const pixels = await develop({ toneMapping, colorSpace }, opaque(LIGHT));
    const expected = PUBLISHED[toneMapping][colorSpace].split(' ').map((text) => text.split(',').map(Number));
    pixels.forEach((pixel, i) => {
      for (let c = 0; c < 3; c++)
        expect(Math.abs(pixel[c]! - expected[i]![c]!), `${LIGHT[i]}: ${pixel}`).toBeLessThan(2);
      expect(pixel[3]).toBe(255);
    });
  });

  test('neither NaN nor infinite light leaves the range, and more light is never darker', async () => {
    const odd = await develop(
      { toneMapping },
      opaque([
        [Number.NaN, 0.5, 0.5],
        [Infinity, Infinity, Infinity],
        [-3, 0.2, 0.2],
      ]),
    );
    expect(odd[1]!.slice(0, 3).every((value) => value > 250)).toBe(true);
    const ramp = Array.from({ length: 200 }, (_, i) => [2 ** (i / 10 - 12), 2 ** (i / 10 - 12), 2 ** (i / 10 - 12)]);
    const greys = (await develop({ toneMapping }, opaque(ramp))).map(([r]) => r!);
    for (let i = 1; i < greys.length; i++) expect(greys[i]).toBeGreaterThanOrEqual(greys[i - 1]!);
  });
});

test('exposure counts in stops, and sums are divided by their number of samples', async () => {
  const once = await develop({ toneMapping: 'none' }, opaque([[0.4, 0.2, 0.1]]));
  expect(await develop({ toneMapping: 'none', exposure: 2 }, opaque([[0.1, 0.05, 0.025]]))).toEqual(once);
  expect(await develop({ toneMapping: 'none' }, opaque([[0.4, 0.2, 0.1]]), 37)).toEqual(once);
});

test('a background keeps its colour in both spaces, and alpha is not premultiplied', async () => {
  const half: Pixel[] = [
    [0.5, 0, 0, 0.5],
    [0, 0, 0, 0],
  ];
  expect(await develop({ toneMapping: 'none' }, half)).toEqual([
    [255, 0, 0, 128],
    [0, 0, 0, 0],
  ]);
  const background = '#336699';
  const srgb = await develop({ toneMapping: 'agx', background }, half);
  expect(srgb[1]).toEqual([0x33, 0x66, 0x99, 255]);
  // ColorSync and Chromium show sRGB's red and this blue with these numbers in Display P3.
  const p3 = await develop({ toneMapping: 'none', background: '#ff0000', colorSpace: 'display-p3' }, half);
  expect(p3[1]).toEqual([234, 51, 35, 255]);
});

test('a linear picture is exposed, premultiplied and not tone-mapped', async () => {
  const light: Pixel[] = [
    [8, 4, 2, 1],
    [1, 0.5, 0, 0.5],
  ];
  const clear = await develop({ exposure: 1 }, light, 5, true);
  expect(clear[0]).toEqual([16, 8, 4, 1]);
  expect(clear[1]).toEqual([2, 1, 0, 0.5]);
  const [, over] = await develop({ background: '#ffffff' }, light, undefined, true);
  expect(over).toEqual([1.5, 1, 0.5, 1]);
});
