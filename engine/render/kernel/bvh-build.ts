// Builds four-wide bounding volume hierarchies by binned surface-area heuristic.
//
// After Wald, "On fast construction of SAH-based bounding volume hierarchies" (2007), with wide nodes filled directly:
// the child of greatest surface is split until there are four. A side's cost counts blocks of four triangles, since
// a leaf tests four at once: counting single triangles left 1.02 triangles in a leaf, counting blocks about 3.6.
//
// Large sets are split one node at a time and what remains is put back for any thread; smaller ones are built whole.

import {
  BLOCK_BYTES, BLOCK_IDS, H_CANCEL, H_TOP_REFS, HEADER, ID_CULL, ID_POROUS, ID_ROUND, M_FLAGS, MESH_BLOCKS_USED,
  MESH_NODES_USED, MESH_POSITIONS, MESH_REFS, MESH_ROUND, MESH_VERTEX_FIRST, MF_BLEND, MF_DOUBLE_SIDED, MF_INSIDE,
  MF_MASK, MF_TRANSMISSION, NODE_CHILDREN, REF_BYTES, REF_INSTANCE, REF_LEAF, REF_ROUND, SET_MIN, V_RADIUS,
} from './layout';
import { blockAt, materialAt, nodeAt, triangleAt, vertexAt } from './records';
import { stackOf } from './scratch';
import { pushSet, setBlock, setBlockCapacity, setCell, setCount, setDepth, setFirst, setMesh, setNode } from './set-queue';
import { halfArea, X, Y, Z } from './vec';

const BINS: i32 = 16;
/** Beyond this depth sets are halved by count, which bounds the depth of the tree and of traversal stacks. */
const DEPTH_SAH: i32 = 28;
/** Sets of more references than this are split by one node at a time, for several threads to share. */
const SHARED_MIN: i32 = 4096;

// Scratch: bins (16 × 3 × 32 bytes), counts, suffix areas and counts, then the builder's stack of pending sets.
const BIN_COUNTS: usize = 1536;
const BIN_AREAS: usize = 1728;
const BIN_SUFFIX: usize = 1792;
const CHILDREN: usize = 1856;
const STACK: usize = 2208;
/** Pending set: first, count, address of the reference to fill, depth. Three a level at most. */
const PENDING_BYTES: usize = 16;
/** Children of a shared set that the thread builds itself: count, first, reference to fill, node, block, room. */
const SMALL: usize = 6144;
const SMALL_BYTES: usize = 24;

let scratch: usize = 0;
let refs: usize = 0;
let boxLo: v128 = f32x4.splat(0);
let boxHi: v128 = f32x4.splat(0);
let centreLo: v128 = f32x4.splat(0);
let centreHi: v128 = f32x4.splat(0);

/** Bounds of the references [first, first + count) and of their centres (doubled) into the globals. */
function measure(first: i32, count: i32): void {
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity), clo = lo, chi = hi;
  let p = refs + <usize>first * REF_BYTES;
  for (let i = 0; i < count; i++, p += REF_BYTES) {
    const a = v128.load(p), b = v128.load(p, 16), c = f32x4.add(a, b);
    lo = f32x4.pmin(lo, a);
    hi = f32x4.pmax(hi, b);
    clo = f32x4.pmin(clo, c);
    chi = f32x4.pmax(chi, c);
  }
  boxLo = lo;
  boxHi = hi;
  centreLo = clo;
  centreHi = chi;
}

// @ts-ignore: decorator
@inline
function swapRefs(a: usize, b: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a, 16);
  v128.store(a, v128.load(b));
  v128.store(a, v128.load(b, 16), 16);
  v128.store(b, a0);
  v128.store(b, a1, 16);
}

/** Splits by the median of the longest axis of centres; returns the size of the left side. */
function splitMedian(first: i32, count: i32, axis: i32, leaf: i32): i32 {
  // Quickselect; the left side is a multiple of the leaf's size, so that leaves are full.
  let k = (count >> 1) + (leaf - 1);
  k -= k % leaf;
  if (k >= count) k = count >> 1;
  const offset = <usize>axis << 2;
  let l = first, r = first + count - 1;
  const target = first + k;
  let guard = 0;
  while (l < r && guard++ < 64) {
    const m = refs + <usize>((l + r) >> 1) * REF_BYTES + offset;
    const pivot = load<f32>(m) + load<f32>(m, 16);
    let i = l, j = r;
    while (i <= j) {
      while (i <= r) {
        const q = refs + <usize>i * REF_BYTES + offset;
        if (!(load<f32>(q) + load<f32>(q, 16) < pivot)) break;
        i++;
      }
      while (j >= l) {
        const q = refs + <usize>j * REF_BYTES + offset;
        if (!(load<f32>(q) + load<f32>(q, 16) > pivot)) break;
        j--;
      }
      if (i <= j) {
        swapRefs(refs + <usize>i * REF_BYTES, refs + <usize>j * REF_BYTES);
        i++;
        j--;
      }
    }
    if (target <= j) r = j;
    else if (target >= i) l = i;
    else break;
  }
  return k;
}

