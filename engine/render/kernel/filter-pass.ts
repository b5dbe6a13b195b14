// Second and third pass: occlusion without its sampling pattern.

import { pixelSide } from './camera';
import { firsts, seconds, thirds } from './four';
import { isOpenAround, narrowAt, pixelAt, tracedAt } from './gbuffer';
import { classifyTile } from './interior';
import { G_BYTES, G_OCCLUSION, H_BAND_FIRST, H_BAND_ROWS, H_OCCLUSION_RAYS, H_WIDTH, HEADER, TILE } from './layout';
import { unoccluded } from './occlusion';
import { stackOf } from './scratch';
import {
  BEHIND_DEPTHS, BORDER, CACHE_ROW, cachedAt, cachedCosine, cachedDepth, cacheSurfaces, planeErrors, setPlanes,
} from './surface-cache';

// Occlusion of four pixels: light that arrives, light there would be, share of open directions.
let lit: v128 = f32x4.splat(0);
let all: v128 = f32x4.splat(0);
let open: v128 = f32x4.splat(0);
/** Sum of the weights so far. */
let weights: v128 = f32x4.splat(0);

/** A value times its weight; zero where it does not count: in memory there may be anything then. */
// @ts-ignore: decorator
@inline
function weighted(value: v128, weight: v128, counts: v128): v128 {
  return v128.and(f32x4.mul(value, weight), counts);
}

// Rows of occlusion in scratch memory, each number for itself: first one as it was traced, with the pixels beside the
// tile, then those of the tile that are averaged along rows.
const NUMBERS: usize = CACHE_ROW;
const TRACED: usize = BEHIND_DEPTHS;
const AVERAGES: usize = TRACED + 3 * NUMBERS;
const AVERAGES_ROW: usize = TILE << 2;
const AVERAGES_PLANE: usize = AVERAGES_ROW * (TILE + 4);

/** Lays the traced occlusion of a row of the tile, and of four pixels to both sides, out in scratch memory. */
function loadTraced(scratch: usize, x0: i32, y: i32): void {
  const last = load<i32>(HEADER + H_WIDTH) - 1;
  let to = scratch + TRACED;
  for (let x = x0 - BORDER; x < x0 + TILE + BORDER; x += 4, to += 16) {
    if (x < 0 || x > last) continue;
    const a = v128.load(tracedAt(x, y)), b = v128.load(tracedAt(min(x + 1, last), y));
    const c = v128.load(tracedAt(min(x + 2, last), y)), d = v128.load(tracedAt(min(x + 3, last), y));
    v128.store(to, firsts(a, b, c, d));
    v128.store(to, seconds(a, b, c, d), NUMBERS);
    v128.store(to, thirds(a, b, c, d), 2 * NUMBERS);
  }
}

/**
 * Means of five values in rows or columns about four pixels, the outermost half, of those on their surfaces. `at` is the
 * place of the pixels in the cache, `value` that of their own values, whose three numbers lie `plane` bytes apart;
 * `step` leads to the next.
 */
// @ts-ignore: decorator
@inline
function average(x: i32, y: i32, at: usize, right: i32, down: i32, value: usize, plane: usize, step: i32, tolerance: v128): void {
  setPlanes(x, y, at);
  let l = v128.load(value), a = v128.load(value + plane), o = v128.load(value + 2 * plane), sum = f32x4.splat(1);
  for (let i = -2; i <= 2; i++) {
    if (i == 0) continue;
    const other = at + i * ((right << 2) + down * <i32>CACHE_ROW);
    const turn = cachedCosine(at, other);
    // Also where there is nothing: the error of an infinite depth is infinite.
    const counts = v128.and(
      f32x4.le(planeErrors(i * right, i * down, cachedDepth(other)), tolerance), f32x4.ge(turn, f32x4.splat(0.8)),
    );
    const w = f32x4.mul(f32x4.sub(turn, f32x4.splat(0.8)), f32x4.splat(i == 2 || i == -2 ? <f32>2.5 : <f32>5));
    const from = value + i * step;
    l = f32x4.add(l, weighted(v128.load(from), w, counts));
    a = f32x4.add(a, weighted(v128.load(from + plane), w, counts));
    o = f32x4.add(o, weighted(v128.load(from + 2 * plane), w, counts));
    sum = f32x4.add(sum, v128.and(w, counts));
  }
  const share = f32x4.div(f32x4.splat(1), sum);
  lit = f32x4.mul(l, share);
  all = f32x4.mul(a, share);
  open = f32x4.mul(o, share);
}

