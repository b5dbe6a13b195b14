import { Document, type mat4 } from '@gltf-transform/core';
import { KHRLightsPunctual, KHRMaterialsEmissiveStrength, KHRMaterialsTransmission } from '@gltf-transform/extensions';
import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw, type Geometry, rawImage, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import * as L from './kernel/layout.ts';

type Vector = [number, number, number];

const sub = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const luminance = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

/** The kernel after a render; points are in render space. */
async function probe(document: Document) {
  const host = testHost();
  await draw(document, { width: 16, height: 16, integrator: 'path', samples: 1 }, host);
  const { exports, memory } = host.threads.last!;
  const out = new Float32Array(memory.buffer, L.SCRATCH, 16);
  const header = new DataView(memory.buffer, L.HEADER);
  return {
    count: header.getUint32(L.H_EMITTER_COUNT, true),
    emitter(u: number, v: number, w: number, at: Vector) {
      if (!exports.probeEmitter(u, v, w, ...at)) return undefined;
      const four = (i: number) => [out[i]!, out[i + 1]!, out[i + 2]!] as Vector;
      return {
        point: four(0),
        pdf: out[3]!,
        normal: four(4),
        distance: out[7]!,
        direction: four(8),
        radiance: four(12),
      };
    },
    /** Whether a ray meets something, and the density of its direction if that shines. */
    pdf(from: Vector, d: Vector): { hit: boolean; distance: number; pdf: number } {
      const hit = exports.traceClosest(...from, ...d, 0, 1e30) !== 0;
      return { hit, distance: exports.testHitT(), pdf: hit ? exports.probeEmitterPdf(...from, ...d) : 0 };
    },
    light(u: number, at: Vector) {
      if (!exports.probeLight(u, ...at)) return undefined;
      return {
        direction: [out[0]!, out[1]!, out[2]!] as Vector,
        distance: out[3]!,
        arriving: [out[4]!, out[5]!, out[6]!] as Vector,
        probability: out[7]!,
      };
    },
  };
}

function shining(document: Document, color: Vector, strength = 1, doubleSided = false) {
  const material = document.createMaterial().setEmissiveFactor(color).setDoubleSided(doubleSided);
  const extension = document.createExtension(KHRMaterialsEmissiveStrength);
  return material.setExtension(
    'KHR_materials_emissive_strength',
    extension.createEmissiveStrength().setEmissiveStrength(strength),
  );
}

const placed = (x: number, y: number, z: number, s = 1): mat4 => [s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, x, y, z, 1];

/** Directions of equal solid angle. */
function directions(count: number, random: () => number): Vector[] {
  return Array.from({ length: count }, () => {
    const y = 1 - 2 * random();
    const phi = 2 * Math.PI * random();
    const r = Math.sqrt(1 - y * y);
    return [r * Math.cos(phi), y, r * Math.sin(phi)];
  });
}

test('a facing square: samples lie on it, and their mean gives its irradiance', async () => {
  const document = new Document();
  addMesh(document, SQUARE, shining(document, [1, 0.5, 0.25], 8));
  const { emitter, count } = await probe(document);
  expect(count).toBe(2);
  // The square has side √2 in render space, whose radius is 1; a point at distance h sees it from its middle.
  const [h, a] = [0.7, Math.SQRT1_2];
  const random = seededRandom(1);
  let sum = 0;
  const samples = 20_000;
  for (let i = 0; i < samples; i++) {
    const s = emitter(random(), random(), random(), [0, 0, h])!;
    expect(Math.abs(s.point[2])).toBeLessThan(1e-6);
    expect(Math.max(Math.abs(s.point[0]), Math.abs(s.point[1]))).toBeLessThan(a + 1e-5);
    expect(s.normal[2]).toBeCloseTo(1, 5);
    expect(Math.hypot(...sub(s.point, [0, 0, h]))).toBeCloseTo(s.distance, 5);
    expect(s.radiance).toEqual([8, 4, 2]);
    sum += -s.direction[2] / s.pdf;
  }
  // Form factor of a square of half side a seen from above its middle.
  const x = a / Math.hypot(a, h);
  const factor = (4 / Math.PI) * x * Math.atan(a / Math.hypot(a, h)) * 1;
  expect(sum / samples / Math.PI).toBeCloseTo(factor, 2);
  expect(emitter(0.5, 0.5, 0.5, [0, 0, -h])).toBeUndefined();
});

