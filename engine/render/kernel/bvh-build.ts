// Builds four-wide bounding volume hierarchies by binned surface-area heuristic.
//
// After Wald, "On fast construction of SAH-based bounding volume hierarchies" (2007), with wide nodes filled directly:
// the child of greatest surface is split until there are four. A side's cost counts blocks of four triangles, since
// a leaf tests four at once: counting single triangles left 1.02 triangles in a leaf, counting blocks about three.

import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_CANCEL, H_MATERIALS, H_NODES, H_TRIANGLES, HEADER, ID_CULL, ID_POROUS,
  M_FLAGS, MATERIAL_BYTES, MESH_BLOCK_CAPACITY, MESH_BLOCK_FIRST, MESH_BLOCKS_USED, MESH_NODE_CAPACITY,
  MESH_NODE_FIRST, MESH_NODES_USED, MESH_POSITIONS, MESH_REFS, MESH_ROOT, MESH_TRIANGLE_COUNT, MESH_TRIANGLE_FIRST,
  MESH_TRIANGLES_USED, MESH_VERTEX_COUNT, MESH_VERTEX_FIRST, MF_BLEND, MF_DOUBLE_SIDED, MF_MASK, MF_TRANSMISSION,
  NODE_BYTES, NODE_CHILDREN, REF_INSTANCE, REF_LEAF, SCRATCH, SCRATCH_STRIDE, TRIANGLE_BYTES,
} from './layout';
import { vec3, X, Y, Z } from './vec';

const BINS: i32 = 16;
/** Beyond this depth sets are halved by count, which bounds the depth of the tree and of traversal stacks. */
const DEPTH_SAH: i32 = 28;
const REF_BYTES: usize = 32;

// Scratch: bins (16 × 3 × 32 bytes), counts, suffix areas and counts, then the builder's stack of pending sets.
const BIN_COUNTS: usize = 1536;
const BIN_AREAS: usize = 1728;
const BIN_SUFFIX: usize = 1792;
const CHILDREN: usize = 1856;
const STACK: usize = 2208;
/** Pending set: first, count, address of the reference to fill, depth. */
const TASK_BYTES: usize = 16;

let scratch: usize = 0;
let refs: usize = 0;
let boxLo: v128 = f32x4.splat(0);
let boxHi: v128 = f32x4.splat(0);
let centreLo: v128 = f32x4.splat(0);
let centreHi: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
function halfArea(lo: v128, hi: v128): f32 {
  const d = f32x4.sub(hi, lo);
  return X(d) * Y(d) + Y(d) * Z(d) + Z(d) * X(d);
}

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

/** Splits [first, first + count), whose centre bounds are given; returns the size of the left side. */
function split(first: i32, count: i32, clo: v128, chi: v128, leaf: i32, median: bool): i32 {
  const extent = f32x4.sub(chi, clo);
  let longest = 0;
  if (Y(extent) > X(extent)) longest = 1;
  if (Z(extent) > max(X(extent), Y(extent))) longest = 2;
  if (median || !(max(max(X(extent), Y(extent)), Z(extent)) > 0)) return splitMedian(first, count, longest, leaf);

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
  if (bestAxis < 0) return splitMedian(first, count, longest, leaf);

  const offset = <usize>bestAxis << 2;
  const low = bestAxis == 0 ? X(clo) : bestAxis == 1 ? Y(clo) : Z(clo);
  const scaleBin = bestAxis == 0 ? X(factor) : bestAxis == 1 ? Y(factor) : Z(factor);
  let i = first, j = first + count - 1;
  while (i <= j) {
    const q = refs + <usize>i * REF_BYTES + offset;
    const bin = min(<i32>((load<f32>(q) + load<f32>(q, 16) - low) * scaleBin), bins - 1);
    if (bin <= bestBin) i++;
    else {
      swapRefs(refs + <usize>i * REF_BYTES, refs + <usize>j * REF_BYTES);
      j--;
    }
  }
  const left = i - first;
  return left > 0 && left < count ? left : splitMedian(first, count, longest, leaf);
}

// What the current build writes to.
let nodesUsed: i32 = 0;
let blocksUsed: i32 = 0;
let positions: usize = 0;
let vertexFirst: i32 = 0;

