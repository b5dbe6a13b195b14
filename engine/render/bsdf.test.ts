import { Document, type Material } from '@gltf-transform/core';
import {
  KHRMaterialsAnisotropy,
  KHRMaterialsClearcoat,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsIOR,
  KHRMaterialsIridescence,
  KHRMaterialsSheen,
  KHRMaterialsSpecular,
  KHRMaterialsTransmission,
  KHRMaterialsVolume,
} from '@gltf-transform/extensions';
import { beforeAll, describe, expect, test } from 'vitest';
import { testKernel } from '#test/render/scenes.ts';
import * as L from './kernel/layout.ts';
import { MaterialTable } from './materials.ts';

type Vector = [number, number, number];

interface Probes {
  run(task: number, thread: number): void;
  probeBsdf(index: number, front: number, x: number, y: number, z: number, minAlpha: number): void;
  probeBsdfEvaluate(x: number, y: number, z: number): void;
  probeBsdfPoint(x: number, y: number, z: number): void;
  probeBsdfSample(u: number, v: number, choice: number): number;
}

let kernel: WebAssembly.Instance;
let memory: WebAssembly.Memory;

/** Where the tests lay tables and one material. */
const TABLES = L.ARENA;
const MATERIAL = L.ARENA + L.PATH_TABLE_BYTES;

beforeAll(async () => {
  memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  kernel = new WebAssembly.Instance(await testKernel(), { env: { memory } });
  const view = new DataView(memory.buffer);
  view.setUint32(L.HEADER + L.H_PATH_TABLES, TABLES, true);
  view.setUint32(L.HEADER + L.H_MATERIALS, MATERIAL, true);
  probes().run(L.TASK_PATH_TABLES, 0);
  view.setUint32(L.HEADER + L.H_NEXT, 0, true);
  probes().run(L.TASK_GLASS_TABLE, 0);
});

const probes = () => kernel.exports as unknown as Probes;
const result = (i: number) => new DataView(memory.buffer).getFloat32(L.SCRATCH + i * 4, true);

type Change = (material: Material, document: Document) => void;

/** Writes a white material with `changes` for the kernel. */
function writeMaterial(roughness: number, ...changes: Change[]): void {
  const document = new Document();
  const material = document.createMaterial().setRoughnessFactor(roughness).setMetallicFactor(0);
  for (const change of changes) change(material, document);
  const table = new MaterialTable();
  table.indexOf(material, false, false);
  table.write(new DataView(memory.buffer), MATERIAL, []);
}

const metal: Change = (m) => m.setMetallicFactor(1);
const halfMetal: Change = (m) => m.setMetallicFactor(0.5);
const coated =
  (roughness: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_clearcoat',
      d
        .createExtension(KHRMaterialsClearcoat)
        .createClearcoat()
        .setClearcoatFactor(1)
        .setClearcoatRoughnessFactor(roughness),
    );
const sheen =
  (roughness: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_sheen',
      d
        .createExtension(KHRMaterialsSheen)
        .createSheen()
        .setSheenColorFactor([1, 1, 1])
        .setSheenRoughnessFactor(roughness),
    );
const anisotropic =
  (strength: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_anisotropy',
      d.createExtension(KHRMaterialsAnisotropy).createAnisotropy().setAnisotropyStrength(strength),
    );
const thin =
  (share: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_transmission',
      d.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(share),
    );
const glass =
  (ior: number, share = 1): Change =>
  (m, d) => {
    thin(share)(m, d);
    m.setExtension('KHR_materials_volume', d.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1));
    m.setExtension('KHR_materials_ior', d.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior));
  };
const translucent: Change = (m, d) =>
  m.setExtension(
    'KHR_materials_diffuse_transmission',
    d.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission().setDiffuseTransmissionFactor(0.6),
  );
const filmed: Change = (m, d) =>
  m.setExtension(
    'KHR_materials_iridescence',
    d.createExtension(KHRMaterialsIridescence).createIridescence().setIridescenceFactor(1),
  );

/** Direction at a cosine and an azimuth. */
function direction(cosine: number, azimuth = 0.6): Vector {
  const s = Math.sqrt(1 - cosine * cosine);
  return [s * Math.cos(azimuth), s * Math.sin(azimuth), cosine];
}

function look(cosine: number, front = true, azimuth = 0.6, minAlpha = 0): void {
  probes().probeBsdf(0, front ? 1 : 0, ...direction(cosine, azimuth), minAlpha);
}

/** Points of a Kronecker lattice in the unit cube (Roberts 2018). */
function* lattice(count: number): Generator<Vector> {
  const g = 1.2207440846057596;
  for (let i = 0; i < count; i++) {
    yield [(0.5 + (i + 1) / g) % 1, (0.5 + (i + 1) / (g * g)) % 1, (0.5 + (i + 1) / (g * g * g)) % 1];
  }
}

/** Mean weight of samples, a channel each: what of a uniform light of 1 reaches the viewer. */
function albedo(count = 4096): Vector {
  const sum: Vector = [0, 0, 0];
  for (const [u, v, w] of lattice(count)) {
    if (!probes().probeBsdfSample(u, v, w)) continue;
    for (let c = 0; c < 3; c++) sum[c]! += result(c) / count;
  }
  return sum;
}

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

