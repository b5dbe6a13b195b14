// Which pixels need all of their samples.

import { pixelSide } from './camera';
import { interiorAt, MIXED, pixelAt, planeError, POROUS, setPlane } from './gbuffer';
import { GROUND_MATERIAL } from './ground';
import {
  G_SURFACE, GROUND_REFLECTIVE, H_BAND_FIRST, H_BAND_ROWS, H_GROUND, H_WIDTH, HEADER, PIXEL_EDGE, PIXEL_EMPTY,
  PIXEL_INTERIOR,
} from './layout';
import { dot } from './vec';

/** Least cosine between the normals of neighbouring pixels on one smooth surface. */
const SMOOTH: f32 = 0.85;

/**
 * Tells what each pixel of a tile needs. `cache` holds normals and depths (fourth lane) of the tile with a border of two
 * pixels, rows of `side`; `any` is false where none of them shows anything.
 */
export function classifyTile(x0: i32, y0: i32, x1: i32, y1: i32, cache: usize, side: i32, any: bool): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  if (!any && allClear(max(x0 - 1, 0), max(y0 - 1, first), min(x1 + 1, width), min(y1 + 1, end))) {
    for (let y = y0; y < y1; y++) memory.fill(interiorAt(x0, y), <u8>PIXEL_EMPTY, <usize>(x1 - x0));
    return;
  }
  const tolerance = <f32>6 * pixelSide();
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const center = cache + (<usize>((y - y0 + 2) * side + x - x0 + 2) << 4);
      store<u8>(interiorAt(x, y), <u8>needOf(x, y, center, side, width, first, end, tolerance));
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

/** Whether this pixel and all around it show one smooth opaque surface, so that one sample does. */
function needOf(x: i32, y: i32, center: usize, side: i32, width: i32, first: i32, end: i32, tolerance: f32): i32 {
  const surface = load<u32>(pixelAt(x, y), G_SURFACE);
  if (surface & MIXED) return PIXEL_EDGE;
  // What the ground mirrors has edges of its own.
  if (surface == GROUND_MATERIAL && load<i32>(HEADER + H_GROUND) == GROUND_REFLECTIVE) return PIXEL_EDGE;
  const n = v128.load(center), depth = f32x4.extract_lane(n, 3);
  const empty = depth == Infinity;
  if (!empty) setPlane(<f32>x + <f32>0.5, <f32>y + <f32>0.5, depth, n);
  for (let dy = -1; dy <= 1; dy++) {
    if (y + dy < first || y + dy >= end) continue;
    for (let dx = -1; dx <= 1; dx++) {
      if (<u32>(x + dx) >= <u32>width) continue;
      if (load<u32>(pixelAt(x + dx, y + dy), G_SURFACE) != surface) return PIXEL_EDGE;
      if (empty) continue;
      const m = v128.load(center + (dy * side + dx) * 16);
      if (planeError(<f32>dx, <f32>dy, f32x4.extract_lane(m, 3)) > tolerance || dot(n, m) < SMOOTH) return PIXEL_EDGE;
    }
  }
  return empty && !(surface & POROUS) ? PIXEL_EMPTY : PIXEL_INTERIOR;
}
