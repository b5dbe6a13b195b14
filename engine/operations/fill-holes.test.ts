import { describe, expect, it } from 'vitest';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { isWatertight } from '../describe/watertight.ts';
import { processModel } from '../process/process-model.ts';
import { boundaryLoops } from './fill-holes/boundary-loops.ts';
import { triangulateLoop } from './fill-holes/triangulate-loop.ts';
import { apply, LIMITS, optimizeDocument, optimizeFiles } from './testing/run.ts';
import { documentOf, plate, type Shape, sphere } from './testing/shapes.ts';

/** A shape without the triangles whose middle `cut` says so. */
function without(shape: Shape, cut: (x: number, y: number, z: number) => boolean): Shape {
  const { positions, indices } = shape;
  const kept: number[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const corners = indices.slice(i, i + 3);
    const [x, y, z] = [0, 1, 2].map((k) => corners.reduce((sum, vertex) => sum + positions[vertex * 3 + k]! / 3, 0));
    if (!cut(x!, y!, z!)) kept.push(...corners);
  }
  return { positions, indices: kept };
}

/** Six times the volume that triangles enclose: positive when they all face outwards. */
function volume({ positions, indices }: { positions: ArrayLike<number>; indices: ArrayLike<number> }): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
    const p = positions;
    sum +=
      p[a]! * (p[b + 1]! * p[c + 2]! - p[b + 2]! * p[c + 1]!) +
      p[a + 1]! * (p[b + 2]! * p[c]! - p[b]! * p[c + 2]!) +
      p[a + 2]! * (p[b]! * p[c + 1]! - p[b + 1]! * p[c]!);
  }
  return sum / 6;
}

describe('fillHoles', () => {
  it('closes every hole of a sphere, facing outwards', async () => {
    const whole = sphere(1, 4);
    const document = documentOf(
      without(whole, (x, y, z) => y > 0.9 || x > 0.95 || Math.hypot(x + 0.6, y + 0.5, z + 0.6) < 0.2),
    );
    const mesh = document.getRoot().listMeshes()[0]!;
    expect(isWatertight(mesh)).toBe(false);
    expect(await apply(document, { type: 'fillHoles' })).toEqual(['Filled 3 holes.']);
    expect(isWatertight(mesh)).toBe(true);
    const primitive = mesh.listPrimitives()[0]!;
    const made = volume({
      positions: primitive.getAttribute('POSITION')!.getArray()!,
      indices: primitive.getIndices()!.getArray()!,
    });
    // Flat lids in place of caps take a little away, and nothing is counted twice or turned inside out.
    expect(made / volume(whole)).toBeGreaterThan(0.96);
    expect(made / volume(whole)).toBeLessThan(1);
  });

  it('leaves holes open that have more edges or are larger than allowed, in metres', async () => {
    const cut = () => {
      const document = documentOf(without(sphere(1, 4), (_x, y) => y > 0.9 || y < -0.98));
      document.getRoot().listNodes()[0]!.setScale([10, 10, 10]);
      return document;
    };
    expect(await apply(cut(), { type: 'fillHoles', maxSize: 5 })).toEqual([
      'Filled 1 hole.',
      '1 hole larger than allowed stayed open.',
    ]);
    expect(await apply(cut(), { type: 'fillHoles', maxEdges: 3 })).toContain(
      '2 holes larger than allowed stayed open.',
    );
  });

  it('fills a hole across materials and normals, with all attributes and no index beyond', async () => {
    const shape = without(sphere(1, 3), (_x, y) => y > 0.8);
    const left = without(shape, (x) => x > 0);
    const right = without(shape, (x) => x <= 0);
    const document = documentOf(left, right);
    const [mesh, other] = document.getRoot().listMeshes();
    mesh!.addPrimitive(other!.listPrimitives()[0]!);
    document.getRoot().listNodes()[1]!.dispose();
    other!.dispose();
    await apply(document, { type: 'normals' });
    await apply(document, { type: 'fillHoles' });
    expect(isWatertight(mesh!)).toBe(true);
    const { report, glb } = await optimizeDocument(document, { operations: [{ type: 'weld' }] });
    expect(report.output.triangles).toBeGreaterThan(0);
    const { report: validated } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(validated.validation.errors).toBe(0);
    expect(validated.watertight).toBe(true);
  });

  it('has nothing to do on closed meshes', async () => {
    expect(await apply(documentOf(sphere(1, 2)), { type: 'fillHoles' })).toEqual(['There is no hole to fill.']);
  });

  it.skipIf(!hasCorpus)('closes the hole of a real file', async () => {
    const bytes = await corpusFile('stl/sphereWithHole.stl');
    const files = [{ name: 'sphere.stl', bytes }];
    expect((await processModel(files, LIMITS)).report.watertight).toBe(false);
    const { glb } = await optimizeFiles(files, { operations: [{ type: 'fillHoles' }] });
    expect((await processModel([{ name: 'made.glb', bytes: glb }], LIMITS)).report.watertight).toBe(true);
  });
});

describe('boundary loops', () => {
  const identity = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);

  it('of a sheet are its outline, of a ring two', () => {
    const sheet = plate(1, 3);
    expect(boundaryLoops(identity(16), Uint32Array.from(sheet.indices)).map(({ length }) => length)).toEqual([12]);
    const ring = without(sheet, (x, _y, z) => Math.abs(x - 0.5) < 0.17 && Math.abs(z - 0.5) < 0.17);
    const loops = boundaryLoops(identity(16), Uint32Array.from(ring.indices));
    expect(loops.map(({ length }) => length).sort((a, b) => a - b)).toEqual([4, 12]);
  });

  it('of holes that touch in a point are two', () => {
    const sheet = plate(1, 4);
    const cut = without(
      sheet,
      (x, _y, z) => (x > 0.25 && x < 0.5 && z > 0.25 && z < 0.5) || (x > 0.5 && x < 0.75 && z > 0.5 && z < 0.75),
    );
    const loops = boundaryLoops(identity(25), Uint32Array.from(cut.indices));
    expect(loops.map(({ length }) => length).sort((a, b) => a - b)).toEqual([4, 4, 16]);
  });
});

describe('filling a loop', () => {
  it('covers a flat shape once, convex or not', () => {
    // An L: a fan from any corner would cover what is outside.
    const points = [0, 0, 0, 3, 0, 0, 3, 0, 1, 1, 0, 1, 1, 0, 3, 0, 0, 3];
    const triangles = triangulateLoop(points);
    expect(triangles.length).toBe(12);
    let area = 0;
    for (let i = 0; i < 12; i += 3) {
      const [a, b, c] = [triangles[i]! * 3, triangles[i + 1]! * 3, triangles[i + 2]! * 3];
      const double =
        (points[b]! - points[a]!) * (points[c + 2]! - points[a + 2]!) -
        (points[c]! - points[a]!) * (points[b + 2]! - points[a + 2]!);
      expect(double).toBeGreaterThan(0);
      area += double / 2;
    }
    expect(area).toBe(5);
  });
});
