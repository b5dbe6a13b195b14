// Buffers of the band being rendered: what each pixel's centre sees, and its occlusion before and after filtering.

import { isOrthographic, pixelRight, pixelDown, planeDirection } from './camera';
import {
  G_BYTES, G_NORMAL, G_SURFACE, H_BAND_FIRST, H_BAND_ROWS, H_GBUFFER, H_HITS, H_INTERIOR, H_OCCLUSION,
  H_OCCLUSION_NARROW, H_OPEN_TILES, H_WIDTH, HEADER, HIT_BYTES, OCCLUSION_BYTES, TILE,
} from './layout';
import { tileColumns } from './tiles';
import { dot } from './vec';

// A pixel's surface is its signature with two flags on top: material of what is seen, plus 1; where porous surfaces lie
// before it, a hash of the whole sequence. 0: nothing is seen.
export const SIGNATURE: u32 = 0x3fffffff;
/** Bit of a pixel's surface: something porous lies before or at it. */
export const POROUS: u32 = 0x80000000;
/** Bit of a pixel's surface: rays off the pixel's centre meet something else. */
export const MIXED: u32 = 0x40000000;

// @ts-ignore: decorator
@inline
export function pixelAt(x: i32, y: i32): usize {
  return <usize>load<u32>(HEADER + H_GBUFFER)
    + <usize>((y - load<i32>(HEADER + H_BAND_FIRST)) * load<i32>(HEADER + H_WIDTH) + x) * G_BYTES;
}

// @ts-ignore: decorator
@inline
function placeOf(x: i32, y: i32): usize {
  return <usize>((y - load<i32>(HEADER + H_BAND_FIRST)) * load<i32>(HEADER + H_WIDTH) + x);
}

/** Hit of a pixel's centre. */
// @ts-ignore: decorator
@inline
export function hitAt(x: i32, y: i32): usize {
  return <usize>load<u32>(HEADER + H_HITS) + placeOf(x, y) * HIT_BYTES;
}

/** Whether nothing blocks any light in the tile that begins at (x, y). */
// @ts-ignore: decorator
@inline
export function openTileAt(x: i32, y: i32): usize {
  const columns = tileColumns();
  return <usize>load<u32>(HEADER + H_OPEN_TILES) + <usize>(((y - load<i32>(HEADER + H_BAND_FIRST)) / TILE) * columns + x / TILE);
}

/** The same for the tile and all around it. */
export function isOpenAround(x0: i32, y0: i32): bool {
  const width = load<i32>(HEADER + H_WIDTH), first = load<i32>(HEADER + H_BAND_FIRST);
  const end = first + load<i32>(HEADER + H_BAND_ROWS);
  for (let y = max(y0 - TILE, first); y <= y0 + TILE && y < end; y += TILE) {
    for (let x = max(x0 - TILE, 0); x <= x0 + TILE && x < width; x += TILE) if (!load<u8>(openTileAt(x, y))) return false;
  }
  return true;
}

/** What a pixel needs: `PIXEL_EDGE`, `PIXEL_INTERIOR` or `PIXEL_EMPTY`. */
// @ts-ignore: decorator
@inline
export function interiorAt(x: i32, y: i32): usize {
  return <usize>load<u32>(HEADER + H_INTERIOR) + placeOf(x, y);
}

/** Occlusion of a pixel as it was traced. */
// @ts-ignore: decorator
@inline
export function tracedAt(x: i32, y: i32): usize {
  return <usize>load<u32>(HEADER + H_OCCLUSION) + placeOf(x, y) * OCCLUSION_BYTES;
}

/** Occlusion of a pixel as the narrow filter leaves it. */
// @ts-ignore: decorator
@inline
export function narrowAt(x: i32, y: i32): usize {
  return <usize>load<u32>(HEADER + H_OCCLUSION_NARROW) + placeOf(x, y) * OCCLUSION_BYTES;
}

// Inverse depth of a plane is linear in image coordinates, with parallel rays depth itself is: value at the reference
// point and slopes.
let planeValue: f32 = 0;
let slopeX: f32 = 0;
let slopeY: f32 = 0;
let parallel: bool = false;

/** Remembers the plane through image position (x, y) at `depth` with normal `n`. */
export function setPlane(x: f32, y: f32, depth: f32, n: v128): void {
  const nd = dot(n, planeDirection(x, y));
  const facing = abs<f32>(nd) > 1e-6 ? nd : nd < 0 ? <f32>-1e-6 : <f32>1e-6;
  parallel = isOrthographic();
  const k = parallel ? <f32>-1 / facing : <f32>1 / (facing * depth);
  planeValue = parallel ? depth : <f32>1 / depth;
  slopeX = dot(n, pixelRight()) * k;
  slopeY = dot(n, pixelDown()) * k;
}

/**
 * Distance in depth between a point seen (dx, dy) pixels away and the remembered plane: relative, or absolute with
 * parallel rays. Comparable to `pixelSide` in both cases.
 */
// @ts-ignore: decorator
@inline
export function planeError(dx: f32, dy: f32, depth: f32): f32 {
  const expected = planeValue + slopeX * dx + slopeY * dy;
  return parallel ? abs<f32>(expected - depth) : abs<f32>(expected * depth - <f32>1);
}

/** Whether two places, given by normals with distances as fourth lanes, may lie on one smooth surface within a pixel. */
// @ts-ignore: decorator
@inline
export function alike(n: v128, m: v128): bool {
  const t = f32x4.extract_lane(n, 3);
  return dot(n, m) > <f32>0.93 && abs<f32>(f32x4.extract_lane(m, 3) - t) < <f32>0.006 * t;
}

// @ts-ignore: decorator
@inline
export function storePixel(g: usize, depth: f32, normal: u32, surface: u32): void {
  store<f32>(g, depth);
  store<u32>(g, normal, G_NORMAL);
  store<u32>(g, surface, G_SURFACE);
}