/** Whether anything is seen in any of four pixels in the cache. */
// @ts-ignore: decorator
@inline
function anySeen(at: usize): bool {
  return v128.any_true(f32x4.ne(cachedDepth(at), f32x4.splat(Infinity)));
}

/** Stores four pixels' occlusion behind the narrow filter, as far as they lie within `x1`. */
function storeNarrow(x: i32, y: i32, x1: i32): void {
  const to = narrowAt(x, y);
  const low = v128.shuffle<i32>(lit, all, 0, 4, 1, 5), high = v128.shuffle<i32>(lit, all, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i32>(low, open, 0, 1, 4, 4));
  if (x + 1 < x1) v128.store(to, v128.shuffle<i32>(low, open, 2, 3, 5, 5), 16);
  if (x + 2 < x1) v128.store(to, v128.shuffle<i32>(high, open, 0, 1, 6, 6), 32);
  if (x + 3 < x1) v128.store(to, v128.shuffle<i32>(high, open, 2, 3, 7, 7), 48);
}

/**
 * Averages occlusion over 5 × 5 pixels whose outermost count half, rows first: one full period of the 4 × 4 patterns,
 * which removes their pattern exactly where the surface goes on. Pixels off the plane or turned away do not count. What the
 * pixels need in shading is told on the way, from the same neighbours.
 */
export function filterTile(x0: i32, y0: i32, thread: i32): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, end);
  const cache = stackOf(thread);
  const any = cacheSurfaces(cache, x0, y0, y1, 2);
  classifyTile(x0, y0, x1, y1, cache, any);
  if (!any) return;
  if (isOpenAround(x0, y0)) {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) v128.store(narrowAt(x, y), unoccluded());
    return;
  }
  const tolerance = f32x4.splat(<f32>6 * pixelSide());
  for (let y = max(y0 - 2, first); y < min(y1 + 2, end); y++) {
    loadTraced(cache, x0, y);
    for (let x = x0; x < x1; x += 4) {
      const at = cachedAt(cache, x, y, x0, y0, 2), right = <usize>(x - x0) << 2;
      if (!anySeen(at)) continue;
      average(x, y, at, 1, 0, cache + TRACED + (BORDER << 2) + right, NUMBERS, 4, tolerance);
      const to = cache + AVERAGES + <usize>(y - y0 + 2) * AVERAGES_ROW + right;
      v128.store(to, lit);
      v128.store(to, all, AVERAGES_PLANE);
      v128.store(to, open, 2 * AVERAGES_PLANE);
    }
  }
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x += 4) {
      const at = cachedAt(cache, x, y, x0, y0, 2);
      if (!anySeen(at)) continue;
      const from = cache + AVERAGES + <usize>(y - y0 + 2) * AVERAGES_ROW + (<usize>(x - x0) << 2);
      average(x, y, at, 0, 1, from, AVERAGES_PLANE, <i32>AVERAGES_ROW, tolerance);
      storeNarrow(x, y, x1);
    }
  }
}

/** Step between the taps of the wide filter: the block of pixels that the narrow one has averaged. */
const WIDE: i32 = 4;
/** Rays of a pixel from which those of a 4 × 4 block do: shadows of small things then keep their edges. */
const ENOUGH: i32 = 8;

/**
 * Averages filtered occlusion over 3 × 3 blocks of 4 × 4 pixels whose outer ones count half: one full period of the
 * 8 × 8 patterns. Blocks whose occlusion differs have to count in full, or the period shows as stripes.
 */