describe('reciprocity', () => {
  /** f without the cosine. */
  const reflect = (from: Vector, to: Vector): number => {
    probes().probeBsdf(0, 1, ...from, 0);
    probes().probeBsdfEvaluate(...to);
    return result(1) / Math.abs(to[2]);
  };

  test.each([
    ['narrow metal', 0.2, [metal]],
    ['stretched metal', 0.2, [metal, anisotropic(0.2)]],
    ['film over metal', 0.2, [metal, filmed]],
  ] as [string, number, Change[]][])('%s', (_, roughness, changes) => {
    writeMaterial(roughness, ...changes);
    for (const cosine of [0.4, 0.7, 0.95]) {
      const a = direction(cosine, 0.3);
      // Near the mirror direction, where the lobe is strong.
      const b = direction(cosine * 0.97, 0.3 + Math.PI + 0.05);
      const [forth, back] = [reflect(a, b), reflect(b, a)];
      expect(forth).toBeGreaterThan(0.05);
      // What compensates for the lost light is not reciprocal; it is little here.
      expect(Math.abs(forth - back)).toBeLessThan(0.01 * forth);
    }
  });
});

describe('lights that are points', () => {
  test('are met by a smooth coat as by one that is as rough as their smallest image', () => {
    const alpha = 0.02;
    const black: Change = (m, d) =>
      m
        .setBaseColorFactor([0, 0, 0, 1])
        .setExtension(
          'KHR_materials_specular',
          d.createExtension(KHRMaterialsSpecular).createSpecular().setSpecularFactor(0),
        );
    for (const cosine of [0.02, 0.1, 0.6]) {
      const light = direction(cosine, 0.6 + Math.PI);
      writeMaterial(0.5, black, coated(Math.sqrt(alpha)));
      look(cosine);
      probes().probeBsdfEvaluate(...light);
      const rough = result(1);
      writeMaterial(0.5, black, coated(0));
      look(cosine);
      probes().probeBsdfPoint(...light);
      expect(rough).toBeGreaterThan(1);
      expect(Math.abs(result(1) / rough - 1)).toBeLessThan(1e-3);
    }
  });
});

describe('shape', () => {
  test('a stretched lobe is wide along its tangent and narrow across', () => {
    writeMaterial(0.3, metal, anisotropic(0.8));
    const spread = [0, 0];
    probes().probeBsdf(0, 1, 0, 0, 1, 0);
    for (const [u, v, w] of lattice(2000)) {
      if (!probes().probeBsdfSample(u, v, w)) continue;
      spread[0]! += Math.abs(result(4));
      spread[1]! += Math.abs(result(5));
    }
    expect(spread[0]! / spread[1]!).toBeGreaterThan(2);
  });

  test('smooth glass bends by the law of Snell, and reflects all beyond the critical angle', () => {
    writeMaterial(0, glass(1.5));
    look(0.6, true, 0);
    let seen = 0;
    for (const [u, v, w] of lattice(100)) {
      if (!probes().probeBsdfSample(u, v, w) || result(7) === 0) continue;
      expect(Math.hypot(result(4), result(5))).toBeCloseTo(0.8 / 1.5, 1);
      seen++;
    }
    expect(seen).toBeGreaterThan(80);
    look(0.6, false, 0);
    for (const [u, v, w] of lattice(100)) expect(probes().probeBsdfSample(u, v, w) && result(7)).toBe(0);
  });

  test('a thin sheet lets light go straight on', () => {
    writeMaterial(0, thin(1));
    look(0.6, true, 0);
    const away: number[] = [];
    for (const [u, v, w] of lattice(200)) {
      if (!probes().probeBsdfSample(u, v, w) || result(7) === 0) continue;
      away.push(Math.hypot(result(4) + 0.8, result(6) + 0.6));
    }
    expect(away.length).toBeGreaterThan(150);
    expect(away.sort((a, b) => a - b)[Math.floor(away.length * 0.9)]).toBeLessThan(0.01);
  });

  test('a film colours the reflection of a dielectric, and of another thickness in another colour', () => {
    const colour = (thickness: number): Vector => {
      writeMaterial(0.2, (m, d) => {
        m.setBaseColorFactor([0, 0, 0, 1]);
        m.setExtension(
          'KHR_materials_iridescence',
          d
            .createExtension(KHRMaterialsIridescence)
            .createIridescence()
            .setIridescenceFactor(1)
            .setIridescenceIOR(1.8)
            .setIridescenceThicknessMaximum(thickness),
        );
      });
      look(0.9);
      return albedo();
    };
    const [a, b] = [colour(300), colour(420)];
    expect(Math.max(...a) / Math.min(...a)).toBeGreaterThan(1.3);
    const hue = ([r, g, b2]: Vector) => [r / (r + g + b2), g / (r + g + b2)] as const;
    expect(Math.hypot(hue(a)[0] - hue(b)[0], hue(a)[1] - hue(b)[1])).toBeGreaterThan(0.05);
  });
});
