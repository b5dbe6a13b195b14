// Which pixels need all of their samples.

import { pixelSide } from './camera';
import { interiorAt, MIXED, pixelAt, POROUS } from './gbuffer';
import { GROUND_MATERIAL } from './ground';
import {
  G_SURFACE, GROUND_REFLECTIVE, H_BAND_FIRST, H_BAND_ROWS, H_GROUND, H_WIDTH, HEADER, PIXEL_EDGE, PIXEL_EMPTY,
  PIXEL_INTERIOR,
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

/** Which of four surfaces have a bit. */
// @ts-ignore: decorator
@inline
function has(surfaces: v128, bit: u32): v128 {
  return i32x4.ne(v128.and(surfaces, i32x4.splat(bit)), i32x4.splat(0));
}

/** What the four pixels from (x, y) on need: whether they and all around them show one smooth opaque surface. */
function needsOf(x: i32, y: i32, at: usize): v128 {
  const surface = cachedSurface(at);
  let edge = has(surface, MIXED);
  // What the ground mirrors has edges of its own.
  if (load<i32>(HEADER + H_GROUND) == GROUND_REFLECTIVE) {
    edge = v128.or(edge, i32x4.eq(surface, i32x4.splat(GROUND_MATERIAL)));
  }
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
      const differs = v128.or(i32x4.ne(s, surface), v128.andnot(v128.or(off, bent), empty));
      edge = v128.or(edge, v128.andnot(differs, i32x4.eq(s, i32x4.splat(OUTSIDE))));
    }
  }
  const clear = v128.andnot(empty, has(surface, POROUS));
  return v128.bitselect(
    i32x4.splat(PIXEL_EDGE), v128.bitselect(i32x4.splat(PIXEL_EMPTY), i32x4.splat(PIXEL_INTERIOR), clear), edge,
  );
}
