import type { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '#cli/model-files.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { processModel } from '../process/process-model.ts';
import { namedMeshNodes } from './solids/placed-nodes.ts';
import { gatherWorldSurface } from './solids/world-surface.ts';
import { apply, boundsOf, LIMITS, optimizeFiles } from './testing/run.ts';
import { box, documentOf, movedBy, plate, type Shape, sphere } from './testing/shapes.ts';
import { furthestOutside, openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

/** An L of three unit cubes, one closed mesh. */
function lShape(): Shape {
  const outline = [
    [0, 0],
    [2, 0],
    [2, 1],
    [1, 1],
    [1, 2],
    [0, 2],
  ] as const;
  const positions = [0, 1].flatMap((z) => outline.flatMap(([x, y]) => [x, y, z]));
  const flat = [0, 1, 3, 1, 2, 3, 0, 3, 5, 3, 4, 5];
  const indices = [...flat.map((_, i) => flat[i - (i % 3) + 2 - (i % 3)]!), ...flat.map((index) => index + 6)];
  for (let i = 0; i < 6; i++) {
    const j = (i + 1) % 6;
    indices.push(i, j, j + 6, i, j + 6, i + 6);
  }
  return { positions, indices };
}

/** Surfaces of the nodes whose name begins so. */
function partsOf(document: Document, name: string) {
  return namedMeshNodes(document, [name]).map((node) => gatherWorldSurface([node], 1_000_000, 'a test')!);
}

/** Whether a point is within one of some convex surfaces, up to a distance. */
function isCovered(parts: ReturnType<typeof partsOf>, point: number[], within: number): boolean {
  return parts.some((part) => furthestOutside(part, point, [0, 0, 0]) <= within);
}

describe('convexDecompose', () => {
  it('takes blocks apart exactly where they meet', async () => {
    const document = documentOf(lShape());
    expect(volumeOf(document)).toBeCloseTo(3, 6);
    expect(await apply(document, { type: 'convexDecompose' })).toEqual([
      expect.stringMatching(/^"mesh" became 2 convex parts, whose volume exceeds its own by 0 %\.$/),
    ]);
    expect(volumeOf(document)).toBeCloseTo(3, 5);
    expect(namedMeshNodes(document)).toHaveLength(2);
  });

  it('covers the source with convex parts, the closer the more it may have', async () => {
    const bowl = (): Shape => {
      const [outer, inner] = [sphere(1, 3), sphere(0.8, 3)];
      const turned = inner.indices.map((_, i) => inner.indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);
      const first = outer.positions.length / 3;
      return {
        positions: [...outer.positions, ...inner.positions],
        indices: [...outer.indices, ...turned.map((i) => i + first)],
      };
    };
    const excess: number[] = [];
    for (const maxParts of [4, 12]) {
      const document = documentOf(bowl());
      await apply(document, { type: 'slice', at: 0.6 });
      const source = worldSurfaceOf(document);
      const volume = volumeOf(document);
      await apply(document, { type: 'convexDecompose', maxParts, maxVertices: 1000, error: 0.02 });
      const parts = partsOf(document, 'mesh_part*');
      expect(parts.length).toBeGreaterThan(2);
      expect(parts.length).toBeLessThanOrEqual(maxParts);
      for (const part of parts) {
        expect(openEdgesOf(part)).toBe(0);
        expect(furthestOutside(part, part.positions, part.origin)).toBeLessThan(1e-5);
      }
      for (let i = 0; i < source.positions.length; i += 30) {
        const point = [0, 1, 2].map((k) => source.positions[i + k]! + source.origin[k]!);
        expect(isCovered(parts, point, 1e-4)).toBe(true);
      }
      excess.push(volumeOf(document) / volume - 1);
    }
    expect(excess[1]).toBeLessThan(excess[0]! * 0.7);
  });

  it('closes what is open, leaves what encloses nothing, and is the same file twice', async () => {
    const { positions, indices } = sphere(1, 3);
    const make = async () => {
      const document = documentOf({ positions, indices: indices.slice(12) }, plate(1, 2));
      document.getRoot().listNodes()[1]!.setName('sheet').setTranslation([5, 0, 0]);
      const notes = await apply(document, { type: 'convexDecompose', maxParts: 4 });
      return { notes, glb: await writeGlb(document) };
    };
    const { notes, glb } = await make();
    expect(notes).toContain('"mesh" was open: it was closed by cells before.');
    expect(notes).toContain('"sheet" encloses nothing and stays as it is.');
    expect((await make()).glb).toEqual(glb);
  });
});

describe('collider', () => {
  it.each(['box', 'sphere', 'capsule', 'hull', 'parts', 'mesh'] as const)(
    '%s holds the mesh, below its node',
    async (shape) => {
      const document = documentOf(lShape());
      const [node] = document.getRoot().listNodes();
      node!
        .setName('bracket')
        .setTranslation([10, 2, 0])
        .setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2])
        .setScale([1, 1, 2]);
      const source = worldSurfaceOf(document);
      await apply(document, { type: 'collider', shape, visible: true });
      const parts = partsOf(document, 'bracket_collider*');
      expect(parts).toHaveLength(shape === 'parts' ? 2 : 1);
      for (let i = 0; shape !== 'mesh' && i < source.positions.length; i += 3) {
        const point = [0, 1, 2].map((k) => source.positions[i + k]! + source.origin[k]!);
        // The meshes of spheres and capsules have corners on the shape: their faces lie a little within.
        expect(isCovered(parts, point, shape === 'sphere' || shape === 'capsule' ? 0.03 : 1e-4)).toBe(true);
      }
      const part = document
        .getRoot()
        .listNodes()
        .find((one) => one.getName().startsWith('bracket_collider'))!;
      expect(part.getParentNode()).toBe(node);
      const { collider } = part.getExtras() as { collider: Record<string, unknown> };
      if (shape === 'box') {
        for (const [k, value] of [2, 2, 2].entries()) expect((collider.size as number[])[k]).toBeCloseTo(value, 5);
      }
      // Around (1, 1, 1) with the diagonal of the box of 2 × 2 × 2 less the corner that is missing.
      if (shape === 'sphere') expect(collider.radius).toBeCloseTo(Math.sqrt(1 + 2), 1);
      if (shape === 'mesh') expect(volumeOf(document, 'bracket_collider')).toBeCloseTo(6, 4);
    },
  );

  it('is hidden by default, can stand for the model, and follows a skin in its rest pose', async () => {
    const hidden = documentOf(sphere(1, 3));
    const bounds = boundsOf(hidden);
    await apply(hidden, { type: 'collider', shape: 'sphere' });
    expect(boundsOf(hidden)).toEqual(bounds);
    const { glb } = { glb: await writeGlb(hidden) };
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(report.validation.errors).toBe(0);
    const alone = documentOf(sphere(1, 3), movedBy(box([0, 0, 0], [1, 1, 1]), [3, 0, 0]));
    await apply(alone, { type: 'collider', shape: 'box', of: 'scene', keep: false, visible: true });
    expect(volumeOf(alone)).toBeCloseTo(5 * 2 * 2, 4);
  });

  it.skipIf(!hasCorpus)('of a character is a sound file', async () => {
    const files = await readModelFiles(`${CORPUS}/gltf/character.glb`);
    for (const shape of ['capsule', 'parts'] as const) {
      const { glb } = await optimizeFiles(files, {
        operations: [{ type: 'collider', shape, maxParts: 4 }],
        deviation: { samples: 0 },
      });
      const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
      expect(report.validation.errors).toBe(0);
      expect(report.animations.length).toBeGreaterThan(0);
    }
  });
});

