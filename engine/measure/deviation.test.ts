import { describe, expect, it } from 'vitest';
import { documentOf, plate, type Shape, sphere } from '../operations/testing/shapes.ts';
import { ComparedSurface, measureDeviation } from './deviation.ts';
import { seededRandom } from './random.ts';
import { gatherSurface, moveSurface, type Surface } from './surface.ts';
import { TriangleTree } from './triangle-tree.ts';

const SETTINGS = { samples: 5000, seed: 1 };

function surfaceOf(...shapes: Shape[]): Surface {
  return gatherSurface(documentOf(...shapes), [0, 0, 0])!;
}

function deviation(a: Surface, b: Surface, settings = SETTINGS) {
  return measureDeviation(new ComparedSurface(a), b, settings);
}

describe('the deviation of two surfaces', () => {
  it('is that of two concentric spheres', () => {
    const inner = surfaceOf(sphere(1, 5));
    const outer = surfaceOf(sphere(1.1, 5));
    const found = deviation(inner, outer);
    // Both spheres lie inside the round ones by r (1 - cos(half an edge's angle)), below 0.001 here.
    expect(found.max).toBeGreaterThan(0.0999);
    expect(found.max).toBeLessThan(0.1015);
    expect(found.mean).toBeGreaterThan(0.099);
    expect(found.mean).toBeLessThan(0.1011);
    expect(found.relativeMax).toBeCloseTo(found.max / Math.hypot(2, 2, 2), 5);
  });

  it('is nothing between a surface and itself, however it is cut', () => {
    const found = deviation(surfaceOf(plate(2, 3)), surfaceOf(plate(2, 8)));
    expect(found.max).toBeLessThan(1e-7);
  });

  it('looks both ways: what only one of them has counts', () => {
    const one = surfaceOf(plate(1, 4));
    const far = plate(1, 1);
    for (let i = 1; i < far.positions.length; i += 3) far.positions[i] = 5;
    const both = surfaceOf(plate(1, 4), far);
    expect(deviation(one, both).max).toBeCloseTo(5, 5);
    expect(deviation(both, one).max).toBeCloseTo(5, 5);
    // Half of the surface is there, half is five metres away.
    expect(deviation(one, both).mean).toBeCloseTo(2.5, 1);
  });

  it('is the same for the same seed, and near it for another', () => {
    const a = surfaceOf(sphere(1, 2));
    const b = surfaceOf(sphere(1, 4));
    expect(deviation(a, b)).toEqual(deviation(a, b));
    const other = deviation(a, b, { samples: 5000, seed: 7 });
    expect(other.mean).not.toBe(deviation(a, b).mean);
    expect(other.mean / deviation(a, b).mean).toBeCloseTo(1, 1);
  });

  it('keeps its detail far from the origin', () => {
    const far = (shape: Shape): Shape => ({ ...shape, positions: shape.positions });
    const document = documentOf(far(plate(1, 2)));
    document.getRoot().listNodes()[0]!.setTranslation([400_000, 0, 5_000_000]);
    const source = gatherSurface(document)!;
    document.getRoot().listNodes()[0]!.setTranslation([400_000, 0.001, 5_000_000]);
    const moved = gatherSurface(document, source.origin)!;
    expect(deviation(source, moved).max).toBeCloseTo(0.001, 6);
  });

  it('moves a surface as its matrix says', () => {
    const moved = moveSurface(surfaceOf(sphere(1, 2)), [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 3, 4, 5, 1]);
    expect(moved.origin).toEqual([3, 4, 5]);
    expect(moved.diagonal).toBeCloseTo(2 * Math.hypot(2, 2, 2), 5);
  });
});

describe('the tree of triangles', () => {
  it.each([1, 2, 5, 33, 400])('finds the nearest of %i triangles that trying all finds', (count) => {
    const random = seededRandom(count);
    const positions = Float32Array.from({ length: count * 9 }, () => random() * 2 - 1);
    const surface = { positions, indices: Uint32Array.from({ length: count * 3 }, (_, i) => i) };
    const tree = new TriangleTree({ ...surface });
    const single = Array.from(
      { length: count },
      (_, i) =>
        new TriangleTree({
          ...surface,
          indices: Uint32Array.of(i * 3, i * 3 + 1, i * 3 + 2),
        }),
    );
    const nearest = { triangle: 0 };
    for (let i = 0; i < 200; i++) {
      const [x, y, z] = [random() * 3 - 1.5, random() * 3 - 1.5, random() * 3 - 1.5];
      const expected = Math.min(...single.map((one) => one.squaredDistance(x, y, z, 0, { triangle: 0 })));
      expect(tree.squaredDistance(x, y, z, nearest.triangle, nearest)).toBe(expected);
    }
  });

  it('measures to faces, edges, corners and triangles without area', () => {
    const distance = (positions: number[], x: number, y: number, z: number) => {
      const tree = new TriangleTree({
        positions: new Float32Array(positions),
        indices: Uint32Array.of(0, 1, 2),
      });
      return Math.sqrt(tree.squaredDistance(x, y, z, 0, { triangle: 0 }));
    };
    const right = [0, 0, 0, 1, 0, 0, 0, 1, 0];
    expect(distance(right, 0.2, 0.2, 3)).toBeCloseTo(3, 6);
    expect(distance(right, 0.5, -2, 0)).toBeCloseTo(2, 6);
    expect(distance(right, 1, 1, 0)).toBeCloseTo(Math.SQRT1_2, 6);
    expect(distance(right, -3, -4, 0)).toBeCloseTo(5, 6);
    expect(distance([1, 1, 1, 1, 1, 1, 1, 1, 1], 1, 1, 3)).toBeCloseTo(2, 6);
    expect(distance([0, 0, 0, 1, 0, 0, 2, 0, 0], 1.5, 1, 0)).toBeCloseTo(1, 6);
  });
});
