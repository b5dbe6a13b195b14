import { isCollapsed, type MeshSurface } from './mesh-surface.ts';
import { TriangleGrid } from './triangle-grid.ts';

/** As many triangles are looked at; of larger surfaces, this many spread evenly over the list. */
export const CROSSING_SAMPLES = 16_384;

/** Boxes that may be compared: so many, and so many more for each triangle, which bounds the time. */
const BASE_COMPARISONS = 200_000;
const COMPARISONS_PER_TRIANGLE = 64;
const MAX_COMPARISONS = 10_000_000;

/** Closer than this share of a triangle to a plane or an edge is touching, not crossing. */
const TOUCH = 1e-5;

/** What was found of triangles that pass through others. */
export interface Crossings {
  /** How many triangles cross another: exact where all were looked at, else scaled up from the sample. */
  estimate: number;
  /** How many triangles were looked at. */
  sampled: number;
  /** Some that cross. */
  examples: number[];
}

/**
 * Estimates how many triangles of a surface pass through another: an edge of one goes through the inside of the other
 * (Möller and Trumbore 1997). Triangles that share a position, that touch, or that lie in one plane do not count. Time
 * and memory are in proportion to the surface: at most `CROSSING_SAMPLES` triangles are looked at, and fewer where
 * very many crowd in one place.
 *
 * @param wanted how many examples
 */
export function findCrossings(surface: MeshSurface, wanted: number): Crossings {
  const { corners, positions } = surface;
  const triangles = corners.length / 3;
  const grid = new TriangleGrid(surface);
  const samples = Math.min(triangles, CROSSING_SAMPLES);
  const budget = Math.min(MAX_COMPARISONS, BASE_COMPARISONS + COMPARISONS_PER_TRIANGLE * triangles);
  const step = stepThrough(samples);
  const examples: number[] = [];
  let sampled = 0;
  let crossing = 0;
  let compared = 0;
  for (let i = 0, at = 0; i < samples && compared < budget; i++, at = (at + step) % samples) {
    // Not in their order, so that a sample that was broken off is spread over the surface as well.
    const triangle = Math.floor((at * triangles) / samples);
    sampled++;
    if (isCollapsed(corners, triangle)) continue;
    let found = false;
    compared += grid.visitNear(triangle, (other) => {
      found = !sharePosition(corners, triangle, other) && cross(positions, corners, triangle, other);
      return found;
    });
    if (!found) continue;
    crossing++;
    if (examples.length < wanted) examples.push(triangle);
  }
  return {
    estimate: sampled === 0 ? 0 : Math.round((crossing * triangles) / sampled),
    sampled,
    examples: examples.toSorted((a, b) => a - b),
  };
}

/** A step near the golden section of `count` without a common divisor, so that all numbers are reached. */
function stepThrough(count: number): number {
  let step = Math.max(1, Math.round(count * 0.618));
  while (divisor(step, count) !== 1) step++;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function sharePosition(corners: Uint32Array, a: number, b: number): boolean {
  for (let i = a * 3; i < a * 3 + 3; i++)
    for (let j = b * 3; j < b * 3 + 3; j++) if (corners[i] === corners[j]) return true;
  return false;
}

function cross(positions: Float32Array, corners: Uint32Array, a: number, b: number): boolean {
  for (let edge = 0; edge < 3; edge++) {
    const next = (edge + 1) % 3;
    if (pierces(positions, corners[a * 3 + edge]! * 3, corners[a * 3 + next]! * 3, corners, b)) return true;
    if (pierces(positions, corners[b * 3 + edge]! * 3, corners[b * 3 + next]! * 3, corners, a)) return true;
  }
  return false;
}

/** Whether the segment between two positions goes through the inside of a triangle. */
function pierces(p: Float32Array, from: number, to: number, corners: Uint32Array, triangle: number): boolean {
  const a = corners[triangle * 3]! * 3;
  const b = corners[triangle * 3 + 1]! * 3;
  const c = corners[triangle * 3 + 2]! * 3;
  const [dx, dy, dz] = [p[to]! - p[from]!, p[to + 1]! - p[from + 1]!, p[to + 2]! - p[from + 2]!];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [hx, hy, hz] = [dy * vz - dz * vy, dz * vx - dx * vz, dx * vy - dy * vx];
  const determinant = ux * hx + uy * hy + uz * hz;
  const scale = Math.hypot(ux, uy, uz) * Math.hypot(vx, vy, vz) * Math.hypot(dx, dy, dz);
  if (Math.abs(determinant) <= TOUCH * scale) return false;
  const [sx, sy, sz] = [p[from]! - p[a]!, p[from + 1]! - p[a + 1]!, p[from + 2]! - p[a + 2]!];
  const u = (sx * hx + sy * hy + sz * hz) / determinant;
  if (!(u > TOUCH && u < 1 - TOUCH)) return false;
  const [qx, qy, qz] = [sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux];
  const v = (dx * qx + dy * qy + dz * qz) / determinant;
  if (!(v > TOUCH && u + v < 1 - TOUCH)) return false;
  const t = (vx * qx + vy * qy + vz * qz) / determinant;
  return t > TOUCH && t < 1 - TOUCH;
}