/** Writes a block of up to four triangles; returns its reference. */
function writeLeaf(first: i32, count: i32, blockFirst: i32): u32 {
  const index = blockFirst + blocksUsed++;
  const block = <usize>load<u32>(HEADER + H_BLOCKS) + <usize>index * BLOCK_BYTES;
  memory.fill(block, 0, BLOCK_BYTES);
  for (let k = 0; k < count; k++) {
    const id = load<u32>(refs + <usize>(first + k) * REF_BYTES, 12);
    const t = <usize>load<u32>(HEADER + H_TRIANGLES) + <usize>id * TRIANGLE_BYTES;
    const a = positions + <usize>(load<i32>(t) - vertexFirst) * 12;
    const b = positions + <usize>(load<i32>(t, 4) - vertexFirst) * 12;
    const c = positions + <usize>(load<i32>(t, 8) - vertexFirst) * 12;
    const lane = block + (<usize>k << 2);
    for (let axis: usize = 0; axis < 3; axis++) {
      const o = axis << 2, p0 = load<f32>(a + o);
      store<f32>(lane + (axis << 4), p0);
      store<f32>(lane + (axis << 4), load<f32>(b + o) - p0, 48);
      store<f32>(lane + (axis << 4), load<f32>(c + o) - p0, 96);
    }
    const flags = load<u32>(<usize>load<u32>(HEADER + H_MATERIALS) + <usize>load<u32>(t, 12) * MATERIAL_BYTES, M_FLAGS);
    let bits = id;
    if (!(flags & MF_DOUBLE_SIDED)) bits |= ID_CULL;
    if (flags & (MF_MASK | MF_BLEND | MF_TRANSMISSION)) bits |= ID_POROUS;
    store<u32>(lane, bits, BLOCK_IDS);
  }
  return <u32>REF_LEAF | <u32>index;
}

// @ts-ignore: decorator
@inline
function halfUp(n: i32): i32 {
  return (n + 1) >> 1;
}

/**
 * Builds the tree over `count` references; fills nodes from `nodeFirst` on. Leaves hold up to `leaf` references: four
 * triangles, or one instance. Returns the root's reference.
 */
function build(count: i32, nodeFirst: i32, leaf: i32, blockFirst: i32, blockCapacity: i32): u32 {
  nodesUsed = 0;
  blocksUsed = 0;
  // A wide root even for a single leaf: traversal then always begins at a node.
  const children = scratch + CHILDREN;
  let sp = scratch + STACK;
  const rootCell = scratch + STACK - 16;
  store<i32>(sp, 0);
  store<i32>(sp, count, 4);
  store<usize>(sp, rootCell, 8);
  store<i32>(sp, 0, 12);
  sp += TASK_BYTES;
  // Splits by median never need more than one block for two triangles; what is left above that may be spent on
  // splits that leave small leaves.
  let slack = blockCapacity - halfUp(count);
  while (sp > scratch + STACK) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return 0;
    sp -= TASK_BYTES;
    const first = load<i32>(sp), n = load<i32>(sp, 4), cell = load<usize>(sp, 8), depth = load<i32>(sp, 12);
    // Children of this node: first, count, then box and centre box (80 bytes each).
    let kids = 1;
    measure(first, n);
    store<i32>(children, first);
    store<i32>(children, n, 4);
    v128.store(children, boxLo, 16);
    v128.store(children, boxHi, 32);
    v128.store(children, centreLo, 48);
    v128.store(children, centreHi, 64);
    while (kids < 4) {
      let pick: usize = 0;
      let area: f32 = -1;
      for (let k = 0; k < kids; k++) {
        const c = children + <usize>k * 80;
        if (load<i32>(c, 4) <= leaf) continue;
        const s = halfArea(v128.load(c, 16), v128.load(c, 32));
        if (s > area || pick == 0) {
          area = s;
          pick = c;
        }
      }
      if (pick == 0) break;
      const f = load<i32>(pick), m = load<i32>(pick, 4);
      const left = split(f, m, v128.load(pick, 48), v128.load(pick, 64), leaf, depth > DEPTH_SAH || slack <= 0);
      slack -= halfUp(left) + halfUp(m - left) - halfUp(m);
      measure(f, left);
      store<i32>(pick, left, 4);
      v128.store(pick, boxLo, 16);
      v128.store(pick, boxHi, 32);
      v128.store(pick, centreLo, 48);
      v128.store(pick, centreHi, 64);
      const c = children + <usize>kids * 80;
      measure(f + left, m - left);
      store<i32>(c, f + left);
      store<i32>(c, m - left, 4);
      v128.store(c, boxLo, 16);
      v128.store(c, boxHi, 32);
      v128.store(c, centreLo, 48);
      v128.store(c, centreHi, 64);
      kids++;
    }
    const index = nodeFirst + nodesUsed++;
    const node = <usize>load<u32>(HEADER + H_NODES) + <usize>index * NODE_BYTES;
    store<u32>(cell, index);
    for (let k = 0; k < 4; k++) {
      const lane = node + (<usize>k << 2);
      const c = children + <usize>k * 80;
      for (let axis: usize = 0; axis < 3; axis++) {
        // An empty lane is an inverted box that no ray enters.
        store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), 16) : Infinity);
        store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), 32) : -Infinity, 48);
      }
      store<u32>(lane, 0, NODE_CHILDREN);
    }
    for (let k = kids - 1; k >= 0; k--) {
      const c = children + <usize>k * 80, f = load<i32>(c), m = load<i32>(c, 4);
      const target = node + (<usize>k << 2) + NODE_CHILDREN;
      if (m <= leaf) {
        store<u32>(target, leaf == 1 ? <u32>REF_INSTANCE | load<u32>(refs + <usize>f * REF_BYTES, 12) : writeLeaf(f, m, blockFirst));
      } else {
        store<i32>(sp, f);
        store<i32>(sp, m, 4);
        store<usize>(sp, target, 8);
        store<i32>(sp, depth + 1, 12);
        sp += TASK_BYTES;
      }
    }
  }
  return load<u32>(rootCell);
}

