// Which pixels need all of their samples.

import { pixelSide } from './camera';
import { interiorAt, MIXED, pixelAt, POROUS } from './gbuffer';
import { GROUND_MATERIAL } from './ground';
import {
  G_SURFACE, GROUND_REFLECTIVE, H_BAND_FIRST, H_BAND_ROWS, H_GROUND, H_LIGHT_COUNT, H_SAMPLES, H_WIDTH, HEADER,
  PIXEL_BESIDE, PIXEL_CORNERS_SHIFT, PIXEL_EDGE, PIXEL_EMPTY, PIXEL_INTERIOR,
} from './layout';
import {
  CACHE_ROW, cachedAt, cachedCosine, cachedDepth, cachedSurface, OUTSIDE, planeErrors, setPlanes,
} from './surface-cache';

/** Least cosine between the normals of neighbouring pixels on one smooth surface. */
const SMOOTH: f32 = 0.85;

/**
 * Tells what each pixel of a tile needs. `cache` holds what the tile shows with a border of two pixels; `any` is false
 * where none of them shows anything.
 */
export function classifyTile(x0: i32, y0: i32, x1: i32, y1: i32, cache: usize, any: bool): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  if (!any && allClear(max(x0 - 1, 0), max(y0 - 1, first), min(x1 + 1, width), min(y1 + 1, end))) {
    for (let y = y0; y < y1; y++) memory.fill(interiorAt(x0, y), <u8>PIXEL_EMPTY, <usize>(x1 - x0));
    return;
  }
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x += 4) {
      const needs = needsOf(x, y, cachedAt(cache, x, y, x0, y0, 2));
      const to = interiorAt(x, y);
      store<u8>(to, <u8>i32x4.extract_lane(needs, 0));
      if (x + 1 < x1) store<u8>(to, <u8>i32x4.extract_lane(needs, 1), 1);
      if (x + 2 < x1) store<u8>(to, <u8>i32x4.extract_lane(needs, 2), 2);
      if (x + 3 < x1) store<u8>(to, <u8>i32x4.extract_lane(needs, 3), 3);
    }
  }
}

/** Whether rays meet nothing in a range of pixels, not even what is porous. */
function allClear(x0: i32, y0: i32, x1: i32, y1: i32): bool {
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) if (load<u32>(pixelAt(x, y), G_SURFACE)) return false;
  }
  return true;
}

/** The corners of a pixel that the one at (dx, dy) from it shares: a bit each, rows first. */
// @ts-ignore: decorator
@inline
function cornersTowards(dx: i32, dy: i32): i32 {
  return (dx < 0 ? 5 : dx > 0 ? 10 : 15) & (dy < 0 ? 3 : dy > 0 ? 12 : 15);
}

/** Which of four surfaces have a bit. */
// @ts-ignore: decorator
@inline
function has(surfaces: v128, bit: u32): v128 {
  return i32x4.ne(v128.and(surfaces, i32x4.splat(bit)), i32x4.splat(0));
}

/** Whether corners are not looked at. */
// @ts-ignore: decorator
@inline
function settled(): bool {
  return load<i32>(HEADER + H_LIGHT_COUNT) != 0 || load<i32>(HEADER + H_SAMPLES) < 8;
}

/** What the four pixels from (x, y) on need: whether they and all around them show one smooth opaque surface. */
function needsOf(x: i32, y: i32, at: usize): v128 {
  const surface = cachedSurface(at);
  let mixed = has(surface, MIXED);
  // What the ground mirrors has edges of its own.
  if (load<i32>(HEADER + H_GROUND) == GROUND_REFLECTIVE) {
    mixed = v128.or(mixed, i32x4.eq(surface, i32x4.splat(GROUND_MATERIAL)));
  }
  // Shadows of lights have edges of their own, too; few samples are not worth the corners.
  let edge = i32x4.splat(0), corners = i32x4.splat(PIXEL_BESIDE), thin = i32x4.splat(settled() ? -1 : 0);
  const empty = f32x4.eq(cachedDepth(at), f32x4.splat(Infinity));
  const tolerance = f32x4.splat(<f32>6 * pixelSide());
  setPlanes(x, y, at);
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if ((dx | dy) == 0) continue;
      const other = at + dy * <i32>CACHE_ROW + (dx << 2);
      const s = cachedSurface(other);
      const off = f32x4.gt(planeErrors(dx, dy, cachedDepth(other)), tolerance);
      const bent = f32x4.lt(cachedCosine(at, other), f32x4.splat(SMOOTH));
      let differs = v128.or(i32x4.ne(s, surface), v128.andnot(v128.or(off, bent), empty));
      differs = v128.andnot(differs, i32x4.eq(s, i32x4.splat(OUTSIDE)));
      if (!v128.any_true(differs)) continue;
      edge = v128.or(edge, differs);
      corners = v128.or(corners, v128.and(differs, i32x4.splat(cornersTowards(dx, dy) << PIXEL_CORNERS_SHIFT)));
      const beyond = goesOn(at, other + dy * <i32>CACHE_ROW + (dx << 2), dx << 1, dy << 1, tolerance);
      thin = v128.or(thin, v128.and(differs, v128.or(beyond, has(s, MIXED))));
    }
  }
  const clear = v128.andnot(empty, has(surface, POROUS));
  const rough = v128.or(mixed, v128.or(thin, has(surface, POROUS)));
  return v128.bitselect(
    v128.bitselect(i32x4.splat(PIXEL_EDGE), corners, rough),
    v128.bitselect(i32x4.splat(PIXEL_EMPTY), i32x4.splat(PIXEL_INTERIOR), clear),
    v128.or(edge, mixed),
  );
}

/**
 * Whether four pixels' surfaces go on at (dx, dy) from them, cached at `other`: what lies between is then thinner than
 * two pixels, and may cross a pixel without any of its corners.
 */
// @ts-ignore: decorator
@inline
function goesOn(at: usize, other: usize, dx: i32, dy: i32, tolerance: v128): v128 {
  const depth = cachedDepth(other);
  const smooth = v128.and(
    f32x4.le(planeErrors(dx, dy, depth), tolerance), f32x4.ge(cachedCosine(at, other), f32x4.splat(SMOOTH)),
  );
  return v128.and(
    i32x4.eq(cachedSurface(other), cachedSurface(at)), v128.or(smooth, f32x4.eq(depth, f32x4.splat(Infinity))),
  );
}
