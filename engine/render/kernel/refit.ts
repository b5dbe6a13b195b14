// Refitting: the trees stay, their boxes follow triangles that have moved.
//
// Subtrees are refitted by all threads, the few nodes above them by whoever ends the last. On the way the cost that the
// surface-area heuristic expects of a ray is summed up before and after: a tree that has become too costly is built anew.

import {
  BLOCK_IDS, MESH_COST, MESH_COST_BUILT, MESH_RANGES_OPEN, MESH_REBUILDS, MESH_REFS, MESH_ROOT, MESH_ROUND,
  MESH_SUBTREES, MESH_SUBTREES_OPEN, MESH_TRIANGLE_COUNT, MESH_TRIANGLE_FIRST, MESH_TRIANGLES_MOVED,
  MESH_TRIANGLES_USED, NODE_CHILDREN, RANGE_REFS, REF_LEAF, SET_MIN,
} from './layout';
import { addRange, loadTriangle, rangesOf, triangleHi, triangleLo } from './mesh-trees';
import { blockAt, isEmptyLane, nodeAt, triangleAt } from './records';
import { pushSet } from './set-queue';
import { placeRound, placeTriangle } from './tree-nodes';
import { halfArea, loadLane, X, Y, Z } from './vec';

/**
 * Growth of a tree's expected cost from which on it is built anew. Building takes about 0.4 µs a triangle, refitting a
 * tenth of it, a ray 0.1 to 0.2 µs: a frame of a million rays makes up for a build of 100,000 triangles at a fourth more.
 */
const COST_LIMIT: f32 = 1.25;
/** Most subtrees of a mesh that threads share. */
const MAX_SUBTREES: i32 = 64;

// Of the subtree being refitted: sums of the surfaces of all boxes, before and after.
let areaBefore: f32 = 0;
let areaAfter: f32 = 0;
let damaged: bool = false;
let boundsLo: v128 = f32x4.splat(0);
let boundsHi: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
function storeLane(p: usize, v: v128): void {
  store<f32>(p, X(v));
  store<f32>(p, Y(v), 16);
  store<f32>(p, Z(v), 32);
}

/** Subtree `k`: its root, then the sums of surfaces before and after (12 bytes), where the builder's references lie. */
// @ts-ignore: decorator
@inline
function subtreeAt(mesh: usize, k: i32): usize {
  return <usize>load<u32>(mesh, MESH_REFS) + <usize>k * 12;
}

/** Moves a block's triangles; bounds of what is left of them into the globals. */
function refitBlock(mesh: usize, block: usize): void {
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < 4; k++) {
    const lane = block + (k << 2);
    if (isEmptyLane(lane)) continue;
    const t = triangleAt(load<u32>(lane, BLOCK_IDS));
    if (!loadTriangle(mesh, t)) {
      damaged = true;
      continue;
    }
    if (load<i32>(mesh, MESH_ROUND)) placeRound(lane, t, mesh);
    else placeTriangle(lane, t, mesh);
    lo = f32x4.pmin(lo, triangleLo);
    hi = f32x4.pmax(hi, triangleHi);
  }
  boundsLo = lo;
  boundsHi = hi;
}

/** Index of the subtree with its root at `node`, or −1. */
function subtreeOf(mesh: usize, node: u32): i32 {
  const count = load<i32>(mesh, MESH_SUBTREES);
  for (let k = 0; k < count; k++) if (load<u32>(subtreeAt(mesh, k)) == node) return k;
  return -1;
}

/**
 * Refits the node at `index` and all below it, those subtrees left out that are done when `above` is set. Bounds into the
 * globals. Recursion is as deep as the tree, 57 at most (see traverse.ts).
 */
function refitNode(mesh: usize, index: u32, above: bool): void {
  const node = nodeAt(index);
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < 4; k++) {
    const lane = node + (k << 2);
    // An empty lane, inverted from the start; a block whose triangles all vanished is not.
    if (load<f32>(lane) > load<f32>(lane, 48) && load<u32>(lane, NODE_CHILDREN) == 0) continue;
    areaBefore += halfArea(loadLane(lane), loadLane(lane + 48));
    const child = load<u32>(lane, NODE_CHILDREN);
    if (child & REF_LEAF) refitBlock(mesh, blockAt(child));
    else {
      const done = above ? subtreeOf(mesh, child) : -1;
      if (done < 0) refitNode(mesh, child, above);
      else {
        areaBefore += load<f32>(subtreeAt(mesh, done), 4);
        areaAfter += load<f32>(subtreeAt(mesh, done), 8);
        boundNode(child);
      }
    }
    storeLane(lane, boundsLo);
    storeLane(lane + 48, boundsHi);
    areaAfter += halfArea(boundsLo, boundsHi);
    lo = f32x4.pmin(lo, boundsLo);
    hi = f32x4.pmax(hi, boundsHi);
  }
  boundsLo = lo;
  boundsHi = hi;
}

