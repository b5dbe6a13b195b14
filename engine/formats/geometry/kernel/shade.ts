// Normals of vertices, which are split where the shading has an edge.

import { listEndOf, listOf } from './corners';
import { joinCorners, makeGroups, MAX_PAIRS, openGroups, setSum, shareSmoothing } from './groups';
import { keepVertex } from './new-vertices';
import { gatherRing, isFlat, neighboursOf, ringAngles, ringNormals } from './ring';

/** Triangles within this cosine of a direction meet at less than the crease angle. */
let narrow: f64 = 0;
let hasSmoothing = false;
let hasParts = false;

/**
 * @param creaseAngle in radians
 * @param smoothingAt a set of smoothing groups for each triangle; 0 where the angle decides
 * @param partsAt a number for each triangle: such with different ones share no vertex; 0 where there are none
 * @param pairsAt room for the map of the vertex with most corners
 */
export function openShading(creaseAngle: f64, leastCosine: f64, halfCosine: f64, smoothingAt: usize, partsAt: usize, pairsAt: usize): void {
  // Rounding must not decide what is smooth.
  narrow = creaseAngle < 3 ? halfCosine + 1e-5 : 2;
  hasSmoothing = smoothingAt != 0;
  hasParts = partsAt != 0;
  openGroups(leastCosine, smoothingAt, partsAt, pairsAt);
}

/** Makes the vertices of those from `from` to before `to`, whose corners are listed. */
export function shadeVertices(from: u32, to: u32): void {
  for (let vertex = from; vertex < to; vertex++) {
    const listAt = listOf(vertex), listEnd = listEndOf(vertex);
    const count = <u32>((listEnd - listAt) >> 2);
    if (count != 0) shadeVertex(vertex, listAt, listEnd, count);
  }
}

// @ts-ignore: decorator
@inline
function shadeVertex(vertex: u32, listAt: usize, listEnd: usize, count: u32): void {
  const solid = gatherRing(listAt, listEnd);
  let xy = f64x2.splat(0);
  let z: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const normal = ringNormals + (i << 4);
    const angle = load<f64>(ringAngles + (i << 3));
    xy = f64x2.add(xy, f64x2.mul(f64x2.splat(angle), f64x2.promote_low_f32x4(v128.load(normal))));
    z += angle * <f64>load<f32>(normal, 8);
  }
  const x = f64x2.extract_lane(xy, 0), y = f64x2.extract_lane(xy, 1);
  const smooth = !hasParts && solid && count <= MAX_PAIRS && isNarrow(x, y, z, count) && isConnected(count);
  if (!smooth && (!joinCorners(count) || hasParts)) {
    makeGroups(vertex, count);
    return;
  }
  const made = keepVertex(vertex, listAt, listEnd);
  // Where the triangles cancel each other out, the last that has a direction decides.
  let last = count - 1;
  while (last > 0 && isFlat(last)) last--;
  setSum(made, x, y, z, last);
}

/** Whether any two of the triangles are surely smooth where they share an edge, which is so for nearly all vertices. */
// @ts-ignore: decorator
@inline
function isNarrow(x: f64, y: f64, z: f64, count: u32): bool {
  if (hasSmoothing) return shareSmoothing(count);
  const least = narrow * sqrt(x * x + y * y + z * z);
  let inside = true;
  for (let i: usize = 0; i < count; i++) {
    const normal = ringNormals + (i << 4);
    inside = inside && x * <f64>load<f32>(normal) + y * <f64>load<f32>(normal, 4) + z * <f64>load<f32>(normal, 8) > least;
  }
  return inside;
}

/** Whether one comes from each triangle to each other over shared edges. */
// @ts-ignore: decorator
@inline
function isConnected(count: u32): bool {
  const all = <u32>-1 >> (32 - count);
  let reached: u32 = 1, seen: u32 = 0;
  while (reached != all) {
    const ahead = reached & ~seen;
    if (ahead == 0) return false;
    const i = ctz(ahead);
    seen |= 1 << i;
    reached |= neighboursOf(i, count);
  }
  return true;
}