test('both sides of a double-sided square shine', async () => {
  const document = new Document();
  addMesh(document, SQUARE, shining(document, [1, 1, 1], 1, true));
  const { emitter } = await probe(document);
  const behind = emitter(0.2, 0.4, 0.6, [0.1, 0.2, -0.5])!;
  expect(behind.normal[2]).toBeCloseTo(-1, 5);
  expect(behind.pdf).toBeGreaterThan(0);
});

/** Spheres of many sizes and strengths, a shining floor, and one dark thing. */
function lamps(instanced: boolean): Document {
  const document = new Document();
  const random = seededRandom(21);
  for (let i = 0; i < 12; i++) {
    const material = shining(document, [random(), random(), random()], 1 + 20 * random());
    addMesh(document, sphere(12, 6), material, placed(random() * 6, random() * 2, random() * 6, 0.1 + 0.3 * random()));
  }
  addMesh(document, sphere(8, 4), document.createMaterial(), placed(2, 4, 2));
  if (instanced) {
    // Enough copies that they stay copies.
    const { node } = addMesh(document, sphere(64, 48), shining(document, [0.2, 0.3, 1], 4), placed(0, 5, 0, 0.3));
    for (let i = 0; i < 79; i++) {
      const copy = document.createNode().setMesh(node.getMesh());
      copy.setMatrix(placed((i % 10) * 0.8, 5 + 0.2 * random(), Math.floor(i / 10) * 0.8, 0.1 + 0.2 * random()));
      document.getRoot().listScenes()[0]!.addChild(copy);
    }
  }
  return document;
}

test.each([false, true])(
  'density of what rays meet is the density of samples (copies: %s)',
  async (instanced) => {
    const { emitter, pdf, count } = await probe(lamps(instanced));
    if (instanced) expect(count).toBe(L.MAX_EMITTERS);
    const random = seededRandom(3);
    let compared = 0;
    for (let i = 0; i < 4000; i++) {
      const at = directions(1, random)[0]!.map((x) => x * random()) as Vector;
      const s = emitter(random(), random(), random(), at);
      if (!s) continue;
      expect(Math.hypot(...s.direction)).toBeCloseTo(1, 4);
      expect(dot(s.normal, s.direction)).toBeLessThan(0);
      // Where nothing lies between, the ray meets that very point.
      const back = pdf(at, s.direction);
      if (!back.hit || Math.abs(back.distance - s.distance) > 1e-4) continue;
      // Near silhouettes the cosine loses digits.
      if (-dot(s.normal, s.direction) < 0.02) continue;
      compared++;
      expect(Math.abs(back.pdf / s.pdf - 1)).toBeLessThan(0.01);
    }
    expect(compared).toBeGreaterThan(500);
  },
  60_000,
);

test('light by samples is light by directions', async () => {
  const { emitter, pdf } = await probe(lamps(false));
  const random = seededRandom(5);
  for (const at of [
    [0, 0, 0],
    [0.3, -0.2, -0.4],
  ] as Vector[]) {
    let bySamples = 0;
    const samples = 40_000;
    for (let i = 0; i < samples; i++) {
      const s = emitter(random(), random(), random(), at);
      if (!s) continue;
      const back = pdf(at, s.direction);
      if (back.hit && Math.abs(back.distance - s.distance) < 1e-4) bySamples += 1 / s.pdf / samples;
    }
    // Solid angle of all that shines and is seen.
    const count = 400_000;
    let seen = 0;
    for (const d of directions(count, random)) if (pdf(at, d).pdf > 0) seen += (4 * Math.PI) / count;
    expect(bySamples / seen).toBeGreaterThan(0.97);
    expect(bySamples / seen).toBeLessThan(1.03);
  }
}, 60_000);

test('the nearer of two equal lamps is chosen more often', async () => {
  const document = new Document();
  addMesh(document, sphere(8, 4), shining(document, [1, 1, 1]), placed(-3, 0, 0, 0.2));
  addMesh(document, sphere(8, 4), shining(document, [1, 1, 1]), placed(3, 0, 0, 0.2));
  const { emitter } = await probe(document);
  const random = seededRandom(9);
  let left = 0;
  let all = 0;
  for (let i = 0; i < 5000; i++) {
    const s = emitter(random(), random(), random(), [-0.5, 0.3, 0]);
    if (s) all++;
    if (s && s.point[0] < 0) left++;
  }
  expect(all).toBeGreaterThan(3500);
  expect(left / all).toBeGreaterThan(0.7);
});