// Children of the node being made, in scratch: first, count, then box and box of centres.
const CHILD_BYTES: usize = 80;

/** Measures [first, first + count) into the child at `c`. */
function measureChild(c: usize, first: i32, count: i32): void {
  measure(first, count);
  storeChild(c, first, count, boxLo, boxHi, centreLo, centreHi);
}

// @ts-ignore: decorator
@inline
function storeChild(c: usize, first: i32, count: i32, lo: v128, hi: v128, clo: v128, chi: v128): void {
  store<i32>(c, first);
  store<i32>(c, count, 4);
  v128.store(c, lo, 16);
  v128.store(c, hi, 32);
  v128.store(c, clo, 48);
  v128.store(c, chi, 64);
}

/** Splits the child at `c` by the median: it becomes the left side, the child at `d` the right one. */
function halve(c: usize, d: usize, axis: i32, leaf: i32): void {
  const first = load<i32>(c), count = load<i32>(c, 4);
  const left = splitMedian(first, count, axis, leaf);
  measureChild(c, first, left);
  measureChild(d, first + left, count - left);
}

/** Splits the child at `c`: it becomes the left side, the child at `d` the right one. */
function split(c: usize, d: usize, leaf: i32, median: bool): void {
  const first = load<i32>(c), count = load<i32>(c, 4);
  const clo = v128.load(c, 48), chi = v128.load(c, 64);
  const extent = f32x4.sub(chi, clo);
  let longest = 0;
  if (Y(extent) > X(extent)) longest = 1;
  if (Z(extent) > max(X(extent), Y(extent))) longest = 2;
  if (median || !(max(max(X(extent), Y(extent)), Z(extent)) > 0)) return halve(c, d, longest, leaf);

  // A flat axis gets factor zero: all of it falls into bin 0 and offers no split.
  const bins: i32 = count < 64 ? (count < 16 ? 8 : 12) : BINS;
  const usable = f32x4.gt(extent, f32x4.splat(1e-30));
  const factor = v128.and(f32x4.div(f32x4.splat(<f32>bins * <f32>0.9999), extent), usable);
  const last = i32x4.splat(bins - 1);
  const inf = f32x4.splat(Infinity), ninf = f32x4.splat(-Infinity);
  for (let b = 0; b < bins * 3; b++) {
    v128.store(scratch + (<usize>b << 5), inf);
    v128.store(scratch + (<usize>b << 5), ninf, 16);
    store<i32>(scratch + BIN_COUNTS + (<usize>b << 2), 0);
  }
  let p = refs + <usize>first * REF_BYTES;
  for (let i = 0; i < count; i++, p += REF_BYTES) {
    const a = v128.load(p), b = v128.load(p, 16);
    const bin = i32x4.min_s(i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(f32x4.add(a, b), clo), factor)), last);
    for (let axis = 0; axis < 3; axis++) {
      const k = (axis == 0 ? i32x4.extract_lane(bin, 0) : axis == 1 ? i32x4.extract_lane(bin, 1) : i32x4.extract_lane(bin, 2)) * 3 + axis;
      const q = scratch + (<usize>k << 5);
      v128.store(q, f32x4.pmin(v128.load(q), a));
      v128.store(q, f32x4.pmax(v128.load(q, 16), b), 16);
      const c = scratch + BIN_COUNTS + (<usize>k << 2);
      store<i32>(c, load<i32>(c) + 1);
    }
  }

  let best: f32 = Infinity, bestAxis = -1, bestBin = 0;
  for (let axis = 0; axis < 3; axis++) {
    let lo = inf, hi = ninf, n = 0;
    for (let b = bins - 1; b > 0; b--) {
      const k = b * 3 + axis, q = scratch + (<usize>k << 5);
      lo = f32x4.pmin(lo, v128.load(q));
      hi = f32x4.pmax(hi, v128.load(q, 16));
      n += load<i32>(scratch + BIN_COUNTS + (<usize>k << 2));
      store<f32>(scratch + BIN_AREAS + (<usize>b << 2), n > 0 ? halfArea(lo, hi) : 0);
      store<i32>(scratch + BIN_SUFFIX + (<usize>b << 2), n);
    }
    lo = inf;
    hi = ninf;
    n = 0;
    for (let b = 0; b < bins - 1; b++) {
      const k = b * 3 + axis, q = scratch + (<usize>k << 5);
      lo = f32x4.pmin(lo, v128.load(q));
      hi = f32x4.pmax(hi, v128.load(q, 16));
      n += load<i32>(scratch + BIN_COUNTS + (<usize>k << 2));
      const right = load<i32>(scratch + BIN_SUFFIX + (<usize>(b + 1) << 2));
      if (n == 0 || right == 0) continue;
      const cost = halfArea(lo, hi) * <f32>((n + leaf - 1) / leaf)
        + load<f32>(scratch + BIN_AREAS + (<usize>(b + 1) << 2)) * <f32>((right + leaf - 1) / leaf);
      if (cost < best) {
        best = cost;
        bestAxis = axis;
        bestBin = b;
      }
    }
  }
  if (bestAxis < 0) return halve(c, d, longest, leaf);

  const offset = <usize>bestAxis << 2;
  const low = bestAxis == 0 ? X(clo) : bestAxis == 1 ? Y(clo) : Z(clo);
  const scaleBin = bestAxis == 0 ? X(factor) : bestAxis == 1 ? Y(factor) : Z(factor);
  let i = first, j = first + count - 1;
  // Both sides are measured on the way.
  let llo = inf, lhi = ninf, lclo = inf, lchi = ninf, rlo = inf, rhi = ninf, rclo = inf, rchi = ninf;
  while (i <= j) {
    const q = refs + <usize>i * REF_BYTES;
    const bin = min(<i32>((load<f32>(q + offset) + load<f32>(q + offset, 16) - low) * scaleBin), bins - 1);
    const a = v128.load(q), b = v128.load(q, 16), centre = f32x4.add(a, b);
    if (bin <= bestBin) {
      llo = f32x4.pmin(llo, a);
      lhi = f32x4.pmax(lhi, b);
      lclo = f32x4.pmin(lclo, centre);
      lchi = f32x4.pmax(lchi, centre);
      i++;
    } else {
      rlo = f32x4.pmin(rlo, a);
      rhi = f32x4.pmax(rhi, b);
      rclo = f32x4.pmin(rclo, centre);
      rchi = f32x4.pmax(rchi, centre);
      const r = refs + <usize>j * REF_BYTES;
      v128.store(q, v128.load(r));
      v128.store(q, v128.load(r, 16), 16);
      v128.store(r, a);
      v128.store(r, b, 16);
      j--;
    }
  }
  const left = i - first;
  if (left == 0 || left == count) return halve(c, d, longest, leaf);
  storeChild(c, first, left, llo, lhi, lclo, lchi);
  storeChild(d, i, count - left, rlo, rhi, rclo, rchi);
}

