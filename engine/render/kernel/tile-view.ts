// Where the camera's rays of a tile begin: a node over the few subtrees that any of them may meet.
//
// All of a tile's rays share the upper part of their way through the tree. It is walked once, against the planes through
// the tile's sides: subtrees outside of one of them drop out, and the others are opened as long as four boxes hold what
// is left (entry points of Reshetov, Soupikov and Hurley, "Multi-level ray tracing algorithm", 2005, for four at once).

import { hasLens, pinholeRay, rayOrigin, rayPlane } from './camera';
import { H_ROOT, H_VIEW_NODE, HEADER, NODE_CHILDREN, REF_LEAF } from './layout';
import { nodeAt } from './records';
import { stackOf } from './scratch';
import { add, cross, dot, scale, sub, W, X, Y, Z } from './vec';

/** How far beyond its sides a tile is taken, in pixels: more than planes and boxes are rounded. */
const BORDER: f32 = 0.5;

/** Whether the last view had nothing in it. */
export let tileIsEmpty: bool = false;

/** Planes through the sides of the tile, in this thread's scratch memory: inside where a·x + b·y + c·z ≥ d (f32x4 each). */
let planes: usize = 0;

/** Sets plane `k` through the rays of two corners; `inside` lies on its inner side. */
function setPlane(k: i32, o: v128, d: v128, o2: v128, d2: v128, inside: v128): void {
  let n = cross(d, sub(add(o2, d2), o));
  let offset = dot(n, o);
  if (dot(n, inside) < offset) {
    n = scale(n, -1);
    offset = -offset;
  }
  v128.store(planes + (<usize>k << 4), f32x4.replace_lane(n, 3, offset));
}

/** Children of a node that reach into the tile, as a bit mask. */
function within(node: usize): i32 {
  // An inverted box is an empty lane.
  let mask = f32x4.le(v128.load(node), v128.load(node, 48));
  for (let k = 0; k < 4; k++) {
    const p = v128.load(planes + (<usize>k << 4)), a = X(p), b = Y(p), c = Z(p);
    // The corner that lies farthest inside.
    const x = a > 0 ? v128.load(node, 48) : v128.load(node);
    const y = b > 0 ? v128.load(node, 64) : v128.load(node, 16);
    const z = c > 0 ? v128.load(node, 80) : v128.load(node, 32);
    const s = f32x4.add(f32x4.add(f32x4.mul(x, f32x4.splat(a)), f32x4.mul(y, f32x4.splat(b))), f32x4.mul(z, f32x4.splat(c)));
    mask = v128.and(mask, f32x4.ge(s, f32x4.splat(W(p))));
  }
  return i32x4.bitmask(mask);
}

/** Copies child `k` of one node to lane `to` of another. */
// @ts-ignore: decorator
@inline
function copyLane(from: usize, k: i32, node: usize, to: i32): void {
  const p = from + (<usize>k << 2), q = node + (<usize>to << 2);
  for (let row: usize = 0; row < 112; row += 16) store<u32>(q + row, load<u32>(p + row));
}

// @ts-ignore: decorator
@inline
function clearLane(node: usize, k: i32): void {
  const p = node + (<usize>k << 2);
  for (let row: usize = 0; row < 48; row += 16) {
    store<f32>(p + row, Infinity);
    store<f32>(p + row, -Infinity, 48);
  }
  store<u32>(p, 0, NODE_CHILDREN);
}

/**
 * Node at which camera rays begin that pass through [x0, x1] × [y0, y1] in pixels: what they meet is what they would from
 * the root. It is this thread's until its next call.
 */
export function viewTile(x0: f32, y0: f32, x1: f32, y1: f32, thread: i32): u32 {
  const root = load<u32>(HEADER + H_ROOT);
  tileIsEmpty = false;
  // Rays through a lens begin elsewhere.
  if (hasLens()) return root;
  planes = stackOf(thread);
  pinholeRay((x0 + x1) * <f32>0.5, (y0 + y1) * <f32>0.5);
  const inside = add(rayOrigin, rayPlane);
  pinholeRay(x0 - BORDER, y0 - BORDER);
  const oa = rayOrigin, da = rayPlane;
  pinholeRay(x1 + BORDER, y0 - BORDER);
  const ob = rayOrigin, db = rayPlane;
  pinholeRay(x1 + BORDER, y1 + BORDER);
  const oc = rayOrigin, dc = rayPlane;
  pinholeRay(x0 - BORDER, y1 + BORDER);
  const od = rayOrigin, dd = rayPlane;
  setPlane(0, oa, da, ob, db, inside);
  setPlane(1, ob, db, oc, dc, inside);
  setPlane(2, oc, dc, od, dd, inside);
  setPlane(3, od, dd, oa, da, inside);

  const index = load<u32>(HEADER + H_VIEW_NODE) + thread;
  const view = nodeAt(index);
  let count = 0;
  for (let mask = within(nodeAt(root)); mask; mask &= mask - 1) {
    copyLane(nodeAt(root), ctz(mask), view, count++);
  }
  // Open one after another whose children within the tile find room.
  for (let k = 0; k < count; ) {
    const child = load<u32>(view + (<usize>k << 2), NODE_CHILDREN);
    const leaf = (child & REF_LEAF) != 0;
    const node = nodeAt(child);
    const mask = leaf ? 0 : within(node);
    if (leaf || count - 1 + popcnt(mask) > 4) {
      k++;
      continue;
    }
    // The last lane takes the place of the one that is opened; its children follow behind.
    count--;
    if (k != count) copyLane(view, count, view, k);
    for (let m = mask; m; m &= m - 1) copyLane(node, ctz(m), view, count++);
  }
  for (let k = count; k < 4; k++) clearLane(view, k);
  tileIsEmpty = count == 0;
  return index;
}