/** Bounds of a node's boxes into the globals. */
function boundNode(index: u32): void {
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < 4; k++) {
    const lane = nodeAt(index) + (k << 2);
    lo = f32x4.pmin(lo, loadLane(lane));
    hi = f32x4.pmax(hi, loadLane(lane + 48));
  }
  boundsLo = lo;
  boundsHi = hi;
}

/** Looks at a range of a mesh's triangles; whoever does the last one begins to refit, or builds where that is no use. */
export function checkRange(mesh: usize, range: i32): void {
  const first = range * RANGE_REFS, end = min(first + RANGE_REFS, load<i32>(mesh, MESH_TRIANGLE_COUNT));
  const base = load<i32>(mesh, MESH_TRIANGLE_FIRST);
  let good = 0;
  for (let i = first; i < end; i++) {
    if (loadTriangle(mesh, triangleAt(base + i))) good++;
  }
  atomic.add<i32>(mesh + MESH_TRIANGLES_MOVED, good);
  if (atomic.sub<i32>(mesh + MESH_RANGES_OPEN, 1) != 1) return;
  store<i32>(mesh, rangesOf(mesh), MESH_RANGES_OPEN);
  const used = atomic.load<i32>(mesh + MESH_TRIANGLES_MOVED);
  store<i32>(mesh, 0, MESH_TRIANGLES_MOVED);
  if (used != load<i32>(mesh, MESH_TRIANGLES_USED)) rebuild(mesh);
  else if (used > 0) startRefit(mesh, used);
}

function rebuild(mesh: usize): void {
  store<i32>(mesh, load<i32>(mesh, MESH_REBUILDS) + 1, MESH_REBUILDS);
  const ranges = rangesOf(mesh);
  for (let i = 0; i < ranges; i++) addRange(mesh, i);
}

/** Cuts the tree into subtrees for the threads: the first in breadth are opened until there are enough. */
function startRefit(mesh: usize, used: i32): void {
  const target = min(max(used / SET_MIN, 1), MAX_SUBTREES);
  let count = 1, opened = 0;
  store<u32>(subtreeAt(mesh, 0), load<u32>(mesh, MESH_ROOT));
  // Opened ones make room for their children: the list holds those from `opened` on.
  while (opened < count && count - opened + 3 <= target && count + 4 < MAX_LISTED) {
    const node = nodeAt(load<u32>(subtreeAt(mesh, opened)));
    opened++;
    for (let k: usize = 0; k < 4; k++) {
      const child = load<u32>(node + (k << 2), NODE_CHILDREN);
      if (child != 0 && !(child & REF_LEAF)) store<u32>(subtreeAt(mesh, count++), child);
    }
  }
  count -= opened;
  for (let k = 0; k < count; k++) store<u32>(subtreeAt(mesh, k), load<u32>(subtreeAt(mesh, opened + k)));
  store<i32>(mesh, count, MESH_SUBTREES);
  atomic.store<i32>(mesh + MESH_SUBTREES_OPEN, count);
  if (count == 0) finishRefit(mesh);
  for (let k = 0; k < count; k++) pushSet(mesh, k, -1, 0, 0, 0, 0, 0);
}

/** Subtrees that are listed at most while they are being opened; they fit into the references of `SET_MIN` triangles. */
const MAX_LISTED: i32 = 256;

/** Refits subtree `k`; whoever does the last one ends with the nodes above. */
export function refitSubtree(mesh: usize, k: i32): void {
  const subtree = subtreeAt(mesh, k);
  areaBefore = 0;
  areaAfter = 0;
  damaged = false;
  refitNode(mesh, load<u32>(subtree), false);
  store<f32>(subtree, areaBefore, 4);
  store<f32>(subtree, damaged ? Infinity : areaAfter, 8);
  if (atomic.sub<i32>(mesh + MESH_SUBTREES_OPEN, 1) == 1) finishRefit(mesh);
}

function finishRefit(mesh: usize): void {
  const root = load<u32>(mesh, MESH_ROOT);
  areaBefore = 0;
  areaAfter = 0;
  damaged = false;
  boundNode(root);
  const before = halfArea(boundsLo, boundsHi);
  if (subtreeOf(mesh, root) == 0) {
    // The whole tree was one subtree.
    areaBefore = load<f32>(subtreeAt(mesh, 0), 4);
    areaAfter = load<f32>(subtreeAt(mesh, 0), 8);
  } else refitNode(mesh, root, true);
  boundNode(root);
  const cost = areaAfter / max<f32>(halfArea(boundsLo, boundsHi), 1e-30);
  // The boxes before the first refit are those that were built.
  if (load<f32>(mesh, MESH_COST_BUILT) == 0) store<f32>(mesh, areaBefore / max<f32>(before, 1e-30), MESH_COST_BUILT);
  store<f32>(mesh, cost, MESH_COST);
  // Also where a triangle has vanished, which makes the cost infinite.
  if (damaged || !(cost <= load<f32>(mesh, MESH_COST_BUILT) * COST_LIMIT)) rebuild(mesh);
}
