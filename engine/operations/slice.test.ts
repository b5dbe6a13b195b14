import { type Document, Primitive } from '@gltf-transform/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { processModel } from '../process/process-model.ts';
import { apply, boundsOf, LIMITS, optimizeDocument, optimizeFiles } from './testing/run.ts';
import { box, documentOf, movedBy, plate, type Shape, sphere } from './testing/shapes.ts';
import { openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

/** A ring around the y axis: a square of the given half side goes round at radius 1. */
function ring(half: number, around: number): Shape {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let i = 0; i < around; i++) {
    const [cos, sin] = [Math.cos((2 * Math.PI * i) / around), Math.sin((2 * Math.PI * i) / around)];
    for (const [r, y] of [
      [1 - half, -half],
      [1 + half, -half],
      [1 + half, half],
      [1 - half, half],
    ]) {
      positions.push(r! * cos, y!, r! * sin);
    }
    for (let k = 0; k < 4; k++) {
      const [a, b] = [i * 4 + k, i * 4 + ((k + 1) % 4)];
      const [c, d] = [((i + 1) % around) * 4 + k, ((i + 1) % around) * 4 + ((k + 1) % 4)];
      indices.push(a, b, d, a, d, c);
    }
  }
  return { positions, indices };
}

/** A sphere whose upper triangles are a primitive of another material, with normals and texture coordinates. */
function twoMaterials(): Document {
  const { positions, indices } = sphere(1, 4);
  const isUpper = (i: number) => positions[indices[i - (i % 3)]! * 3 + 1]! > 0.3;
  const document = documentOf(
    { positions, indices: indices.filter((_, i) => isUpper(i)) },
    { positions, indices: indices.filter((_, i) => !isUpper(i)) },
  );
  const [mesh, other] = document.getRoot().listMeshes();
  mesh!.addPrimitive(other!.listPrimitives()[0]!);
  document.getRoot().listNodes()[1]!.dispose();
  other!.dispose();
  for (const [index, primitive] of mesh!.listPrimitives().entries()) {
    const position = primitive.getAttribute('POSITION')!.getArray()!;
    const count = position.length / 3;
    const uv = Float32Array.from({ length: count * 2 }, (_, i) => position[(i >> 1) * 3 + (i & 1)]!);
    primitive.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(uv));
    primitive.setAttribute('NORMAL', document.createAccessor().setType('VEC3').setArray(Float32Array.from(position)));
    primitive.setMaterial(document.createMaterial(`material ${index}`));
  }
  return document;
}

const solids: Record<string, () => Document> = {
  ball: () => documentOf(sphere(1, 4)),
  ring: () => documentOf(ring(0.4, 48)),
  boxes: () => documentOf(box([-1, -1, -1], [1, 1, 1]), movedBy(sphere(1, 3), [1, 0, 0])),
  mirrored() {
    const document = documentOf(ring(0.3, 32));
    document
      .getRoot()
      .listNodes()[0]!
      .setScale([-2, 1, 3])
      .setTranslation([5, 1, -2])
      .setRotation([0.5, 0.5, 0.5, 0.5]);
    return document;
  },
};

