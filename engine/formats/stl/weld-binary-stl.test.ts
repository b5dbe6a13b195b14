import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { NO_PROGRESS } from '../import-progress.ts';
import { TRIANGLE_BYTES, type WeldedTriangles, weldBinaryStl, weldInScript } from './weld-binary-stl.ts';

/** A corner of a triangle: three coordinates. */
type Corner = (triangle: number, corner: number) => [number, number, number];

/** Triangles with random normals, and colours of their own for some. */
function triangles(count: number, corner: Corner, random: () => number, coloured = 0): Uint8Array {
  const bytes = new Uint8Array(count * TRIANGLE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const at = i * TRIANGLE_BYTES;
    for (let k = 0; k < 3; k++) view.setFloat32(at + k * 4, random() - 0.5, true);
    for (let k = 0; k < 9; k++) view.setFloat32(at + 12 + k * 4, corner(i, Math.floor(k / 3))[k % 3]!, true);
    const own = random() < coloured ? 0x8000 : 0;
    view.setUint16(at + 48, own | Math.floor(random() * 3), true);
  }
  return bytes;
}

/** All that comes of triangles, as bytes. */
function everything({ mesh, contradicting, attributes }: WeldedTriangles, count: number, turned: boolean): string[] {
  const bytes = (array: Float32Array | Uint16Array | Uint32Array | null) =>
    array === null ? 'none' : Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
  if (turned) mesh.indices().reverse();
  const welded = [bytes(mesh.positions()), bytes(mesh.indices())];
  const partition = attributes && Uint32Array.from(attributes);
  // What comes before the first colour need not be there.
  partition?.forEach((bits, i) => {
    if (!(bits & 0x8000)) partition[i] = 0;
  });
  const shaded = mesh.shade(partition ? { partition } : {});
  expect(shaded.indices).toHaveLength(count * 3);
  const { positions, normals, indices } = shaded;
  return [...welded, ...[positions, normals, indices, shaded.partition, partition].map(bytes), `${contradicting}`];
}

function expectSame(bytes: Uint8Array, turned = false): void {
  const count = bytes.byteLength / TRIANGLE_BYTES;
  const given = { file: { name: 'a.stl', bytes }, start: 0, count, keepsAttributes: false };
  const made = everything(weldBinaryStl(given, NO_PROGRESS), count, turned);
  const wanted = everything(weldInScript(given, NO_PROGRESS), count, turned);
  for (const [i, part] of wanted.entries()) expect(made[i] === part, `part ${i}`).toBe(true);
}

const random = seededRandom(3);
const whole = (end: number) => Math.floor(random() * end);

/** Twenty squares wide, each of a triangle at its origin and another one. */
function sheet(a: number[], b: number[], c: number[], height: number): Corner {
  const corners = [[0, 0], [1, 0], [0, 1], a, b, c] as [number, number][];
  return (i, corner) => {
    const [x, y] = corners[(i % 2) * 3 + corner]!;
    const [column, row] = [((i >> 1) % 20) + x, Math.floor(i / 40) + y];
    return [column, row, Math.sin(column * 0.7) * Math.cos(row * 0.9) * height];
  };
}

/** Shapes with edges of all kinds. */
const SHAPES: Record<string, Corner> = {
  'corners of a grid': () => [whole(12), whole(12), whole(3) * (whole(3) - 1)],
  'a few corners': () => [whole(3), whole(2), whole(2)],
  'nothing shared': () => [random(), random(), random()],
  'a wavy sheet': sheet([1, 0], [1, 1], [0, 1], 2),
  'a wavy sheet, every other triangle upside down': sheet([1, 0], [0, 1], [1, 1], 2),
  // What meets at an edge cancels out.
  'a flat sheet, every other triangle upside down': sheet([1, 0], [0, 1], [1, 1], 0),
  'a fan around one corner': (i, corner) =>
    corner === 0
      ? [1, 2, 3]
      : [Math.cos((i + corner) / 30) * 5, Math.sin((i + corner) / 30) * 5, whole(9) === 0 ? 1 : 0],
  'edges of one corner to anywhere': (_, corner) => (corner === 0 ? [1, 2, 3] : [whole(6), whole(6), whole(6)]),
  'what is no number, infinite, minus zero or very far': () => [
    whole(40) === 0 ? NaN : whole(9),
    whole(40) === 0 ? -Infinity : whole(40) === 0 ? 3e38 : whole(9),
    whole(2) === 0 ? -0 : whole(2),
  ],
};

describe('weldBinaryStl', () => {
  it.each(Object.entries(SHAPES))('gives and shades the same mesh as without the kernel: %s', (_, corner) => {
    for (const count of [1, 2, 3, 40, 333, 2000]) {
      expectSame(triangles(count, corner, random));
      expectSame(triangles(count, corner, random, 0.3), true);
    }
  });

  it('does so in a memory of its own, whose table has to grow', () => {
    expectSame(triangles(40_000, () => [random(), random(), random()], random));
    expectSame(triangles(40_000, SHAPES['a wavy sheet']!, random, 0.001));
    expectSame(triangles(30_000, (_, corner) => [corner, corner * corner, 0], random, 0.5));
  });

  it('tells before each block how far it is', () => {
    const told: number[] = [];
    const bytes = triangles(25_000, SHAPES['a few corners']!, random);
    const file = { name: 'a.stl', bytes };
    weldBinaryStl({ file, start: 0, count: 25_000, keepsAttributes: false }, (share) => told.push(share));
    expect(told).toEqual([0, 0.4, 0.8]);
  });
});