export function filterWideTile(x0: i32, y0: i32, thread: i32): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, end);
  if (isOpenAround(x0, y0)) {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) store<u32>(pixelAt(x, y), 0xffffffff, G_OCCLUSION);
    return;
  }
  const cache = stackOf(thread);
  if (!cacheSurfaces(cache, x0, y0, y1, WIDE)) return;
  const tolerance = f32x4.splat(<f32>6 * pixelSide());
  const reach = load<i32>(HEADER + H_OCCLUSION_RAYS) < ENOUGH ? WIDE : 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x += 4) {
      const at = cachedAt(cache, x, y, x0, y0, WIDE);
      if (!anySeen(at)) continue;
      const seen = f32x4.ne(cachedDepth(at), f32x4.splat(Infinity));
      setPlanes(x, y, at);
      lit = all = open = weights = f32x4.splat(0);
      addNarrow(x, y, f32x4.splat(1), seen);
      for (let dy = -reach; dy <= reach; dy += WIDE) {
        for (let dx = -reach; dx <= reach; dx += WIDE) {
          if ((dx | dy) == 0) continue;
          const other = at + dy * <i32>CACHE_ROW + (dx << 2);
          const turn = cachedCosine(at, other);
          // Also where there is nothing: the error of an infinite depth is infinite.
          const counts = v128.and(
            f32x4.le(planeErrors(dx, dy, cachedDepth(other)), tolerance), f32x4.ge(turn, f32x4.splat(0.9)),
          );
          if (!v128.any_true(counts)) continue;
          const share = f32x4.mul(f32x4.splat(dx == 0 || dy == 0 ? <f32>0.5 : <f32>0.25), f32x4.sub(turn, f32x4.splat(0.9)));
          addNarrow(x + dx, y + dy, f32x4.mul(share, f32x4.splat(10)), counts);
        }
      }
      storeShares(x, y, i32x4.bitmask(seen));
    }
  }
}

/** Adds what the narrow filter left in the four pixels from (x, y) on. */
// @ts-ignore: decorator
@inline
function addNarrow(x: i32, y: i32, weight: v128, counts: v128): void {
  const last = load<i32>(HEADER + H_WIDTH) - 1;
  const a = v128.load(narrowAt(x, y)), b = v128.load(narrowAt(min(x + 1, last), y));
  const c = v128.load(narrowAt(min(x + 2, last), y)), d = v128.load(narrowAt(min(x + 3, last), y));
  lit = f32x4.add(lit, weighted(firsts(a, b, c, d), weight, counts));
  all = f32x4.add(all, weighted(seconds(a, b, c, d), weight, counts));
  open = f32x4.add(open, weighted(thirds(a, b, c, d), weight, counts));
  weights = f32x4.add(weights, v128.and(weight, counts));
}

/** Shares in [0, 1] as integers up to 65,535. */
// @ts-ignore: decorator
@inline
function packed(shares: v128): v128 {
  const s = f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), shares));
  return i32x4.trunc_sat_f32x4_u(f32x4.add(f32x4.mul(s, f32x4.splat(65535)), f32x4.splat(0.5)));
}

/** Stores the shares of light and of directions that reach four pixels, of those in `mask`. */
function storeShares(x: i32, y: i32, mask: i32): void {
  const light = v128.bitselect(f32x4.div(lit, all), f32x4.splat(1), f32x4.gt(all, f32x4.splat(0)));
  const shares = v128.or(packed(light), i32x4.shl(packed(f32x4.div(open, weights)), 16));
  const to = pixelAt(x, y);
  if (mask & 1) store<u32>(to, i32x4.extract_lane(shares, 0), G_OCCLUSION);
  if (mask & 2) store<u32>(to + G_BYTES, i32x4.extract_lane(shares, 1), G_OCCLUSION);
  if (mask & 4) store<u32>(to + 2 * G_BYTES, i32x4.extract_lane(shares, 2), G_OCCLUSION);
  if (mask & 8) store<u32>(to + 3 * G_BYTES, i32x4.extract_lane(shares, 3), G_OCCLUSION);
}
