import type { Surface } from '../../measure/surface.ts';
import { TriangleTree } from '../../measure/triangle-tree.ts';
import type { SurfacePoints } from './surface-points.ts';

/** Finds the points of a surface that are nearest to others. */
export class NearestPoints {
  private readonly surface: Pick<Surface, 'positions' | 'indices'>;
  private readonly tree: TriangleTree;
  private readonly nearest = { triangle: 0 };

  constructor(surface: Pick<Surface, 'positions' | 'indices'>) {
    this.surface = surface;
    this.tree = new TriangleTree(surface);
  }

  /** The nearest triangle to a point. Points that follow one another are found faster. */
  triangle(x: number, y: number, z: number): number {
    this.tree.squaredDistance(x, y, z, this.nearest.triangle, this.nearest);
    return this.nearest.triangle;
  }

  /** For each point, three numbers each, the nearest of the surface. */
  all(points: ArrayLike<number>): SurfacePoints {
    const count = points.length / 3;
    const triangles = new Uint32Array(count);
    const weights = new Float32Array(count * 2);
    for (let i = 0; i < count; i++) {
      const [x, y, z] = [points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!];
      triangles[i] = this.triangle(x, y, z);
      weights.set(nearestWeights(this.surface, triangles[i]!, x, y, z), i * 2);
    }
    return { triangles, weights };
  }
}

/**
 * Weights of the second and the third corner of the point of a triangle that is nearest to another (Ericson, Real-Time
 * Collision Detection, 2004, section 5.1.5).
 */
export function nearestWeights(
  { positions: p, indices }: Pick<Surface, 'positions' | 'indices'>,
  triangle: number,
  x: number,
  y: number,
  z: number,
): [number, number] {
  const [a, b, c] = [0, 1, 2].map((k) => indices[triangle * 3 + k]! * 3) as [number, number, number];
  const [abx, aby, abz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [acx, acy, acz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [px, py, pz] = [x - p[a]!, y - p[a + 1]!, z - p[a + 2]!];
  const d1 = abx * px + aby * py + abz * pz;
  const d2 = acx * px + acy * py + acz * pz;
  if (d1 <= 0 && d2 <= 0) return [0, 0];
  const ab = abx * abx + aby * aby + abz * abz;
  const ac = acx * acx + acy * acy + acz * acz;
  const dot = abx * acx + aby * acy + abz * acz;
  const [d3, d4] = [d1 - ab, d2 - dot];
  if (d3 >= 0 && d4 <= d3) return [1, 0];
  const [d5, d6] = [d1 - dot, d2 - ac];
  if (d6 >= 0 && d5 <= d6) return [0, 1];
  const vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return [d1 - d3 > 0 ? d1 / (d1 - d3) : 0, 0];
  const vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return [0, d2 - d6 > 0 ? d2 / (d2 - d6) : 0];
  const va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const length = d4 - d3 + (d5 - d6);
    const w = length > 0 ? (d4 - d3) / length : 0;
    return [1 - w, w];
  }
  const sum = va + vb + vc;
  return sum > 0 ? [vb / sum, vc / sum] : [0, 0];
}
