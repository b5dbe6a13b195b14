import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { processModel } from '../process/process-model.ts';
import { readModel } from '../process/read-model.ts';
import { apply, boundsOf, LIMITS, optimizeFiles } from './testing/run.ts';
import { box, documentOf, movedBy, plate, type Shape, sphere } from './testing/shapes.ts';
import { furthestOutside, openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

/** A tetrahedron of each four points: a cloud that has triangles. */
function tetrahedra(points: number[]): Shape {
  const indices: number[] = [];
  for (let i = 0; i + 3 < points.length / 3; i++) indices.push(i, i + 1, i + 2, i + 1, i + 2, i + 3);
  return { positions: points, indices };
}

describe('hull', () => {
  it('of known solids are these solids', async () => {
    const cube = documentOf(box([1, 2, 3], [2, 4, 6]));
    expect(await apply(cube, { type: 'hull' })).toEqual(['The hull has 8 vertices and encloses 6 m³.']);
    expect(worldSurfaceOf(cube).indices).toHaveLength(36);
    expect(boundsOf(cube)).toEqual({ min: [1, 2, 3], max: [2, 4, 6] });
    const ball = sphere(2, 3);
    const document = documentOf(ball);
    const before = volumeOf(document);
    await apply(document, { type: 'hull' });
    expect(volumeOf(document) / before).toBeCloseTo(1, 6);
    // Two boxes in a row: the hull is the box around both.
    const row = documentOf(box([0, 0, 0], [1, 1, 1]), box([3, 0, 0], [4, 1, 1]));
    await apply(row, { type: 'hull' });
    expect(volumeOf(row)).toBeCloseTo(4, 6);
    expect(row.getRoot().listNodes()).toHaveLength(1);
  });

  it('contains all points, is closed and convex, and has only given points as corners', async () => {
    const coordinate = fc.double({ min: -10, max: 10, noNaN: true }).map(Math.fround);
    await fc.assert(
      fc.asyncProperty(fc.array(coordinate, { minLength: 30, maxLength: 120 }), async (values) => {
        const points = values.slice(0, values.length - (values.length % 3));
        const document = documentOf(tetrahedra(points));
        const source = worldSurfaceOf(document);
        const [note] = await apply(document, { type: 'hull' });
        if (note === 'The model is flat and has no hull.') return;
        const made = worldSurfaceOf(document);
        expect(openEdgesOf(made)).toBe(0);
        expect(furthestOutside(made, source.positions, source.origin)).toBeLessThan(2e-5);
        expect(furthestOutside(made, made.positions, made.origin)).toBeLessThan(2e-5);
        const given = new Set<string>();
        const key = (p: ArrayLike<number>, i: number, origin: readonly number[]) =>
          [0, 1, 2].map((k) => (p[i + k]! + origin[k]!).toFixed(3)).join();
        for (let i = 0; i < source.positions.length; i += 3) given.add(key(source.positions, i, source.origin));
        for (let i = 0; i < made.positions.length; i += 3) {
          expect(given.has(key(made.positions, i, made.origin))).toBe(true);
        }
      }),
      { seed: 4, numRuns: 40 },
    );
  }, 60_000);

  it('of meshes stand in their place, one for each, or one for each part', async () => {
    const two = documentOf(sphere(1, 2), movedBy(box([0, 0, 0], [1, 1, 1]), [5, 0, 0]));
    two.getRoot().listNodes()[1]!.setName('crate').setScale([-2, 1, 1]);
    await apply(two, { type: 'hull', of: 'mesh', nodes: ['CR*'] });
    expect(volumeOf(two, 'crate')).toBeCloseTo(2, 6);
    expect(volumeOf(two)).toBeGreaterThan(5.5);
    const { positions, indices } = box([0, 0, 0], [1, 1, 1]);
    const apart = documentOf({
      positions: [...positions, ...positions.map((value, i) => value + (i % 3 === 0 ? 5 : 0))],
      indices: [...indices, ...indices.map((index) => index + 8)],
    });
    expect(await apply(apart, { type: 'hull', of: 'part' })).toEqual(['Made 2 hulls for 1 mesh.']);
    expect(volumeOf(apart)).toBeCloseTo(2, 6);
  });

  it('leaves what is flat, and keeps the meshes when told to', async () => {
    const flat = documentOf(plate(1, 2));
    expect(await apply(flat, { type: 'hull' })).toEqual(['The model is flat and has no hull.']);
    expect(worldSurfaceOf(flat).indices).toHaveLength(24);
    expect(await apply(flat, { type: 'hull', of: 'mesh' })).toEqual([
      'Made 0 hulls for 1 mesh.',
      '1 mesh or part without volume got none.',
    ]);
    const kept = documentOf(sphere(1, 2));
    await apply(kept, { type: 'hull', keep: true });
    expect(kept.getRoot().listMeshes()).toHaveLength(2);
  });

  it('with fewer vertices lies within, and loses little', async () => {
    const document = documentOf(sphere(1, 4));
    const source = worldSurfaceOf(document);
    await apply(document, { type: 'hull', maxVertices: 64 });
    const made = worldSurfaceOf(document);
    expect(
      new Set(
        Array.from({ length: made.positions.length / 3 }, (_, i) => made.positions.slice(i * 3, i * 3 + 3).join()),
      ).size,
    ).toBe(64);
    // The best polyhedra with 64 vertices in a ball have 0.89 of its volume.
    expect(volumeOf(document)).toBeGreaterThan(0.85 * 4.18879);
    expect(furthestOutside({ ...source }, made.positions, made.origin)).toBeLessThan(1e-6);
  });

  it('is the same file twice', async () => {
    const make = async () => {
      const document = documentOf(sphere(1, 3));
      await apply(document, { type: 'hull', maxVertices: 100 });
      return writeGlb(document);
    };
    expect(await make()).toEqual(await make());
  });

  it.skipIf(!hasCorpus).each([
    ['gltf/character.glb', 'scene'],
    ['gltf/character.glb', 'mesh'],
    ['gltf/01_cs_morph/01_cs_morph.gltf', 'mesh'],
    ['splat/sphere_3dgs.glb', 'scene'],
  ] as const)('of %s by %s is a sound file', async (path, of) => {
    const files = await readModelFiles(`${CORPUS}/${path}`);
    const { document } = await readModel(files, LIMITS);
    const bounds = boundsOf(document);
    const { glb } = await optimizeFiles(files, { operations: [{ type: 'hull', of }], deviation: { samples: 0 } });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(report.watertight).toBe(true);
    for (const side of ['min', 'max'] as const) {
      for (let k = 0; k < 3; k++) expect(report.bounds![side][k]!).toBeCloseTo(bounds[side][k]!, 4);
    }
  });
});
