import { Document } from '@gltf-transform/core';
import { KHRMaterialsTransmission } from '@gltf-transform/extensions';
import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw, SQUARE, testHost } from '#test/render/scenes.ts';

type Vector = [number, number, number];
const sub = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Distance to a triangle, or infinity (Möller and Trumbore, double precision). */
function hit(o: Vector, d: Vector, [a, b, c]: [Vector, Vector, Vector]): number {
  const e1 = sub(b, a);
  const e2 = sub(c, a);
  const p = cross(d, e2);
  const det = dot(e1, p);
  const s = sub(o, a);
  const u = dot(s, p) / det;
  const q = cross(s, e1);
  const v = dot(d, q) / det;
  const t = dot(e2, q) / det;
  return u >= 0 && v >= 0 && u + v <= 1 && t > 0 ? t : Infinity;
}

test.each([
  [1, 1],
  [2, 3],
  [3, 50],
  [4, 3000],
])('nearest hits and occlusion agree with testing every triangle (seed %i, %i triangles)', async (seed, count) => {
  const random = seededRandom(seed);
  const document = new Document();
  const positions: number[] = [];
  for (let i = 0; i < count; i++) {
    const center = [random() * 2 - 1, random() * 2 - 1, random() * 2 - 1];
    // Sizes over three orders of magnitude; some flat to an axis.
    const size = 10 ** (-random() * 3);
    const flat = Math.floor(random() * 6);
    for (let k = 0; k < 9; k++) positions.push(center[k % 3]! + (k % 3 === flat ? 0 : (random() - 0.5) * size));
  }
  addMesh(document, { positions }, document.createMaterial().setDoubleSided(true));
  const host = testHost();
  await draw(document, { width: 16, height: 16 }, host);
  const { exports, memory } = host.threads.last!;

  // The renderer centres the scene on the origin and scales it to radius 1.
  const lo = [0, 1, 2].map((a) => Math.min(...positions.filter((_, i) => i % 3 === a).map(Math.fround)));
  const hi = [0, 1, 2].map((a) => Math.max(...positions.filter((_, i) => i % 3 === a).map(Math.fround)));
  const scale = 2 / Math.hypot(...hi.map((h, a) => h - lo[a]!));
  const placed = positions.map((p, i) => (Math.fround(p) - (lo[i % 3]! + hi[i % 3]!) / 2) * scale);
  const corner = (i: number): Vector => [placed[i * 3]!, placed[i * 3 + 1]!, placed[i * 3 + 2]!];
  const triangles = Array.from({ length: count }, (_, i): [Vector, Vector, Vector] => [
    corner(i * 3),
    corner(i * 3 + 1),
    corner(i * 3 + 2),
  ]);
  let hits = 0;
  let disagreements = 0;
  for (let ray = 0; ray < 600; ray++) {
    const o: Vector = [random() * 3 - 1.5, random() * 3 - 1.5, random() * 3 - 1.5];
    const target = triangles[Math.floor(random() * count)]![0];
    let d = sub(
      [target[0] + (random() - 0.5) * 0.2, target[1] + (random() - 0.5) * 0.2, target[2] + (random() - 0.5) * 0.2],
      o,
    );
    // Every tenth ray runs along an axis: zero components of the direction.
    if (ray % 10 === 0)
      d = [
        [1, 0, 0],
        [0, -1, 0],
        [0, 0, 1],
      ][(ray / 10) % 3] as Vector;
    const length = Math.hypot(...d);
    d = [d[0] / length, d[1] / length, d[2] / length];
    const expected = Math.min(...triangles.map((triangle) => hit(o, d, triangle)));
    const found = exports.traceClosest(...o, ...d, 0, 1e30) ? exports.testHitT() : Infinity;
    const blocked = exports.traceOccluded(...o, ...d, 0, 1e30) !== 0;
    expect(blocked).toBe(found < Infinity);
    if (expected < Infinity) hits++;
    if (Math.abs(found - expected) > 1e-4 && found !== expected) disagreements++;
  }
  // Four rays at a time meet the same as each alone: neighbours, some across an axis, and such that go all ways.
  const [rays, answers, fours] = [memory.buffer.byteLength, memory.buffer.byteLength + 32 * 1200, 300];
  memory.grow(1);
  const write = (i: number, o: Vector, d: Vector) =>
    new Float32Array(memory.buffer, rays + i * 32, 8).set([...o, 0, ...d.map((c) => c / Math.hypot(...d)), 1e30]);
  for (let four = 0; four < fours; four++) {
    const o: Vector = [random() * 3 - 1.5, random() * 3 - 1.5, random() * 3 - 1.5];
    const target = triangles[Math.floor(random() * count)]![0];
    const spread = four % 5 === 0 ? 3 : four % 5 === 1 ? 0 : 0.02;
    for (let k = 0; k < 4; k++) {
      const d = sub(target, o).map((c) => c + (random() - 0.5) * spread) as Vector;
      if (four % 7 === 0) d[four % 3] = k % 2 ? 0 : -0;
      write(four * 4 + k, o, d);
    }
  }
  exports.traceRays(rays, answers, fours * 4, false);
  const alone = new Uint8Array(memory.buffer, answers, fours * 32).slice();
  exports.traceFours(rays, answers, fours * 4);
  expect(Buffer.from(alone).equals(new Uint8Array(memory.buffer, answers, fours * 32).slice())).toBe(true);
  // Rays that graze an edge may fall to either side in single precision.
  expect(disagreements).toBeLessThanOrEqual(2);
  if (count >= 50) expect(hits).toBeGreaterThan(20);
});

test.each([
  ['OPAQUE', 0.25, true],
  ['OPAQUE', 0.75, false],
  ['MASK', 0.25, false],
  ['BLEND', 0, false],
] as const)('%s with transmission %d and alpha 0.3: occludes %s', async (mode, share, occludes) => {
  const document = new Document();
  const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
  const material = document.createMaterial().setAlphaMode(mode).setBaseColorFactor([1, 1, 1, 0.3]).setDoubleSided(true);
  addMesh(
    document,
    SQUARE,
    material.setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(share)),
  );
  const host = testHost();
  await draw(document, { width: 16, height: 16 }, host);
  const { exports } = host.threads.last!;
  expect(exports.traceOccluded(0.1, 0.2, 1, 0, 0, -1, 0, 1e30) !== 0).toBe(occludes);
});
