import type { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '#app/samples/samples.ts';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { TriangleTree } from '../measure/triangle-tree.ts';
import { processModel } from '../process/process-model.ts';
import { namedMeshNodes } from './solids/placed-nodes.ts';
import { worldPositions } from './solids/world-surface.ts';
import { apply, LIMITS, optimizeFiles } from './testing/run.ts';
import { documentOf, movedBy, plate, sphere } from './testing/shapes.ts';
import { worldSurfaceOf } from './testing/solid-measures.ts';

/** Points of a document in the world. */
function pointsOf(document: Document): Float64Array {
  return namedMeshNodes(document).flatMap(worldPositions)[0]!;
}

/** Least distance from each point to another. */
function nearest(points: Float64Array): number[] {
  return Array.from({ length: points.length / 3 }, (_, i) => {
    let least = Infinity;
    for (let j = 0; j < points.length / 3; j++) {
      if (i === j) continue;
      const distance = Math.hypot(...[0, 1, 2].map((k) => points[i * 3 + k]! - points[j * 3 + k]!));
      least = Math.min(least, distance);
    }
    return least;
  });
}

/**
 * Counts in 100 equal cells of a plate of 10 × 10 m, compared with the same count in each: chi-square with 99 degrees
 * of freedom, below 148.2 in 999 of 1000 draws by chance.
 */
function chiSquare(points: Float64Array): number {
  const counts = new Array<number>(100).fill(0);
  for (let i = 0; i < points.length; i += 3) {
    counts[Math.min(9, Math.floor(points[i]!)) * 10 + Math.min(9, Math.floor(points[i + 2]!))]!++;
  }
  const expected = points.length / 3 / 100;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('sample', () => {
  it.each(['random', 'stratified', 'blueNoise'] as const)('%s: points lie on the surface, evenly', async (pattern) => {
    const document = documentOf(plate(10, 7));
    await apply(document, { type: 'sample', count: 10_000, pattern, seed: 7 });
    const points = pointsOf(document);
    expect(points).toHaveLength(30_000);
    expect(points.every((value, i) => (i % 3 === 1 ? value === 0 : value >= -1e-5 && value <= 10 + 1e-5))).toBe(true);
    const square = chiSquare(points);
    expect(square).toBeLessThan(148.2);
    // By chance alone it would hardly be below 56: what is spread on purpose is.
    if (pattern === 'random') expect(square).toBeGreaterThan(56.8);
    else expect(square).toBeLessThan(56.8);
  });

  it('has the same density on small and on large triangles', async () => {
    // One plate of 2 triangles beside one of 5000: half of the points each, within four standard deviations.
    const document = documentOf(plate(1, 1), movedBy(plate(1, 50), [2, 0, 0]));
    await apply(document, { type: 'sample', count: 40_000, pattern: 'random' });
    const points = pointsOf(document);
    let left = 0;
    for (let i = 0; i < points.length; i += 3) if (points[i]! < 1.5) left++;
    expect(Math.abs(left - 20_000)).toBeLessThan(400);
  });

  it('blue noise keeps points apart', async () => {
    const least = async (pattern: 'blueNoise' | 'random') => {
      const document = documentOf(sphere(1, 4));
      await apply(document, { type: 'sample', count: 2000, pattern });
      return Math.min(...nearest(pointsOf(document)));
    };
    const densest = Math.sqrt((4 * Math.PI) / (2 * Math.sqrt(3) * 2000));
    expect(await least('blueNoise')).toBeGreaterThan(0.65 * 2 * densest);
    expect(await least('random')).toBeLessThan(0.1 * 2 * densest);
  });

  it('takes a density, normals of the surface, and refuses too many with the figures', async () => {
    const document = documentOf(sphere(2, 5));
    document.getRoot().listNodes()[0]!.setScale([1, -1, 1]).setTranslation([1000, 0, 0]);
    expect(await apply(document, { type: 'sample', density: 100 })).toEqual([
      'Took 5,023 points of 50.23 m², 100 a square metre.',
    ]);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const [normal, position] = ['NORMAL', 'POSITION'].map((name) => primitive.getAttribute(name)!);
    for (let i = 0; i < 5000; i += 50) {
      const [n, p] = [normal!.getElement(i, []), position!.getElement(i, [])];
      expect(n.reduce((sum, value, k) => sum + value * p[k]!, 0) / Math.hypot(...p)).toBeGreaterThan(0.99);
    }
    await expect(apply(documentOf(sphere(2, 2)), { type: 'sample', density: 1e9 })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: expect.stringContaining('the limit is 10,000,000'),
    });
  });

  it('has the colours of textures and is the same twice', async () => {
    const bytes = await SAMPLES.find(({ fileName }) => fileName === 'ceramic-vase.glb')!.make();
    const make = () =>
      optimizeFiles([{ name: 'vase.glb', bytes }], {
        operations: [{ type: 'sample', count: 2000 }],
        deviation: { samples: 0 },
      });
    const { glb, document } = await make();
    const color = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!;
    const seen = new Set<string>();
    for (let i = 0, element: number[] = []; i < 2000; i++) {
      element = color.getElement(i, element);
      seen.add(element.map((value) => value.toFixed(1)).join());
    }
    expect(seen.size).toBeGreaterThan(3);
    expect((await make()).glb).toEqual(glb);
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
  });

  it.skipIf(!hasCorpus)('of a skinned character lies on its rest pose', async () => {
    const files = await readModelFiles(`${CORPUS}/gltf/character.glb`);
    const source = (await import('../process/read-model.ts')).readModel(files, LIMITS);
    const surface = worldSurfaceOf((await source).document);
    const { document, glb } = await optimizeFiles(files, {
      operations: [{ type: 'sample', count: 3000, pattern: 'blueNoise' }],
      deviation: { samples: 0 },
    });
    const tree = new TriangleTree(surface);
    const points = pointsOf(document);
    expect(points).toHaveLength(9000);
    let most = 0;
    const near = { triangle: 0 };
    for (let i = 0; i < points.length; i += 3) {
      const [x, y, z] = [0, 1, 2].map((k) => points[i + k]! - surface.origin[k]!) as [number, number, number];
      most = Math.max(most, tree.squaredDistance(x, y, z, near.triangle, near));
    }
    expect(Math.sqrt(most)).toBeLessThan(1e-5 * surface.diagonal);
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(await writeGlb(document)).toEqual(glb);
  });
});
