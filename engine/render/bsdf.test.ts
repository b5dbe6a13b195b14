import { beforeAll, describe, expect, test } from 'vitest';
import {
  albedo,
  anisotropic,
  type Change,
  coated,
  direction,
  filmed,
  glass,
  halfMetal,
  lattice,
  look,
  metal,
  probes,
  result,
  sheen,
  startProbes,
  thin,
  translucent,
  type Vector,
  writeMaterial,
} from '#test/render/bsdf-probe.ts';

beforeAll(startProbes);

const COSINES = [0.05, 0.15, 0.35, 0.6, 0.85, 0.99];
const ROUGHNESSES = [0, 0.1, 0.25, 0.5, 0.75, 1];

/** Lossless materials, and whether the viewer is outside. */
const WHITE: [name: string, changes: Change[], front?: boolean][] = [
  ['metal', [metal]],
  ['dielectric', []],
  ['half metal', [halfMetal]],
  ['coat over dielectric', [coated(0.3)]],
  ['coat over metal', [metal, coated(0)]],
  ['smooth sheen', [sheen(0.2)]],
  ['rough sheen', [sheen(0.8)]],
  ['sheen under coat', [sheen(0.5), coated(0.1)]],
  ['thin sheet', [thin(1)]],
  ['half clear thin sheet', [thin(0.5)]],
  ['glass', [glass(1.5)]],
  ['glass from inside', [glass(1.5)], false],
  ['dense glass', [glass(2.2)]],
  ['dense glass from inside', [glass(2.2)], false],
  ['half clear glass', [glass(1.33, 0.5)]],
  ['diffuse transmission', [translucent]],
  ['thin film over metal', [metal, filmed]],
];

/** Largest channel of the albedo over roughnesses and angles. */
function furnace(changes: readonly Change[], front: boolean): number[] {
  return ROUGHNESSES.flatMap((roughness) => {
    writeMaterial(roughness, ...changes);
    return COSINES.map((cosine) => {
      look(cosine, front);
      return Math.max(...albedo());
    });
  });
}

describe('white furnace', () => {
  test.each(WHITE)('%s: gives back what it gets', (_, changes, front = true) => {
    const all = furnace(changes, front);
    expect(Math.min(...all)).toBeGreaterThan(0.97);
    expect(Math.max(...all)).toBeLessThan(1.01);
  });

  test.each([0.3, 0.6, 1])('stretched by %d: loses little and makes nothing', (strength) => {
    const all = furnace([metal, anisotropic(strength)], true);
    expect(Math.min(...all)).toBeGreaterThan(0.96);
    expect(Math.max(...all)).toBeLessThan(1.012);
  });

  test('a film over a dielectric takes from what is below its strongest colour, and makes no light', () => {
    const all = furnace([filmed], true);
    expect(Math.min(...all)).toBeGreaterThan(0.96);
    expect(Math.max(...all)).toBeLessThan(1.013);
  });

  test('layers on layers make no light', () => {
    for (const changes of [
      [coated(0.2), sheen(0.4), filmed, halfMetal, anisotropic(0.5)],
      [coated(0), sheen(0.9), thin(0.5), translucent],
      [glass(1.7, 0.4), coated(0.6), filmed],
    ]) {
      const all = furnace(changes, true);
      expect(Math.min(...all)).toBeGreaterThan(0.93);
      expect(Math.max(...all)).toBeLessThan(1.015);
    }
  });
});

/** Materials whose lobes are wide enough for integration over a grid. */
const WIDE: [name: string, changes: Change[], front?: boolean][] = [
  ...WHITE.filter(([name]) => !name.includes('coat')),
  ['coat', [coated(0.5)]],
  ['coat over metal', [metal, coated(0.7)]],
  ['stretched', [metal, anisotropic(0.7)]],
  ['film', [filmed]],
  ['layers', [coated(0.5), sheen(0.7), thin(0.4), translucent]],
];

describe('density', () => {
  test.each(WIDE)('%s: what is evaluated over the sphere agrees with what is sampled', (_, changes, front = true) => {
    writeMaterial(0.6, ...changes);
    for (const cosine of [0.25, 0.8]) {
      look(cosine, front);
      let mass = 0;
      let light = 0;
      const [rows, columns] = [240, 240];
      for (let i = 0; i < rows; i++) {
        const z = ((i + 0.5) / rows) * 2 - 1;
        for (let j = 0; j < columns; j++) {
          probes().probeBsdfEvaluate(...direction(z, ((j + 0.5) / columns) * 2 * Math.PI));
          light += result(1);
          mass += result(3);
        }
      }
      const k = (4 * Math.PI) / (rows * columns);
      let returned = 0;
      const count = 4096;
      for (const [u, v, w] of lattice(count)) returned += probes().probeBsdfSample(u, v, w) / count;
      // Samples that end between microfacets carry nothing, and have no density.
      expect(mass * k).toBeGreaterThan(returned - 0.02);
      expect(mass * k).toBeLessThan(returned + 0.02);
      expect(light * k).toBeGreaterThan(albedo()[1] - 0.02);
      expect(light * k).toBeLessThan(albedo()[1] + 0.02);
    }
  });

  test.each(WIDE)('%s: weights of samples are f · cos over their density', (_, changes, front = true) => {
    for (const roughness of [0.15, 0.6]) {
      writeMaterial(roughness, ...changes);
      look(0.6, front);
      for (const [u, v, w] of lattice(200)) {
        if (!probes().probeBsdfSample(u, v, w)) continue;
        const weight = result(1);
        const density = result(3);
        const through = result(7);
        const d: Vector = [result(4), result(5), result(6)];
        expect(Math.hypot(...d)).toBeCloseTo(1, 5);
        expect(d[2] < 0 ? 1 : 0).toBe(through);
        probes().probeBsdfEvaluate(...d);
        expect(Math.abs(result(3) - density)).toBeLessThanOrEqual(density * 1e-3);
        expect(Math.abs(result(1) - weight * density)).toBeLessThanOrEqual(weight * density * 1e-3 + 1e-6);
      }
    }
  });

  test('every number stays finite at extreme angles and numbers', () => {
    for (const [, changes, front = true] of WIDE) {
      for (const roughness of [0, 0.05, 1]) {
        writeMaterial(roughness, ...changes);
        for (const cosine of [1, 0.01, 1e-3]) {
          look(cosine, front);
          for (const u of [0, 0.5, 0.9999999]) {
            for (const v of [0, 0.5, 0.9999999]) {
              for (const choice of [0, 0.3, 0.6, 0.9999999]) {
                if (!probes().probeBsdfSample(u, v, choice)) continue;
                for (let i = 0; i < 8; i++) expect(result(i)).toBeLessThan(1e30);
                expect(result(0)).toBeGreaterThanOrEqual(0);
              }
            }
          }
        }
      }
    }
  });
});
