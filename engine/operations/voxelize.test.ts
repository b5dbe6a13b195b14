import { describe, expect, it } from 'vitest';
import { SAMPLES } from '#app/samples/samples.ts';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { processModel } from '../process/process-model.ts';
import { readModel } from '../process/read-model.ts';
import { apply, boundsOf, LIMITS, optimizeFiles } from './testing/run.ts';
import { box, documentOf, plate, sphere } from './testing/shapes.ts';
import { openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

/** Volume of the cells, as the note says. */
async function cellVolume(document: ReturnType<typeof documentOf>, options: object): Promise<number> {
  const [note] = await apply(document, { type: 'voxelize', ...options });
  const [, count, size] = /^([\d,]+) cells of ([\d.e-]+) m/.exec(note!)!;
  return Number(count!.replaceAll(',', '')) * Number(size) ** 3;
}

describe('voxelize', () => {
  it('of a box are exactly its cells, closed, facing outwards', async () => {
    const document = documentOf(box([1, 1, 1], [3, 2, 2]));
    expect(await apply(document, { type: 'voxelize', resolution: 8, fill: 'solid' })).toEqual([
      '128 cells of 0.25 m hold 2 m³; 104 cells lie on the outside.',
    ]);
    expect(volumeOf(document)).toBeCloseTo(2, 6);
    expect(boundsOf(document)).toEqual({ min: [1, 1, 1], max: [3, 2, 2] });
    expect(worldSurfaceOf(document).indices).toHaveLength(160 * 6);
    expect(openEdgesOf(worldSurfaceOf(document))).toBe(0);
    const merged = documentOf(box([1, 1, 1], [3, 2, 2]));
    await apply(merged, { type: 'voxelize', resolution: 8, fill: 'solid', merge: true });
    expect(worldSurfaceOf(merged).indices).toHaveLength(36);
    expect(volumeOf(merged)).toBeCloseTo(2, 6);
  });

  it('comes nearer to the volume of a ball the finer it is, from outside and exactly', async () => {
    const ball = () => documentOf(sphere(1, 5));
    const volume = volumeOf(ball());
    const errors: number[] = [];
    for (const resolution of [16, 32, 64]) {
      errors.push(Math.abs((await cellVolume(ball(), { resolution, fill: 'solid' })) / volume - 1));
      const cover = await cellVolume(ball(), { resolution, fill: 'both' });
      // A shell of cells around it: between nothing and a cell thick.
      const step = 2 / resolution;
      expect(cover / volume).toBeGreaterThan(1);
      expect(cover / volume).toBeLessThan((1 + 1.2 * step) ** 3);
    }
    expect(errors[0]).toBeLessThan(0.05);
    expect(errors[2]).toBeLessThan(0.004);
  });

  it('fills what has small holes, or is inside out, and says that it is open', async () => {
    const { positions, indices } = sphere(1, 4);
    const volume = volumeOf(documentOf({ positions, indices }));
    const holed = documentOf({ positions, indices: indices.slice(30) });
    const [, open] = await apply(holed, { type: 'voxelize', resolution: 40, fill: 'solid' });
    expect(open).toContain('The surface is open');
    expect(volumeOf(holed) / volume).toBeCloseTo(1, 1);
    const turned = documentOf({
      positions,
      indices: indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!),
    });
    await apply(turned, { type: 'voxelize', resolution: 40, fill: 'solid' });
    expect(volumeOf(turned) / volume).toBeCloseTo(1, 1);
  });

  it('has the surface alone, as points when asked, and nothing of a sheet with `solid`', async () => {
    const hollow = documentOf(box([0, 0, 0], [1, 1, 1]));
    const [note] = await apply(hollow, { type: 'voxelize', cellSize: 0.1, fill: 'surface' });
    // Faces lie between cells and belong to those behind them: 10³ cells less the 8³ in the middle.
    expect(note).toContain('488 cells of 0.1 m');
    const sheet = documentOf(plate(1, 2));
    expect(await apply(sheet, { type: 'voxelize', fill: 'solid' })).toEqual([
      'No cell has its middle inside of the model: it is thinner than the cells, or open.',
    ]);
    const points = documentOf(plate(1, 2));
    await apply(points, { type: 'voxelize', resolution: 10, output: 'points' });
    expect(points.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getMode()).toBe(0);
  });

  it('refuses what would be too large with the figures, before it takes memory', async () => {
    await expect(apply(documentOf(sphere(1, 1)), { type: 'voxelize', cellSize: 0.0001 })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: 'The cells of 0.0001 m over 2 × 2 × 2 m would be 8,004,800,960,064; the limit is 40,000,000.',
    });
  });

  it('has the colours of textures, and is the same twice', async () => {
    const bytes = await SAMPLES.find(({ fileName }) => fileName === 'ceramic-vase.glb')!.make();
    const make = () =>
      optimizeFiles([{ name: 'vase.glb', bytes }], {
        operations: [{ type: 'voxelize', resolution: 24 }],
        deviation: { samples: 0 },
      });
    const { glb, document } = await make();
    const color = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!;
    const seen = new Set<string>();
    for (let i = 0, element: number[] = []; i < color.getCount(); i++) {
      element = color.getElement(i, element);
      seen.add(element.map((value) => value.toFixed(1)).join());
    }
    expect(seen.size).toBeGreaterThan(3);
    expect((await make()).glb).toEqual(glb);
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(openEdgesOf(worldSurfaceOf(document))).toBe(0);
  });

  it.skipIf(!hasCorpus).each(['gltf/character.glb', 'stl/sphereWithHole.stl'])('of %s has its bounds', async (path) => {
    const files = await readModelFiles(`${CORPUS}/${path}`);
    const { document: source } = await readModel(files, LIMITS);
    const { min, max } = boundsOf(source);
    const { glb } = await optimizeFiles(files, { operations: [{ type: 'voxelize' }], deviation: { samples: 0 } });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    const step = (1.001 * Math.max(...max.map((value, k) => value - min[k]!))) / 64;
    for (let k = 0; k < 3; k++) {
      expect(Math.abs(report.bounds!.min[k]! - min[k]!)).toBeLessThan(step);
      expect(Math.abs(report.bounds!.max[k]! - max[k]!)).toBeLessThan(step);
    }
  });
});
