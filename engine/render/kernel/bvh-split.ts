// Splits sets of references in two, by binned surface-area heuristic or by count.
//
// After Wald, "On fast construction of SAH-based bounding volume hierarchies" (2007). A side's cost counts blocks of four
// triangles, since a leaf tests four at once: counting single triangles left 1.02 triangles in a leaf, counting blocks
// about 3.6.

import { REF_BYTES } from './layout';
import { halfArea, X, Y, Z } from './vec';

const BINS: i32 = 16;

// Scratch: bins (16 × 3 × 32 bytes), counts, suffix areas and counts, then the children of the node being made.
const BIN_COUNTS: usize = 1536;
const BIN_AREAS: usize = 1728;
const BIN_SUFFIX: usize = 1792;
const CHILDREN: usize = 1856;
/** First byte of scratch memory that splitting leaves alone. */
export const SPLIT_SCRATCH: usize = 2208;
/** Child: first reference, count, then box and box of centres. */
const CHILD_BYTES: usize = 80;
export const CHILD_COUNT: usize = 4;
export const CHILD_LOW: usize = 16;
export const CHILD_HIGH: usize = 32;

let scratch: usize = 0;
/** Where the references lie that are split. */
export let refs: usize = 0;

/** Splits references at `from` from now on, with this scratch memory. */
export function splitIn(memory: usize, from: usize): void {
  scratch = memory;
  refs = from;
}

/** Child `k` of the node being made. */
// @ts-ignore: decorator
@inline
export function childAt(k: i32): usize {
  return scratch + CHILDREN + <usize>k * CHILD_BYTES;
}

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

/** Measures [first, first + count) into the child at `c`. */
export function measureChild(c: usize, first: i32, count: i32): void {
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

/**
 * Splits the child at `c`, in its middle where `median` is set: it becomes the left side, the child at `d` the right one.
 * Leaves hold `leaf` references at most.
 */
export function split(c: usize, d: usize, leaf: i32, median: bool): void {
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
