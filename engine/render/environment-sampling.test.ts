import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { EnvironmentName } from '#contracts/render/image-request.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw, SQUARE, testHost } from '#test/render/scenes.ts';
import { FILTERED_SIZES, octahedralDirection, writeEnvironment } from './environment-file.ts';
import type { KernelExports } from './inline-threads.ts';
import * as L from './kernel/layout.ts';

type Vector = [number, number, number];

interface Probe {
  radiance(d: Vector): number[];
  sample(u: number, v: number): { direction: Vector; pdf: number };
  pdf(d: Vector): number;
  irradiance(n: Vector): number[];
}

/** The kernel after a render under an environment, as three functions. */
async function probe(
  environment: EnvironmentName | Uint8Array,
  more: { environmentRotation?: number; environmentIntensity?: number } = {},
): Promise<Probe> {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial());
  const host = testHost(typeof environment === 'string' ? undefined : environment);
  const name = typeof environment === 'string' ? environment : 'studio';
  await draw(document, { width: 16, height: 16, integrator: 'path', samples: 1, environment: name, ...more }, host);
  const { exports, memory }: { exports: KernelExports; memory: WebAssembly.Memory } = host.threads.last!;
  const out = new Float32Array(memory.buffer, L.SCRATCH, 4);
  return {
    radiance: (d) => {
      exports.probeEnvironment(...d);
      return [...out.subarray(0, 3)];
    },
    sample: (u, v) => {
      exports.probeEnvironmentSample(u, v);
      return { direction: [out[0]!, out[1]!, out[2]!], pdf: out[3]! };
    },
    pdf: (d) => exports.probeEnvironmentPdf(...d),
    irradiance: (n) => {
      exports.probeIrradiance(...n);
      return [...out.subarray(0, 3)];
    },
  };
}

const luminance = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Directions of cells of equal solid angle: `rows` of equal height along y, `columns` about it. */
function direction(row: number, column: number, rows: number, columns: number): Vector {
  const y = 1 - (2 * row) / rows;
  const phi = (column / columns - 0.5) * 2 * Math.PI;
  const r = Math.sqrt(Math.max(0, 1 - y * y));
  return [r * Math.cos(phi), y, r * Math.sin(phi)];
}

/** Integral over the sphere by the rule of the middle. */
function integrate(rows: number, columns: number, f: (d: Vector) => number): number {
  let sum = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) sum += f(direction(y + 0.5, x + 0.5, rows, columns));
  }
  return (sum * 4 * Math.PI) / (rows * columns);
}

/** The same over the octahedral square, `side` points a side, so that no texel is passed over. */
function integrateSquare(side: number, f: (d: Vector) => number): number {
  let sum = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const d = octahedralDirection((x + 0.5) / side, (y + 0.5) / side);
      sum += f(d) * 4 * (Math.abs(d[0]) + Math.abs(d[1]) + Math.abs(d[2])) ** 3;
    }
  }
  return sum / side ** 2;
}

const SUN_MAP = 128;

/** One texel of strong light in a dark, tinted surrounding. */
function sun(at: [number, number], light: number, around: number): Uint8Array {
  return writeEnvironment(
    [SUN_MAP, ...FILTERED_SIZES].map((n, i) => {
      const map = new Float32Array(n * n * 3).fill(around);
      if (i === 0) map.set([light, light * 0.8, light * 0.5], (at[1] * n + at[0]) * 3);
      return map;
    }),
    1,
  );
}

test.each([...EnvironmentName.options, 'turned'] as const)('%s: the density integrates to one', async (name) => {
  const { pdf } =
    name === 'turned' ? await probe('sunset', { environmentRotation: 77, environmentIntensity: 3 }) : await probe(name);
  expect(integrate(768, 1536, pdf)).toBeCloseTo(1, 2);
});

