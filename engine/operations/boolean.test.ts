import type { Document } from '@gltf-transform/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { isWatertight } from '../describe/watertight.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { processModel } from '../process/process-model.ts';
import { apply, LIMITS, optimizeDocument, optimizeFiles } from './testing/run.ts';
import { box, documentOf, movedBy, type Shape, sphere } from './testing/shapes.ts';
import { openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

/** A document of two named nodes. */
function pair(first: Shape, second: Shape): Document {
  const document = documentOf(first, second);
  const [a, b] = document.getRoot().listNodes();
  a!.setName('a');
  b!.setName('b');
  return document;
}

/** The same shape, facing inwards. */
function turn({ positions, indices }: Shape): Shape {
  return { positions, indices: indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!) };
}

/** Several shapes as one mesh. */
function together(...shapes: Shape[]): Shape {
  const all: Shape = { positions: [], indices: [] };
  for (const { positions, indices } of shapes) {
    const first = all.positions.length / 3;
    all.positions.push(...positions);
    all.indices.push(...indices.map((index) => index + first));
  }
  return all;
}

/** The volume of two boxes, and of what is in both. */
function boxVolumes(a: number[][], b: number[][]) {
  const volume = (low: number[], high: number[]) =>
    [0, 1, 2].reduce((product, k) => product * Math.max(0, high[k]! - low[k]!), 1);
  const both = volume(
    a[0]!.map((value, k) => Math.max(value, b[0]![k]!)),
    a[1]!.map((value, k) => Math.min(value, b[1]![k]!)),
  );
  return { a: volume(a[0]!, a[1]!), b: volume(b[0]!, b[1]!), both };
}