test('a texture decides which triangles are lights, and what they shed', async () => {
  const document = new Document();
  // Left half dark, right half green.
  const image = rawImage(16, 16, (x) => (x < 8 ? [0, 0, 0, 255] : [0, 255, 0, 255]));
  const texture = document.createTexture().setImage(image).setMimeType('image/png');
  const material = shining(document, [1, 1, 1], 3).setEmissiveTexture(texture);
  const strip: Geometry = { positions: [], uvs: [], indices: [] };
  for (let i = 0; i <= 8; i++) {
    strip.positions.push(i / 4 - 1, -1, 0, i / 4 - 1, 1, 0);
    strip.uvs!.push(i / 8, 1, i / 8, 0);
    if (i < 8) strip.indices!.push(i * 2, i * 2 + 2, i * 2 + 1, i * 2 + 2, i * 2 + 3, i * 2 + 1);
  }
  addMesh(document, strip, material);
  const { emitter } = await probe(document);
  const random = seededRandom(2);
  let right = 0;
  for (let i = 0; i < 1000; i++) {
    const s = emitter(random(), random(), random(), [0, 0, 1.5])!;
    if (s.point[0] > 0) right++;
    // Not where texels are mixed: in the middle, and at the ends, where the texture repeats.
    if (s.point[0] > 0.06 && s.point[0] < 0.64) {
      expect(s.radiance[1]).toBeCloseTo(3, 3);
      expect(s.radiance[0]).toBe(0);
    } else if (s.point[0] < -0.06 && s.point[0] > -0.64) expect(luminance(s.radiance)).toBe(0);
  }
  expect(right).toBeGreaterThan(850);
});

test('alpha dims what a lamp sheds, transmission does not: paths meet it in that share', async () => {
  const document = new Document();
  const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
  const material = shining(document, [1, 1, 1], 4)
    .setAlphaMode('BLEND')
    .setBaseColorFactor([1, 1, 1, 0.5])
    .setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(0.75));
  addMesh(document, SQUARE, material);
  const { emitter } = await probe(document);
  expect(emitter(0.5, 0.5, 0.5, [0, 0, 0.7])!.radiance[1]).toBeCloseTo(2, 5);
});

test('nothing shines: nothing is chosen', async () => {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial());
  const { emitter, count, light } = await probe(document);
  expect(count).toBe(0);
  expect(emitter(0.5, 0.5, 0.5, [0, 0, 1])).toBeUndefined();
  expect(light(0.5, [0, 0, 1])).toBeUndefined();
});

test('punctual lights are chosen by the light that arrives', async () => {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial());
  const extension = document.createExtension(KHRLightsPunctual);
  const add = (kind: 'directional' | 'point' | 'spot', intensity: number, at: Vector) => {
    const light = extension.createLight().setType(kind).setIntensity(intensity);
    const node = document.createNode().setExtension('KHR_lights_punctual', light).setTranslation(at);
    document.getRoot().listScenes()[0]!.addChild(node);
    return light;
  };
  add('directional', 0.5, [0, 0, 0]);
  add('point', 0.4, [0, 0, 2]);
  add('point', 0.8, [2, 0, 2]).setColor([1, 0, 0]);
  add('spot', 1, [0, 0, 2]).setOuterConeAngle(0.1);
  const { light } = await probe(document);
  const scale = Math.SQRT1_2;
  for (const at of [
    [0, 0, 0.1],
    [0.5, 0.5, 0],
  ] as Vector[]) {
    const count = 20_000;
    const estimates: number[] = [];
    const chances = new Map<number, { probability: number; found: number }>();
    for (let i = 0; i < count; i++) {
      const s = light((i + 0.5) / count, at)!;
      estimates.push(luminance(s.arriving) / s.probability);
      const entry = chances.get(s.probability) ?? { probability: s.probability, found: 0 };
      entry.found++;
      chances.set(s.probability, entry);
    }
    // In proportion to luminance, so that every estimate is the whole.
    const model = at.map((x) => x / scale) as Vector;
    const square = (p: Vector) => dot(sub(p, model), sub(p, model));
    let whole = 0.5 + 0.4 / square([0, 0, 2]) + (0.8 * 0.2126) / square([2, 0, 2]);
    if (at[0] === 0) whole += 1 / square([0, 0, 2]);
    for (const e of estimates) expect(Math.abs(e / whole - 1)).toBeLessThan(1e-3);
    for (const { probability, found } of chances.values())
      expect(Math.abs(found / count - probability)).toBeLessThan(1e-3);
    expect([...chances.values()].reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 3);
  }
});
