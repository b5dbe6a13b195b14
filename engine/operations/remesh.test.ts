import { describe, expect, it } from 'vitest';
import { SAMPLES } from '#app/samples/samples.ts';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { isWatertight } from '../describe/watertight.ts';
import { processModel } from '../process/process-model.ts';
import { apply, LIMITS, optimizeDocument, optimizeFiles } from './testing/run.ts';
import { box, documentOf, movedBy, plate, type Shape, sphere } from './testing/shapes.ts';
import { volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

const turned = ({ positions, indices }: Shape): Shape => ({
  positions,
  indices: indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!),
});

function together(...shapes: Shape[]): Shape {
  const all: Shape = { positions: [], indices: [] };
  for (const { positions, indices } of shapes) {
    const first = all.positions.length / 3;
    all.positions.push(...positions);
    all.indices.push(...indices.map((index) => index + first));
  }
  return all;
}

const broken: Record<string, { shape: Shape; volume: number; within: number }> = {
  'a ball': { shape: sphere(1, 5), volume: 4.1736, within: 0.005 },
  'a box': { shape: box([0, 0, 0], [1, 2, 3]), volume: 6, within: 0.001 },
  'a ball with holes': {
    shape: { ...sphere(1, 4), indices: sphere(1, 4).indices.slice(120) },
    volume: 4.148,
    within: 0.02,
  },
  'a ball with turned triangles': {
    shape: {
      ...sphere(1, 4),
      indices: [...turned(sphere(1, 4)).indices.slice(0, 300), ...sphere(1, 4).indices.slice(300)],
    },
    volume: 4.148,
    within: 0.02,
  },
  'two balls in one another': {
    shape: together(sphere(1, 4), movedBy(sphere(1, 4), [1, 0.1, 0.05])),
    // Twice the ball less the lens of two balls at a distance of d = √1.0125: π (4 + d) (2 − d)² / 12.
    volume: 8.296 - (Math.PI * (4 + Math.sqrt(1.0125)) * (2 - Math.sqrt(1.0125)) ** 2) / 12,
    within: 0.01,
  },
  'a hollow ball': { shape: together(sphere(2, 4), turned(sphere(1, 4))), volume: 4.148 * 7, within: 0.01 },
};