describe('boolean', () => {
  it('of boxes has the volumes that inclusion and exclusion say, whatever the boxes', async () => {
    const low = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 });
    const size = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 });
    const boxes = fc.tuple(low, size).map(([from, by]) => [from, from.map((value, k) => value + by[k]!)]);
    await fc.assert(
      fc.asyncProperty(boxes, boxes, async (a, b) => {
        const { a: va, b: vb, both } = boxVolumes(a, b);
        const run = async (operation: 'union' | 'difference' | 'intersection', expected: number) => {
          const document = pair(box(a[0]!, a[1]!), box(b[0]!, b[1]!));
          const done = apply(document, { type: 'boolean', operation, a: ['a'], b: ['b'] });
          if (expected === 0) return expect(done).rejects.toMatchObject({ code: 'operation_impossible' });
          await done;
          expect(volumeOf(document)).toBeCloseTo(expected, 3);
          expect(openEdgesOf(worldSurfaceOf(document))).toBe(0);
        };
        await run('union', va + vb - both);
        await run('difference', va - both);
        await run('intersection', both);
      }),
      { seed: 3, numRuns: 12 },
    );
  }, 120_000);

  it('of balls has the lens of the closed form', async () => {
    const d = 0.9;
    const lens = (Math.PI * (4 + d) * (2 - d) ** 2) / 12;
    const ball = (4 / 3) * Math.PI;
    for (const [operation, expected] of [
      ['intersection', lens],
      ['union', 2 * ball - lens],
      ['difference', ball - lens],
    ] as const) {
      const document = pair(sphere(1, 5), movedBy(sphere(1, 5), [d, 0, 0]));
      await apply(document, { type: 'boolean', operation, b: ['b'] });
      expect(Math.abs(volumeOf(document) / expected - 1)).toBeLessThan(0.01);
    }
  });

  it('keeps materials, texture coordinates and normals, turned where the inside shows', async () => {
    const document = pair(box([-1, -1, -1], [1, 1, 1]), sphere(1.2, 4));
    await apply(document, { type: 'normals', overwrite: true });
    const [cube, ball] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    for (const [index, primitive] of [cube!, ball!].entries()) {
      primitive.setMaterial(document.createMaterial(index === 0 ? 'cube' : 'ball'));
      const position = primitive.getAttribute('POSITION')!.getArray()!;
      const uv = Float32Array.from({ length: (position.length / 3) * 2 }, (_, i) => position[(i >> 1) * 3 + (i & 1)]!);
      primitive.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(uv));
    }
    await apply(document, { type: 'boolean', operation: 'difference', b: ['b'], name: 'dice' });
    const node = document
      .getRoot()
      .listNodes()
      .find((one) => one.getName() === 'dice')!;
    const primitives = node.getMesh()!.listPrimitives();
    expect(primitives.map((primitive) => primitive.getMaterial()!.getName()).sort()).toEqual(['ball', 'cube']);
    const [ox, oy, oz] = node.getTranslation();
    for (const primitive of primitives) {
      const isBall = primitive.getMaterial()!.getName() === 'ball';
      for (let i = 0; i < primitive.getAttribute('POSITION')!.getCount(); i++) {
        const [x, y, z] = primitive.getAttribute('POSITION')!.getElement(i, [0, 0, 0]);
        const [u, v] = primitive.getAttribute('TEXCOORD_0')!.getElement(i, [0, 0]);
        expect(u).toBeCloseTo(x + ox, 4);
        expect(v).toBeCloseTo(y + oy, 4);
        const n = primitive.getAttribute('NORMAL')!.getElement(i, [0, 0, 0]);
        // Into the hole, towards the middle of the ball.
        if (isBall) expect(n[0] * (x + ox) + n[1] * (y + oy) + n[2] * (z + oz)).toBeLessThan(-0.9);
        else expect(Math.max(...n.map(Math.abs))).toBeCloseTo(1, 4);
      }
    }
    const { glb } = await optimizeDocument(document, { operations: [{ type: 'weld' }] });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(report.watertight).toBe(true);
  });

  it('joins parts of one mesh that overlap, keeps a cavity, turns what is inside out, and follows transforms', async () => {
    const cube = box([0, 0, 0], [2, 2, 2]);
    const overlapping = documentOf(together(cube, movedBy(cube, [1, 0, 0])));
    overlapping.getRoot().listNodes()[0]!.setScale([-1, 1, 2]);
    await apply(overlapping, { type: 'boolean' });
    expect(volumeOf(overlapping)).toBeCloseTo(24, 4);
    const hollow = documentOf(together(cube, turn(box([0.5, 0.5, 0.5], [1.5, 1.5, 1.5]))));
    await apply(hollow, { type: 'boolean' });
    expect(volumeOf(hollow)).toBeCloseTo(7, 5);
    const inside = documentOf(turn(box([0, 0, 0], [1, 1, 1])), box([3, 0, 0], [4, 1, 1]));
    await apply(inside, { type: 'boolean' });
    expect(volumeOf(inside)).toBeCloseTo(2, 5);
  });

  it('closes what is open, makes anew what cannot be closed, or says why not', async () => {
    const { positions, indices } = sphere(1, 3);
    const holed = () => pair({ positions, indices: indices.slice(9) }, box([0, 0, 0], [2, 2, 2]));
    const document = holed();
    const notes = await apply(document, { type: 'boolean', operation: 'difference', b: ['b'] });
    expect(notes[0]).toContain('"a" was no solid');
    expect(isWatertight(document.getRoot().listMeshes()[0]!)).toBe(true);
    await expect(apply(holed(), { type: 'boolean', b: ['b'], open: 'fail' })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: '"a" is no solid: it is open, or more than two triangles meet at an edge.',
    });
    // A fin: an edge with three triangles, which no filling mends.
    const fin = [...indices, 0, 2, positions.length / 3];
    const finned = () => pair({ positions: [...positions, 1.2, 1.2, 0], indices: fin }, box([0, 0, 0], [2, 2, 2]));
    const made = finned();
    const [note] = await apply(made, { type: 'boolean', operation: 'difference', b: ['b'], open: 'remesh' });
    expect(note).toContain('was no solid');
    expect(openEdgesOf(worldSurfaceOf(made))).toBe(0);
    expect(Math.abs(volumeOf(made) / ((7 / 8) * 4.03) - 1)).toBeLessThan(0.03);
  });

  it('names what there is where nothing has the name, and is the same file twice', async () => {
    const make = () => pair(sphere(1, 4), movedBy(sphere(1, 4), [0.5, 0.2, 0.1]));
    await expect(apply(make(), { type: 'boolean', operation: 'difference', b: ['wheel*'] })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: 'No node with a mesh is named "wheel*"; there are "a", "b".',
    });
    const [first, second] = [make(), make()];
    await apply(first, { type: 'boolean' });
    await apply(second, { type: 'boolean' });
    expect(await writeGlb(first)).toEqual(await writeGlb(second));
  });

  it.skipIf(!hasCorpus).each(['3mf/cube_gears.3mf', 'stl/triangle_with_two_solids.stl'])(
    'of %s is closed, or refused',
    async (path) => {
      const files = await readModelFiles(`${CORPUS}/${path}`);
      const recipe = { operations: [{ type: 'boolean' as const, open: 'remesh' as const }], deviation: { samples: 0 } };
      const result = await optimizeFiles(files, recipe).catch((error: { code?: string }) => error);
      if (!('glb' in result)) return expect(result.code).toBe('operation_impossible');
      const { report } = await processModel([{ name: 'made.glb', bytes: result.glb }], LIMITS);
      expect(report.validation.errors).toBe(0);
      expect(report.watertight).toBe(true);
    },
    60_000,
  );
});