/** Blocks that a set takes at least: splits by median reach it, since their left sides fill whole blocks. */
// @ts-ignore: decorator
@inline
function blocksOf(count: i32): i32 {
  return (count + 3) >> 2;
}

/** Nodes that a tree of so many leaves takes at most: nodes with fewer than four children have none but leaves. */
// @ts-ignore: decorator
@inline
function nodesOf(leaves: i32): i32 {
  return leaves < 2 ? 1 : (2 * leaves - 1) / 3;
}

// What the set being split belongs to.
let mesh: usize = 0;
let leafSize: i32 = 4;
/** Blocks that may still be spent on splits that leave small leaves. */
let slack: i32 = 0;

/** Splits a set into the up to four children of a node; returns how many. */
function splitFour(first: i32, count: i32, depth: i32): i32 {
  const children = scratch + CHILDREN;
  let kids = 1;
  measureChild(children, first, count);
  while (kids < 4) {
    let pick: usize = 0;
    let area: f32 = -1;
    for (let k = 0; k < kids; k++) {
      const c = children + <usize>k * CHILD_BYTES;
      if (load<i32>(c, 4) <= leafSize) continue;
      const s = halfArea(v128.load(c, 16), v128.load(c, 32));
      if (s > area || pick == 0) {
        area = s;
        pick = c;
      }
    }
    if (pick == 0) break;
    const all = load<i32>(pick, 4), other = children + <usize>kids * CHILD_BYTES;
    // Leaves of the upper level take no blocks.
    split(pick, other, leafSize, depth > DEPTH_SAH || (slack <= 0 && leafSize > 1));
    if (leafSize > 1) slack -= blocksOf(load<i32>(pick, 4)) + blocksOf(load<i32>(other, 4)) - blocksOf(all);
    kids++;
  }
  return kids;
}

