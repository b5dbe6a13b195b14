// The corners at one vertex, with what is asked of them again and again.

import { acosOrZero } from './acos';
import { vertexOfCorner } from './new-vertices';

/** Bytes of a ring with room for so many corners. */
export function ringBytes(room: u32): usize {
  return <usize>room * 68;
}

let positions: usize = 0;

/** Of each corner its number, the vertices ahead and behind, u32. */
export let ringCorners: usize = 0;
export let ringAhead: usize = 0;
export let ringBehind: usize = 0;
/** The unit normal of each corner's triangle, 0 without area: three f32 and a number that nobody reads. */
export let ringNormals: usize = 0;
/** The angle of each corner in radians, f64. */
export let ringAngles: usize = 0;
/** For each corner what it is joined with, i32, and the vertex it gets, u32. */
export let ringParents: usize = 0;
export let ringVertices: usize = 0;
/** Three f64 for each corner that stands for its group. */
export let ringSums: usize = 0;

/** @param room corners, a multiple of 4 */
export function openRing(positionsAt: usize, at: usize, room: u32): void {
  positions = positionsAt;
  const each = <usize>room << 2;
  ringNormals = at;
  ringSums = at + 4 * each;
  ringAngles = ringSums + 6 * each;
  ringAhead = ringAngles + 2 * each;
  ringBehind = ringAhead + each;
  ringCorners = ringBehind + each;
  ringParents = ringCorners + each;
  ringVertices = ringParents + each;
}

/** Gathers the corners of a list. Returns whether the triangles of all have an area. */
export function gatherRing(listAt: usize, listEnd: usize): bool {
  let flat = false;
  let i: usize = 0;
  for (let at = listAt; at < listEnd; at += 4, i++) {
    const corner = load<u32>(at);
    const face = corner / 3;
    if (addCorner(i, corner, face * 3)) flat = true;
  }
  // Two at a time; there is room for one more.
  for (let k = ringAngles, end = ringAngles + (i << 3); k < end; k += 16) v128.store(k, acosOrZero(v128.load(k)));
  return !flat;
}

/** Returns whether the triangle of the corner has no area. */
// @ts-ignore: decorator
@inline
function addCorner(i: usize, corner: u32, first: u32): bool {
  const a = vertexOfCorner(first), b = vertexOfCorner(first + 1), c = vertexOfCorner(first + 2);
  const p = positions + <usize>a * 12, q = positions + <usize>b * 12, r = positions + <usize>c * 12;
  const px = <f64>load<f32>(p), py = <f64>load<f32>(p, 4), pz = <f64>load<f32>(p, 8);
  const qx = <f64>load<f32>(q), qy = <f64>load<f32>(q, 4), qz = <f64>load<f32>(q, 8);
  const rx = <f64>load<f32>(r), ry = <f64>load<f32>(r, 4), rz = <f64>load<f32>(r, 8);
  const ux = qx - px, uy = qy - py, uz = qz - pz;
  const vx = rx - px, vy = ry - py, vz = rz - pz;
  const wx = rx - qx, wy = ry - qy, wz = rz - qz;
  const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
  const isFirst = corner == first, isSecond = corner == first + 1;
  const u2 = ux * ux + uy * uy + uz * uz, v2 = vx * vx + vy * vy + vz * vz, w2 = wx * wx + wy * wy + wz * wz;
  // Towards the vertex ahead, times towards the one behind.
  const uv = ux * vx + uy * vy + uz * vz, uw = -(ux * wx + uy * wy + uz * wz), vw = vx * wx + vy * wy + vz * wz;
  const product = isFirst ? uv : isSecond ? uw : vw;
  const squares = (isFirst ? u2 : isSecond ? w2 : v2) * (isFirst ? v2 : isSecond ? u2 : w2);
  const roots = f64x2.sqrt(f64x2.replace_lane(f64x2.splat(x * x + y * y + z * z), 1, squares));
  const length = f64x2.extract_lane(roots, 0);
  const zAndCosine = f64x2.div(f64x2.replace_lane(f64x2.splat(z), 1, product), roots);
  const xy = f64x2.div(f64x2.replace_lane(f64x2.splat(x), 1, y), f64x2.splat(length));
  const flat = !(length > 0) || length == Infinity;
  const normal = v128.shuffle<f32>(f32x4.demote_f64x2_zero(xy), f32x4.demote_f64x2_zero(zAndCosine), 0, 1, 4, 6);
  v128.store(ringNormals + (i << 4), flat ? f32x4.splat(0) : normal);
  store<f64>(ringAngles + (i << 3), f64x2.extract_lane(zAndCosine, 1));
  store<u32>(ringCorners + (i << 2), corner);
  store<u32>(ringAhead + (i << 2), isFirst ? b : isSecond ? c : a);
  store<u32>(ringBehind + (i << 2), isFirst ? c : isSecond ? a : b);
  return flat;
}

// @ts-ignore: decorator
@inline
export function isFlat(i: u32): bool {
  return !v128.any_true(f32x4.ne(v128.load(ringNormals + (<usize>i << 4)), f32x4.splat(0)));
}

/** The cosine of the angle between the triangles of two corners. */
// @ts-ignore: decorator
@inline
export function cosineBetween(i: u32, j: u32): f64 {
  const a = ringNormals + (<usize>i << 4), b = ringNormals + (<usize>j << 4);
  return <f64>load<f32>(a) * <f64>load<f32>(b) + <f64>load<f32>(a, 4) * <f64>load<f32>(b, 4) + <f64>load<f32>(a, 8) * <f64>load<f32>(b, 8);
}

/** The corners, of at most 32, that share an edge with one of them, which is among them; a bit each. */
export function neighboursOf(i: u32, count: u32): u32 {
  const ahead = i32x4.splat(load<i32>(ringAhead + (<usize>i << 2))), behind = i32x4.splat(load<i32>(ringBehind + (<usize>i << 2)));
  let bits: u32 = 0;
  for (let j: u32 = 0; j < count; j += 4) {
    const a = v128.load(ringAhead + (<usize>j << 2)), b = v128.load(ringBehind + (<usize>j << 2));
    const equal = v128.or(
      v128.or(i32x4.eq(ahead, b), i32x4.eq(behind, a)),
      v128.or(i32x4.eq(ahead, a), i32x4.eq(behind, b)),
    );
    bits |= <u32>i32x4.bitmask(equal) << j;
  }
  return bits & (<u32>-1 >> (32 - count));
}