test('density follows luminance, up to what the solid angle of texels varies', async () => {
  const { radiance, pdf } = await probe('forest');
  const random = seededRandom(1);
  const quotients: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const d = direction(random(), random(), 1, 1);
    quotients.push(pdf(d) / luminance(radiance(d)));
  }
  quotients.sort((a, b) => a - b);
  expect(quotients.at(-1)! / quotients[0]!).toBeLessThan(1.06);
});

test.each([
  ['studio', 0],
  ['night', 0],
  ['lobby', 123],
] as const)('%s turned by %i: samples fall as the density says', async (name, environmentRotation) => {
  const { sample, pdf, radiance } = await probe(name, { environmentRotation });
  const random = seededRandom(7);
  const [rows, columns, sub] = [16, 32, 24];
  const expected = new Float64Array(rows * columns);
  for (let y = 0; y < rows * sub; y++) {
    for (let x = 0; x < columns * sub; x++) {
      const d = direction(y + 0.5, x + 0.5, rows * sub, columns * sub);
      expected[Math.floor(y / sub) * columns + Math.floor(x / sub)]! +=
        (pdf(d) * 4 * Math.PI) / (rows * columns * sub * sub);
    }
  }
  const count = 200_000;
  const found = new Float64Array(rows * columns);
  for (let i = 0; i < count; i++) {
    const { direction: d, pdf: p } = sample(random(), random());
    expect(Math.abs(Math.hypot(...d) - 1)).toBeLessThan(1e-5);
    if (i % 50 === 0) {
      expect(Math.abs(pdf(d) / p - 1)).toBeLessThan(2e-3);
      expect(p).toBeGreaterThan(0);
      expect(luminance(radiance(d))).toBeGreaterThan(0);
    }
    const row = Math.min(rows - 1, Math.floor(((1 - d[1]) / 2) * rows));
    const turn = Math.atan2(d[2], d[0]) / (2 * Math.PI) + 0.5;
    found[row * columns + Math.min(columns - 1, Math.floor(turn * columns))]!++;
  }
  // Pearson's statistic: with k cells it has mean k − 1 and deviation √(2k − 2).
  let statistic = 0;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i]! * count;
    statistic += (found[i]! - e) ** 2 / Math.max(e, 1);
  }
  const k = rows * columns - 1;
  expect(Math.abs(statistic - k) / Math.sqrt(2 * k)).toBeLessThan(5);
});

test('strata of the unit square stay together: stratified points estimate far better than random ones', async () => {
  const { sample, radiance } = await probe('city');
  const n: Vector = [0.36, 0.48, 0.8];
  const f = (u: number, v: number) => {
    const { direction: d, pdf } = sample(u, v);
    return (luminance(radiance(d)) * Math.max(0, dot(n, d))) / pdf;
  };
  const random = seededRandom(3);
  const spread = (points: (side: number, i: number) => [number, number]) => {
    const means = Array.from({ length: 40 }, () => {
      let sum = 0;
      for (let i = 0; i < 256; i++) sum += f(...points(16, i));
      return sum / 256;
    });
    const mean = means.reduce((a, b) => a + b) / means.length;
    return Math.sqrt(means.reduce((sum, m) => sum + (m - mean) ** 2, 0) / means.length) / mean;
  };
  const stratified = spread((side, i) => [((i % side) + random()) / side, (Math.floor(i / side) + random()) / side]);
  const independent = spread(() => [random(), random()]);
  expect(stratified).toBeLessThan(independent / 4);
});

test.each([
  ['studio', {}],
  ['park', { environmentRotation: -40, environmentIntensity: 2.5 }],
] as const)('%s %o: irradiance by sampling equals irradiance by quadrature', async (name, more) => {
  const { sample, radiance } = await probe(name, more);
  const random = seededRandom(11);
  for (const n of [
    [0, 1, 0],
    [0.6, 0, 0.8],
    [0, -0.8, 0.6],
  ] as Vector[]) {
    const exact = integrate(384, 768, (d) => luminance(radiance(d)) * Math.max(0, dot(n, d)));
    let sum = 0;
    const side = 160;
    for (let i = 0; i < side * side; i++) {
      const { direction: d, pdf } = sample(((i % side) + random()) / side, (Math.floor(i / side) + random()) / side);
      sum += (luminance(radiance(d)) * Math.max(0, dot(n, d))) / pdf;
    }
    expect(sum / side ** 2 / exact).toBeCloseTo(1, 2);
  }
});