/** Writes the boxes of a node's children; returns its address. */
function writeNode(index: i32, kids: i32): usize {
  const node = nodeAt(index);
  for (let k = 0; k < 4; k++) {
    const lane = node + (<usize>k << 2);
    const c = scratch + CHILDREN + <usize>k * CHILD_BYTES;
    for (let axis: usize = 0; axis < 3; axis++) {
      // An empty lane is an inverted box that no ray enters.
      store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), 16) : Infinity);
      store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), 32) : -Infinity, 48);
    }
    store<u32>(lane, 0, NODE_CHILDREN);
  }
  return node;
}

/** Writes the leaf over a set: a block of up to four triangles, or an instance. Returns its reference. */
function writeLeaf(first: i32, count: i32, index: i32): u32 {
  if (leafSize == 1) return <u32>REF_INSTANCE | load<u32>(refs + <usize>first * REF_BYTES, 12);
  const block = blockAt(index);
  memory.fill(block, 0, BLOCK_BYTES);
  const round = load<i32>(mesh, MESH_ROUND) != 0;
  for (let k = 0; k < count; k++) {
    const id = load<u32>(refs + <usize>(first + k) * REF_BYTES, 12);
    const t = triangleAt(id);
    const flags = load<u32>(materialAt(load<u32>(t, 12)), M_FLAGS);
    let bits = round ? id | ID_ROUND : id;
    if (!(flags & (MF_DOUBLE_SIDED | MF_INSIDE))) bits |= ID_CULL;
    if (flags & (MF_MASK | MF_BLEND | MF_TRANSMISSION)) bits |= ID_POROUS;
    store<u32>(block + (<usize>k << 2), bits, BLOCK_IDS);
    if (round) placeRound(block + (<usize>k << 2), t, mesh);
    else placeTriangle(block + (<usize>k << 2), t, mesh);
  }
  return <u32>REF_LEAF | (round ? <u32>REF_ROUND : 0) | <u32>index;
}

/** Writes the segment and the radius of the round thing at `t` into the lane of a block. */
export function placeRound(lane: usize, t: usize, owner: usize): void {
  const positions = <usize>load<u32>(owner, MESH_POSITIONS), vertexFirst = load<i32>(owner, MESH_VERTEX_FIRST);
  const a = positions + <usize>(load<i32>(t) - vertexFirst) * 12, b = positions + <usize>(load<i32>(t, 4) - vertexFirst) * 12;
  for (let axis: usize = 0; axis < 3; axis++) {
    const o = axis << 2, p0 = load<f32>(a + o);
    store<f32>(lane + (axis << 4), p0);
    store<f32>(lane + (axis << 4), load<f32>(b + o) - p0, 48);
  }
  store<f32>(lane, load<f32>(vertexAt(load<u32>(t)), V_RADIUS), 96);
}

/** Writes the corners of the triangle at `t` into the lane of a block. */
// @ts-ignore: decorator
@inline
export function placeTriangle(lane: usize, t: usize, owner: usize): void {
  const positions = <usize>load<u32>(owner, MESH_POSITIONS), vertexFirst = load<i32>(owner, MESH_VERTEX_FIRST);
  const a = positions + <usize>(load<i32>(t) - vertexFirst) * 12;
  const b = positions + <usize>(load<i32>(t, 4) - vertexFirst) * 12;
  const c = positions + <usize>(load<i32>(t, 8) - vertexFirst) * 12;
  for (let axis: usize = 0; axis < 3; axis++) {
    const o = axis << 2, p0 = load<f32>(a + o);
    store<f32>(lane + (axis << 4), p0);
    store<f32>(lane + (axis << 4), load<f32>(b + o) - p0, 48);
    store<f32>(lane + (axis << 4), load<f32>(c + o) - p0, 96);
  }
}