/** Builds the tree of one mesh. Triangles with indices out of range, no area or values that are not finite drop out. */
export function buildMesh(mesh: usize, thread: i32): void {
  scratch = <usize>SCRATCH + <usize>thread * SCRATCH_STRIDE;
  refs = load<u32>(mesh, MESH_REFS);
  positions = load<u32>(mesh, MESH_POSITIONS);
  vertexFirst = load<i32>(mesh, MESH_VERTEX_FIRST);
  const vertexCount = load<u32>(mesh, MESH_VERTEX_COUNT);
  const first = load<i32>(mesh, MESH_TRIANGLE_FIRST), count = load<i32>(mesh, MESH_TRIANGLE_COUNT);
  const limit = f32x4.splat(1e15);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const t = <usize>load<u32>(HEADER + H_TRIANGLES) + <usize>(first + i) * TRIANGLE_BYTES;
    const ia = load<u32>(t) - vertexFirst, ib = load<u32>(t, 4) - vertexFirst, ic = load<u32>(t, 8) - vertexFirst;
    if (ia >= vertexCount || ib >= vertexCount || ic >= vertexCount) continue;
    const pa = positions + <usize>ia * 12, pb = positions + <usize>ib * 12, pc = positions + <usize>ic * 12;
    const a = vec3(load<f32>(pa), load<f32>(pa, 4), load<f32>(pa, 8));
    const b = vec3(load<f32>(pb), load<f32>(pb, 4), load<f32>(pb, 8));
    const c = vec3(load<f32>(pc), load<f32>(pc, 4), load<f32>(pc, 8));
    const finite = v128.and(
      f32x4.lt(f32x4.abs(a), limit),
      v128.and(f32x4.lt(f32x4.abs(b), limit), f32x4.lt(f32x4.abs(c), limit)),
    );
    if (!i32x4.all_true(finite)) continue;
    if (v128.any_true(f32x4.ne(a, b)) == false || v128.any_true(f32x4.ne(b, c)) == false || v128.any_true(f32x4.ne(a, c)) == false) continue;
    const r = refs + <usize>used * REF_BYTES;
    v128.store(r, f32x4.pmin(f32x4.pmin(a, b), c));
    v128.store(r, f32x4.pmax(f32x4.pmax(a, b), c), 16);
    store<i32>(r, first + i, 12);
    used++;
  }
  store<i32>(mesh, used, MESH_TRIANGLES_USED);
  // The fourth lane of a reference holds its index: bits that are a denormal number and never NaN, harmless in min and max.
  store<u32>(mesh, build(used, load<i32>(mesh, MESH_NODE_FIRST), 4, load<i32>(mesh, MESH_BLOCK_FIRST), load<i32>(mesh, MESH_BLOCK_CAPACITY)), MESH_ROOT);
  store<i32>(mesh, nodesUsed, MESH_NODES_USED);
  store<i32>(mesh, blocksUsed, MESH_BLOCKS_USED);
}

/** Builds the tree over instances from references that are ready at `address`. Returns its root. */
export function buildTop(address: usize, count: i32, nodeFirst: i32, thread: i32): u32 {
  scratch = <usize>SCRATCH + <usize>thread * SCRATCH_STRIDE;
  refs = address;
  return build(count, nodeFirst, 1, 0, count);
}