test.each(['studio', 'sunset', 'night'] as const)('%s: irradiance in spherical harmonics', async (name) => {
  const { irradiance, radiance } = await probe(name, { environmentRotation: 31, environmentIntensity: 2 });
  const random = seededRandom(19);
  const pairs = Array.from({ length: 12 }, () => {
    const n = direction(random(), random(), 1, 1);
    const exact = integrate(192, 384, (d) => luminance(radiance(d)) * Math.max(0, dot(n, d))) / Math.PI;
    return [luminance(irradiance(n)), exact] as const;
  });
  const peak = Math.max(...pairs.map(([, exact]) => exact));
  for (const [found, exact] of pairs) expect(Math.abs(found - exact) / peak).toBeLessThan(0.02);
});

test('intensity scales radiance and leaves the density', async () => {
  const once = await probe('dawn');
  const thrice = await probe('dawn', { environmentIntensity: 3 });
  for (const d of [
    [0, 1, 0],
    [1, 0, 0],
    [0, -0.6, 0.8],
  ] as Vector[]) {
    expect(luminance(thrice.radiance(d))).toBeCloseTo(3 * luminance(once.radiance(d)), 4);
    expect(thrice.pdf(d)).toBe(once.pdf(d));
  }
});

test('rotation turns light and samples alike', async () => {
  const plain = await probe('sunset');
  const turned = await probe('sunset', { environmentRotation: 90 });
  const random = seededRandom(5);
  for (let i = 0; i < 200; i++) {
    const d = direction(random(), random(), 1, 1);
    const light = plain.radiance(d);
    const there: Vector = [d[2], d[1], -d[0]];
    turned.radiance(there).forEach((x, c) => {
      expect(Math.abs(x - light[c]!)).toBeLessThan(1e-4 * (1 + light[c]!) * 50);
    });
    const [u, v] = [random(), random()];
    const a = plain.sample(u, v);
    const b = turned.sample(u, v);
    expect(Math.hypot(b.direction[0] - a.direction[2], b.direction[2] + a.direction[0])).toBeLessThan(1e-5);
    expect(b.pdf).toBeCloseTo(a.pdf, 3);
  }
});

test('a sun of one texel, in the middle, at an edge and at a corner of the square, is found', async () => {
  const n = SUN_MAP;
  for (const at of [
    [100, 80],
    [n - 1, 50],
    [0, 0],
  ] as [number, number][]) {
    const { sample, radiance, pdf } = await probe(sun(at, 5000, 0.25));
    const random = seededRandom(13);
    expect(integrateSquare(n * 5, pdf)).toBeCloseTo(1, 2);
    let bright = 0;
    let sum = 0;
    let squares = 0;
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      const { direction: d, pdf: p } = sample(random(), random());
      const light = luminance(radiance(d));
      if (light > 10) bright++;
      sum += light / p;
      squares += (light / p) ** 2;
    }
    const mean = sum / count;
    // Light over density is the same everywhere but for the solid angle within a texel: hardly any variance.
    expect(Math.sqrt(squares / count - mean ** 2) / mean).toBeLessThan(0.02);
    // It spans a hundred-thousandth of all directions.
    expect(bright / count).toBeGreaterThan(0.1);
  }
}, 30_000);

test('a black environment has no direction to give', async () => {
  const { sample, pdf } = await probe(sun([5, 5], 0, 0));
  expect(sample(0.3, 0.6).pdf).toBe(0);
  expect(pdf([0, 1, 0])).toBe(0);
});