describe('navmesh', () => {
  /** A floor of 10 × 10 m with a block of 2 × 2 m in the middle, and a ramp of 30° and 2 m width that leads up from it. */
  const yard = () => {
    const rise = 6 * Math.tan(Math.PI / 6);
    const ramp: Shape = { positions: [10, 0, 4, 16, rise, 4, 16, rise, 6, 10, 0, 6], indices: [0, 2, 1, 0, 3, 2] };
    return documentOf(plate(10, 1), movedBy(box([0, -0.5, 0], [2, 1.5, 2]), [4, 0, 4]), ramp);
  };

  it('of a floor with an obstacle and a ramp has the area that is left, the closer the smaller the cells', async () => {
    const r = 0.4;
    // The floor less its border, less the block and a border around that with round corners, the top of the block, the
    // ramp and the way to it.
    const expected = (10 - 2 * r) ** 2 - (4 + 4 * 2 * r + Math.PI * r * r) + (2 - 2 * r) ** 2 + 6 * (2 - 2 * r);
    const errors: number[] = [];
    for (const cellSize of [0.1, 0.05]) {
      const document = yard();
      await apply(document, { type: 'navmesh', agentRadius: r, cellSize, keep: false });
      const made = worldSurfaceOf(document, 'navmesh');
      const at = (corner: number) =>
        [0, 1, 2].map((axis) => made.positions[made.indices[corner]! * 3 + axis]! + made.origin[axis]!) as [
          number,
          number,
          number,
        ];
      let area = 0;
      for (let i = 0; i < made.indices.length; i += 3) {
        const [a, b, c] = [at(i), at(i + 1), at(i + 2)];
        area += ((c[0] - a[0]) * (b[2] - a[2]) - (c[2] - a[2]) * (b[0] - a[0])) / 2;
        for (const [x, y, z] of [a, b, c]) {
          const onBlock = Math.hypot(x - 5, z - 5) < 1;
          const ground = onBlock ? 1.5 : Math.max(0, (x - 10) * Math.tan(Math.PI / 6));
          expect(Math.abs(y - ground)).toBeLessThan(0.4);
        }
      }
      errors.push(Math.abs(area / expected - 1));
    }
    expect(errors[0]).toBeLessThan(0.08);
    expect(errors[1]).toBeLessThan(0.045);
    expect(errors[1]).toBeLessThan(errors[0]!);
  });

  it('leaves out what is too steep, too low or too small, and keeps the model', async () => {
    const steep = yard();
    const [note] = await apply(steep, { type: 'navmesh', agentRadius: 0.4, cellSize: 0.1, maxSlope: 20 });
    expect(note).toContain('in 2 islands');
    expect(boundsOf(steep).max[0]).toBe(16);
    const made = worldSurfaceOf(steep, 'navmesh');
    for (let i = 0; i < made.positions.length; i += 3) expect(made.positions[i]! + made.origin[0]).toBeLessThan(10);
    const low = documentOf(plate(4, 1), movedBy(box([0, 0, 0], [4, 0.2, 4]), [0, 1, 0]));
    await apply(low, { type: 'navmesh' });
    // Under the ceiling nobody stands; on top of it one does.
    const above = worldSurfaceOf(low, 'navmesh');
    for (let i = 1; i < above.positions.length; i += 3)
      expect(above.positions[i]! + above.origin[1]).toBeGreaterThan(1);
    expect(await apply(documentOf(plate(0.3, 1)), { type: 'navmesh' })).toEqual([
      'Nowhere can an agent of this size stand: it may be too large, or the ground too steep.',
    ]);
  });

  it('refuses too many cells with the figures, and is the same file twice', async () => {
    await expect(apply(documentOf(plate(1000, 1)), { type: 'navmesh', cellSize: 0.01 })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: 'The cells of 0.01 m over 1000 × 1000 m would be 10,000,200,001; the limit is 4,000,000.',
    });
    const [first, second] = [yard(), yard()];
    await apply(first, { type: 'navmesh' });
    await apply(second, { type: 'navmesh' });
    expect(await writeGlb(first)).toEqual(await writeGlb(second));
  });
});