describe('slice', () => {
  it.each(Object.keys(solids))(
    'of a %s: both sides are closed and make up the whole, at any plane',
    async (name) => {
      const component = fc.double({ min: -1, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(component, component, component),
          fc.double({ min: 0.03, max: 0.97 }),
          async (normal, at) => {
            if (Math.hypot(...normal) < 0.1) return;
            const document = solids[name]!();
            const whole = volumeOf(document);
            const plane = { type: 'slice', normal, at } as const;
            await apply(document, { ...plane, keep: 'both' });
            const surface = worldSurfaceOf(document);
            expect(openEdgesOf(surface)).toBe(0);
            expect(volumeOf(document) / whole).toBeCloseTo(1, 4);
            const below = solids[name]!();
            await apply(below, { ...plane, keep: 'below' });
            const above = solids[name]!();
            await apply(above, { ...plane, keep: 'above' });
            expect((volumeOf(below) + volumeOf(above)) / whole).toBeCloseTo(1, 4);
            expect(Math.min(volumeOf(below), volumeOf(above))).toBeGreaterThan(0);
          },
        ),
        { seed: 11, numRuns: 12 },
      );
    },
    60_000,
  );

  it('through corners, edges and faces leaves what it should', async () => {
    const half = documentOf(box([0, 0, 0], [1, 1, 1]));
    await apply(half, { type: 'slice', normal: [1, 1, 0], offset: Math.SQRT1_2 });
    expect(volumeOf(half)).toBeCloseTo(0.5, 6);
    expect(openEdgesOf(worldSurfaceOf(half))).toBe(0);
    // Two boxes on top of each other: the plane lies in the faces where they meet.
    const tower = () => documentOf(box([0, 0, 0], [1, 1, 1]), box([0, 1, 0], [1, 2, 1]));
    const upper = tower();
    expect(await apply(upper, { type: 'slice', keep: 'above' })).toEqual([
      'The plane at 1 m cuts no mesh.',
      'Removed 1 mesh that lay below.',
    ]);
    expect(boundsOf(upper).min[1]).toBe(1);
    // One mesh with a floor in the middle, which belongs to the lower half.
    const { positions, indices } = tower()
      .getRoot()
      .listMeshes()
      .reduce<Shape>(
        (all, mesh) => {
          const primitive = mesh.listPrimitives()[0]!;
          const first = all.positions.length / 3;
          all.positions.push(...primitive.getAttribute('POSITION')!.getArray()!);
          all.indices.push(...[...primitive.getIndices()!.getArray()!].map((index) => index + first));
          return all;
        },
        { positions: [], indices: [] },
      );
    const one = documentOf({ positions, indices });
    expect(await apply(one, { type: 'slice' })).toEqual(['Cut 1 mesh at 1 m.']);
    expect(volumeOf(one)).toBeCloseTo(1, 6);
    expect(openEdgesOf(worldSurfaceOf(one))).toBe(0);
  });

  it('gives new vertices the values in between, and caps the material of what they close', async () => {
    const document = twoMaterials();
    await apply(document, { type: 'slice', offset: 0.6 });
    expect(openEdgesOf(worldSurfaceOf(document))).toBe(0);
    const primitives = document.getRoot().listMeshes()[0]!.listPrimitives();
    expect(primitives.map((primitive) => primitive.getMaterial()!.getName())).toEqual(['material 0', 'material 1']);
    let caps = 0;
    for (const primitive of primitives) {
      const [position, uv, normal] = ['POSITION', 'TEXCOORD_0', 'NORMAL'].map((name) => primitive.getAttribute(name)!);
      for (let i = 0; i < position!.getCount(); i++) {
        const p = position!.getElement(i, [] as number[]);
        const [u, v] = uv!.getElement(i, [] as number[]);
        expect(u).toBeCloseTo(p[0]!, 6);
        expect(v).toBeCloseTo(p[1]!, 6);
        const n = normal!.getElement(i, [] as number[]);
        expect(Math.hypot(...n)).toBeCloseTo(1, 5);
        if (n[1]! > 0.9999 && Math.abs(p[1]! - 0.6) < 1e-6) caps += primitive === primitives[0] ? 1 : 1000;
      }
    }
    expect(caps).toBeGreaterThan(10);
    expect(caps).toBeLessThan(1000);
  });

  it('keeps morph targets, lines and points, and what does not close stays open', async () => {
    const document = documentOf(plate(1, 4), sphere(1, 2));
    const [sheet, ball] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    const deltas = Float32Array.from(ball!.getAttribute('POSITION')!.getArray()!, (value) => value * 0.5);
    ball!.addTarget(
      document
        .createPrimitiveTarget()
        .setAttribute('POSITION', document.createAccessor().setType('VEC3').setArray(deltas)),
    );
    sheet!.setMode(Primitive.Mode.LINE_STRIP);
    expect(await apply(document, { type: 'slice', normal: [1, 0, 0], offset: 0.4 })).toEqual([
      'Cut 2 meshes at 0.4 m.',
      'Closed 1 outline.',
    ]);
    const [lines, made] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    expect(lines!.getMode()).toBe(Primitive.Mode.LINES);
    const [position, delta] = [made!.getAttribute('POSITION')!, made!.listTargets()[0]!.getAttribute('POSITION')!];
    for (let i = 0; i < position.getCount(); i++) {
      const [p, d] = [position.getElement(i, [] as number[]), delta.getElement(i, [] as number[])];
      for (let k = 0; k < 3; k++) expect(d[k]!).toBeCloseTo(p[k]! / 2, 6);
    }
    const open = documentOf(plate(1, 4));
    expect(await apply(open, { type: 'slice', normal: [1, 0, 0], at: 0.3 })).toContain(
      '1 outline of open surfaces stayed open.',
    );
  });

  it('refuses a plane that leaves nothing, and cuts instances each for itself', async () => {
    await expect(apply(documentOf(sphere(1, 1)), { type: 'slice', offset: -3 })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: 'Nothing of the model lies below the plane at -3 m: along the normal it reaches from -1 to 1 m.',
    });
    const shapes = Array.from({ length: 6 }, (_, i) => movedBy(box([0, 0, 0], [1, 1, 1]), [2 * i, 0, 0]));
    const { document } = await optimizeDocument(documentOf(box([0, 0, 0], [1, 1, 1])), {
      operations: [{ type: 'dedupe' }],
    });
    const [node] = document.getRoot().listNodes();
    for (let i = 1; i < shapes.length; i++) {
      document
        .getRoot()
        .getDefaultScene()!
        .addChild(
          document
            .createNode()
            .setMesh(node!.getMesh())
            .setTranslation([2 * i, 0, 0]),
        );
    }
    await apply(document, { type: 'instance', min: 2 });
    expect(document.getRoot().listNodes()).toHaveLength(1);
    await apply(document, { type: 'slice', normal: [1, 0, 0], offset: 4.5 });
    expect(volumeOf(document)).toBeCloseTo(2.5, 6);
  });

  it('contours of a ball add up to its volume, of a ring have holes', async () => {
    const ball = documentOf(sphere(1, 5));
    const volume = volumeOf(ball);
    const [note] = await apply(ball, { type: 'slice', contours: true, layers: 200 });
    const area = Number(/around ([\d.]+) m²/.exec(note!)![1]);
    expect((area * 2) / 200 / volume).toBeCloseTo(1, 3);
    expect(note).toContain('200 planes made 200 closed outlines');
    const primitive = ball.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getMode()).toBe(Primitive.Mode.LINES);
    const whole = documentOf(ring(0.4, 48));
    // 48 corners on circles of radius 1.4 and 0.6.
    const expected = (48 / 2) * Math.sin((2 * Math.PI) / 48) * (1.4 ** 2 - 0.6 ** 2);
    const [said] = await apply(whole, { type: 'slice', contours: true, offset: 0.1 });
    expect(said).toBe(`1 plane made 2 closed outlines around ${Number(expected.toPrecision(5))} m² altogether.`);
    await expect(
      apply(documentOf(sphere(1, 1)), { type: 'slice', contours: true, spacing: 1e-5 }),
    ).rejects.toMatchObject({
      code: 'operation_impossible',
    });
  });

  it.skipIf(!hasCorpus).each(['gltf/character.glb', 'gltf/01_cs_morph/01_cs_morph.gltf', 'stl/sphereWithHole.stl'])(
    'of %s is a sound file, the same twice',
    async (path) => {
      const files = await readModelFiles(`${CORPUS}/${path}`);
      for (const contours of [false, true]) {
        const recipe = {
          operations: [
            {
              type: 'slice' as const,
              normal: [1, 0.2, 0.1] as [number, number, number],
              contours,
              keep: 'both' as const,
            },
          ],
          deviation: { samples: 0 },
        };
        const { glb } = await optimizeFiles(files, recipe);
        const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
        expect(report.validation.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect((await optimizeFiles(files, recipe)).glb).toEqual(glb);
      }
    },
    60_000,
  );
});