/** Builds the whole tree over a set, whose root is written to `cell`. */
function buildSet(first: i32, count: i32, cell: usize, depth: i32, nodeFirst: i32, blockFirst: i32): void {
  let nodes = nodeFirst, blocks = blockFirst;
  let sp = scratch + STACK;
  store<i32>(sp, first);
  store<i32>(sp, count, 4);
  store<usize>(sp, cell, 8);
  store<i32>(sp, depth, 12);
  sp += PENDING_BYTES;
  while (sp > scratch + STACK) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    sp -= PENDING_BYTES;
    const at = load<i32>(sp, 12);
    const target = load<usize>(sp, 8);
    const kids = splitFour(load<i32>(sp), load<i32>(sp, 4), at);
    const node = writeNode(nodes, kids);
    store<u32>(target, nodes++);
    for (let k = kids - 1; k >= 0; k--) {
      const c = scratch + CHILDREN + <usize>k * CHILD_BYTES, f = load<i32>(c), m = load<i32>(c, 4);
      const child = node + (<usize>k << 2) + NODE_CHILDREN;
      if (m <= leafSize) store<u32>(child, writeLeaf(f, m, blocks++));
      else {
        store<i32>(sp, f);
        store<i32>(sp, m, 4);
        store<usize>(sp, child, 8);
        store<i32>(sp, at + 1, 12);
        sp += PENDING_BYTES;
      }
    }
  }
  countUsed(nodes - nodeFirst, blocks - blockFirst);
}

function countUsed(nodes: i32, blocks: i32): void {
  if (!mesh) return;
  atomic.add<i32>(mesh + MESH_NODES_USED, nodes);
  atomic.add<i32>(mesh + MESH_BLOCKS_USED, blocks);
}

/** Makes the topmost node of a set, and puts what remains of its children back for any thread. */
function shareSet(first: i32, count: i32, cell: usize, depth: i32, nodeFirst: i32, blockFirst: i32): void {
  const kids = splitFour(first, count, depth);
  const node = writeNode(nodeFirst, kids);
  store<u32>(cell, nodeFirst);
  // Every child gets the blocks it needs and its share of those to spare, in the order of the children.
  const spare = slack;
  let nodes = nodeFirst + 1, blocks = blockFirst, own = 0;
  for (let k = 0; k < kids; k++) {
    const c = scratch + CHILDREN + <usize>k * CHILD_BYTES, f = load<i32>(c), m = load<i32>(c, 4);
    const child = node + (<usize>k << 2) + NODE_CHILDREN;
    const kept = scratch + SMALL + <usize>k * SMALL_BYTES;
    store<i32>(kept, 0);
    if (m <= leafSize) {
      store<u32>(child, writeLeaf(f, m, blocks++));
      own++;
      continue;
    }
    const room = leafSize > 1 ? blocksOf(m) + <i32>((<i64>spare * m) / count) : m;
    if (m > SET_MIN) pushSet(mesh, f, m, child, depth + 1, nodes, blocks, room);
    else {
      // Building would overwrite the records of the other children.
      store<i32>(kept, m);
      store<i32>(kept, f, 4);
      store<usize>(kept, child, 8);
      store<i32>(kept, nodes, 12);
      store<i32>(kept, blocks, 16);
      store<i32>(kept, room, 20);
    }
    nodes += nodesOf(room);
    blocks += room;
  }
  countUsed(1, own);
  for (let k = 0; k < kids; k++) {
    const kept = scratch + SMALL + <usize>k * SMALL_BYTES, m = load<i32>(kept);
    if (m == 0) continue;
    slack = load<i32>(kept, 20) - blocksOf(m);
    buildSet(load<i32>(kept, 4), m, load<usize>(kept, 8), depth + 1, load<i32>(kept, 12), load<i32>(kept, 16));
  }
}

/** Builds the set that was taken last, or its topmost node where it is large. */
export function buildTaken(thread: i32): void {
  scratch = stackOf(thread);
  mesh = setMesh;
  leafSize = mesh ? 4 : 1;
  refs = mesh ? load<u32>(mesh, MESH_REFS) : load<u32>(HEADER + H_TOP_REFS);
  slack = setBlockCapacity - blocksOf(setCount);
  if (setCount > SHARED_MIN) shareSet(setFirst, setCount, setCell, setDepth, setNode, setBlock);
  else buildSet(setFirst, setCount, setCell, setDepth, setNode, setBlock);
}
