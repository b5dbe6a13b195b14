import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import { NearestPoints } from '../solids/nearest-point.ts';
import { pointPositions } from '../solids/surface-points.ts';
import type { WorldSurface } from '../solids/world-surface.ts';

/** How often vertices are drawn to the middle of their neighbours and back to the source. */
const ROUNDS = 2;
/** Vertices whose triangles' normals add up to less than this are on an edge, and stay there. */
const EDGE = 0.95;

/**
 * Evens triangles out and brings them back onto the source: vertices go half way to the middle of their neighbours and
 * then to the nearest point of the source, unless that is further than a cell, where the source has a hole. Vertices on
 * sharp edges stay.
 */
export function fitSurface(
  positions: Float32Array,
  indices: Uint32Array,
  surface: WorldSurface,
  step: number,
): Float32Array<ArrayBuffer> {
  const nearest = new NearestPoints(surface);
  const fitted = new Float32Array(positions);
  for (let round = 0; round < ROUNDS; round++) {
    const moved = towardsNeighbours(fitted, indices);
    const there = pointPositions({ ...surface }, nearest.all(moved));
    for (let i = 0; i < fitted.length; i += 3) {
      const distance = Math.hypot(there[i]! - moved[i]!, there[i + 1]! - moved[i + 1]!, there[i + 2]! - moved[i + 2]!);
      for (let k = i; k < i + 3; k++) fitted[k] = distance <= step ? there[k]! : moved[k]!;
    }
  }
  partCoincident(fitted, positions);
  return fitted;
}

/** Where several vertices came to one place, such as the tip of a corner, all go back to where they were. */
function partCoincident(fitted: Float32Array, before: Float32Array): void {
  for (let found = true; found; ) {
    found = false;
    const { positions, indices } = weldPositions(fitted);
    const counts = new Uint32Array(positions.length / 3);
    for (const place of indices) counts[place]!++;
    for (let vertex = 0; vertex < indices.length; vertex++) {
      if (counts[indices[vertex]!]! < 2) continue;
      for (let k = vertex * 3; k < vertex * 3 + 3; k++) {
        if (fitted[k] !== before[k]) found = true;
        fitted[k] = before[k]!;
      }
    }
  }
}

function towardsNeighbours(p: Float32Array, indices: Uint32Array): Float32Array {
  const count = p.length / 3;
  const sums = new Float64Array(p.length);
  const neighbours = new Uint32Array(count);
  const normals = new Float64Array(p.length);
  const areas = new Float64Array(count);
  for (let i = 0; i < indices.length; i += 3) {
    const corner = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
    const [a, b, c] = corner.map((vertex) => vertex * 3) as [number, number, number];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx] as const;
    const area = Math.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2);
    for (let k = 0; k < 3; k++) {
      const [vertex, next] = [corner[k]!, corner[(k + 1) % 3]!];
      neighbours[vertex]!++;
      areas[vertex]! += area;
      for (let axis = 0; axis < 3; axis++) {
        sums[vertex * 3 + axis]! += p[next * 3 + axis]!;
        normals[vertex * 3 + axis]! += normal[axis]!;
      }
    }
  }
  const out = new Float32Array(p);
  for (let vertex = 0; vertex < count; vertex++) {
    const at = vertex * 3;
    const total = Math.sqrt(normals[at]! ** 2 + normals[at + 1]! ** 2 + normals[at + 2]! ** 2);
    if (!(total > EDGE * areas[vertex]!)) continue;
    for (let k = at; k < at + 3; k++) out[k] = (p[k]! + sums[k]! / neighbours[vertex]!) / 2;
  }
  return out;
}