describe('remesh', () => {
  it.each(Object.entries(broken))(
    '%s becomes a closed surface of the right volume',
    async (_name, { shape, volume, within }) => {
      const document = documentOf(shape);
      await apply(document, { type: 'remesh', resolution: 60 });
      expect(isWatertight(document.getRoot().listMeshes()[0]!)).toBe(true);
      expect(Math.abs(volumeOf(document) / volume - 1)).toBeLessThan(within);
    },
  );

  it('lies on its source, comes nearer with the resolution, and its triangles are even', async () => {
    const deviations: number[] = [];
    for (const resolution of [24, 48, 96]) {
      const { report } = await optimizeDocument(documentOf(sphere(1, 6)), {
        operations: [{ type: 'remesh', resolution }],
      });
      deviations.push(report.deviation!.relativeMax);
    }
    expect(deviations[1]).toBeLessThan(deviations[0]! / 3);
    expect(deviations[2]).toBeLessThan(deviations[1]! / 2);
    const document = documentOf(sphere(1, 6));
    await apply(document, { type: 'remesh', resolution: 48 });
    const { positions: p, indices } = worldSurfaceOf(document);
    const lengths = Array.from({ length: indices.length }, (_, i) => {
      const [a, b] = [indices[i]! * 3, indices[i % 3 === 2 ? i - 2 : i + 1]! * 3];
      return Math.hypot(p[a]! - p[b]!, p[a + 1]! - p[b + 1]!, p[a + 2]! - p[b + 2]!);
    }).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length * 0.95)]! / lengths[Math.floor(lengths.length * 0.05)]!).toBeLessThan(2.5);
  });

  it('keeps edges sharp', async () => {
    const { report } = await optimizeDocument(documentOf(box([0.013, 0.2, 0], [1, 1.1, 0.97])), {
      operations: [{ type: 'remesh', resolution: 20 }],
    });
    expect(report.deviation!.relativeMax).toBeLessThan(0.004);
  });

  it('keeps materials and texture coordinates', async () => {
    const { positions, indices } = box([0, -1, 0], [2, 0, 2]);
    const isTop = (i: number) => [0, 1, 2].every((k) => positions[indices[i - (i % 3) + k]! * 3 + 1] === 0);
    const document = documentOf(plate(2, 8), { positions, indices: indices.filter((_, i) => !isTop(i)) });
    const [top, body] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    const position = top!.getAttribute('POSITION')!.getArray()!;
    const uv = Float32Array.from(
      { length: (position.length / 3) * 2 },
      (_, i) => position[(i >> 1) * 3 + (i & 1) * 2]! / 2,
    );
    top!
      .setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(uv))
      .setMaterial(document.createMaterial('top'));
    body!.setMaterial(document.createMaterial('body'));
    await apply(document, { type: 'remesh', resolution: 24 });
    const [mesh] = document.getRoot().listMeshes();
    expect(
      mesh!
        .listPrimitives()
        .map((primitive) => primitive.getMaterial()!.getName())
        .sort(),
    ).toEqual(['body', 'top']);
    const made = mesh!.listPrimitives().find((primitive) => primitive.getMaterial()!.getName() === 'top')!;
    const node = document.getRoot().listNodes()[0]!.getTranslation();
    for (let i = 0; i < made.getAttribute('POSITION')!.getCount(); i++) {
      const [x, , z] = made.getAttribute('POSITION')!.getElement(i, [0, 0, 0]);
      const [u, v] = made.getAttribute('TEXCOORD_0')!.getElement(i, [0, 0]);
      expect(u).toBeCloseTo((x + node[0]) / 2, 4);
      expect(v).toBeCloseTo((z + node[2]) / 2, 4);
    }
  });

  it('a skin goes around what is open, and each mesh by itself when asked', async () => {
    const document = documentOf(plate(1, 2), movedBy(sphere(1, 3), [5, 0, 0]));
    const notes = await apply(document, { type: 'remesh', of: 'mesh', resolution: 40 });
    expect(notes[0]).toContain('encloses nothing at this resolution and stays');
    expect(document.getRoot().listMeshes()).toHaveLength(2);
    const sheet = documentOf(plate(1, 2));
    await apply(sheet, { type: 'remesh', method: 'skin', resolution: 20, fit: false });
    expect(worldSurfaceOf(sheet).indices.length).toBeGreaterThan(600);
    await expect(
      apply(documentOf(sphere(1, 2)), { type: 'remesh', method: 'skin', resolution: 300 }),
    ).rejects.toMatchObject({
      code: 'operation_impossible',
    });
  });

  it('is the same file twice, with the colours of textures', async () => {
    const bytes = await SAMPLES.find(({ fileName }) => fileName === 'ceramic-vase.glb')!.make();
    for (const attributes of ['materials', 'colors'] as const) {
      const make = () =>
        optimizeFiles([{ name: 'vase.glb', bytes }], {
          operations: [{ type: 'remesh', resolution: 40, attributes }],
          deviation: { samples: 0 },
        });
      const { glb } = await make();
      expect((await make()).glb).toEqual(glb);
      const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
      expect(report.validation.errors).toBe(0);
      expect(report.watertight).toBe(true);
    }
  });

  it.skipIf(!hasCorpus).each(['gltf/character.glb', 'stl/sphereWithHole.stl'])('of %s is closed', async (path) => {
    const files = await readModelFiles(`${CORPUS}/${path}`);
    const { glb } = await optimizeFiles(files, { operations: [{ type: 'remesh' }], deviation: { samples: 0 } });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(report.watertight).toBe(true);
  });
});
