import { seededRandom } from '../../measure/random.ts';
import type { Surface } from '../../measure/surface.ts';

/** Points on the triangles of a surface. */
export interface SurfacePoints {
  /** The triangle of each. */
  triangles: Uint32Array;
  /** Two for each: the weights of the second and the third corner. */
  weights: Float32Array;
}

/** Twice the area of each triangle of a surface. */
export function doubleAreas({ positions: p, indices }: Pick<Surface, 'positions' | 'indices'>): Float64Array {
  const areas = new Float64Array(indices.length / 3);
  for (let i = 0; i < areas.length; i++) {
    const [a, b, c] = [indices[i * 3]! * 3, indices[i * 3 + 1]! * 3, indices[i * 3 + 2]! * 3];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    areas[i] = Math.sqrt(x * x + y * y + z * z);
  }
  return areas;
}

/**
 * Points spread evenly over a surface by chance.
 *
 * @param strata whether each of `count` strips of equal area gets one; otherwise each point falls anywhere
 */
export function scatterPoints(
  surface: Pick<Surface, 'positions' | 'indices'>,
  count: number,
  seed: number,
  strata: boolean,
): SurfacePoints {
  const random = seededRandom(seed);
  const ends = doubleAreas(surface);
  for (let i = 1; i < ends.length; i++) ends[i] = ends[i]! + ends[i - 1]!;
  const total = ends[ends.length - 1] ?? 0;
  const size = total > 0 ? count : 0;
  const triangles = new Uint32Array(size);
  const weights = new Float32Array(size * 2);
  for (let i = 0; i < size; i++) {
    const place = (strata ? (i + random()) / size : random()) * total;
    triangles[i] = firstAbove(ends, place);
    // Uniform in a triangle (Turk, "Generating random points in triangles", Graphics Gems, 1990).
    const root = Math.sqrt(random());
    const along = random();
    weights[i * 2] = root * (1 - along);
    weights[i * 2 + 1] = root * along;
  }
  return { triangles, weights };
}

function firstAbove(ends: Float64Array, place: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where points of a surface are: three numbers each, from its origin. */
export function pointPositions(
  { positions: p, indices }: Surface,
  { triangles, weights }: SurfacePoints,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(triangles.length * 3);
  for (let i = 0; i < triangles.length; i++) {
    const at = triangles[i]! * 3;
    const [a, b, c] = [indices[at]! * 3, indices[at + 1]! * 3, indices[at + 2]! * 3];
    const v = weights[i * 2]!;
    const w = weights[i * 2 + 1]!;
    const u = 1 - v - w;
    for (let k = 0; k < 3; k++) out[i * 3 + k] = u * p[a + k]! + v * p[b + k]! + w * p[c + k]!;
  }
  return out;
}

/** Some of the points, by their numbers. */
export function pickPoints({ triangles, weights }: SurfacePoints, chosen: Uint32Array): SurfacePoints {
  return {
    triangles: chosen.map((point) => triangles[point]!),
    weights: Float32Array.from({ length: chosen.length * 2 }, (_, i) => weights[chosen[i >> 1]! * 2 + (i & 1)]!),
  };
}
