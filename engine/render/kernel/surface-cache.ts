// What the pixels of a tile and those around it show, laid out so that four neighbours in a row are looked at at once:
// the filters and the classification look at each of them many times.

import { isOrthographic, pixelDown, pixelRight } from './camera';
import { placeOnPlane, planeX, planeY, planeZ } from './camera-four';
import { dots, firsts, seconds, steps, thirds } from './four';
import { pixelAt } from './gbuffer';
import {
  G_BYTES, H_BAND_FIRST, H_BAND_ROWS, H_CAMERA_FORWARD, H_WIDTH, HEADER, TILE,
} from './layout';
import { X, Y, Z } from './vec';

/** Pixels that are kept to the left and to the right of a tile; the most above and below it. */
export const BORDER: i32 = 4;
/** Bytes of a row, and of one number of all pixels. */
export const CACHE_ROW: usize = (TILE + 2 * BORDER) << 2;
const PLANE: usize = CACHE_ROW * (TILE + 2 * BORDER);

// Unit normal, depth (f32; infinite where nothing is seen) and surface of each pixel, as the G-buffer has it.
const NORMAL_X: usize = 0;
const NORMAL_Y: usize = PLANE;
const NORMAL_Z: usize = 2 * PLANE;
const DEPTH: usize = 3 * PLANE;
const SURFACE: usize = 4 * PLANE;
/** Where free memory begins behind the cache once nobody asks for surfaces any more. */
export const BEHIND_DEPTHS: usize = SURFACE;

/** Surface of what lies outside of the picture. */
export const OUTSIDE: u32 = 0x80000000;

/** Place in the cache of the pixel (x, y) of a tile that begins at (x0, y0), with `border` rows above it. */
// @ts-ignore: decorator
@inline
export function cachedAt(cache: usize, x: i32, y: i32, x0: i32, y0: i32, border: i32): usize {
  return cache + <usize>(y - y0 + border) * CACHE_ROW + (<usize>(x - x0 + BORDER) << 2);
}

// @ts-ignore: decorator
@inline
export function cachedDepth(at: usize): v128 {
  return v128.load(at, DEPTH);
}
// @ts-ignore: decorator
@inline
export function cachedSurface(at: usize): v128 {
  return v128.load(at, SURFACE);
}

/** Cosines between the normals of four pixels and those of four others. */
// @ts-ignore: decorator
@inline
export function cachedCosine(at: usize, other: usize): v128 {
  return dots(
    v128.load(at, NORMAL_X), v128.load(at, NORMAL_Y), v128.load(at, NORMAL_Z),
    v128.load(other, NORMAL_X), v128.load(other, NORMAL_Y), v128.load(other, NORMAL_Z),
  );
}

// @ts-ignore: decorator
@inline
function signed(x: v128): v128 {
  return v128.bitselect(f32x4.splat(1), f32x4.splat(-1), f32x4.ge(x, f32x4.splat(0)));
}

/** Stores four packed normals as `unpackNormal` reads them. */
// @ts-ignore: decorator
@inline
function storeNormals(at: usize, packed: v128): void {
  const one = f32x4.splat(1), k = f32x4.splat(<f32>(1.0 / 32767.0));
  const ox = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(packed, 16), 16)), k);
  const oy = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(packed, 16)), k);
  const ax = f32x4.abs(ox), ay = f32x4.abs(oy);
  const z = f32x4.sub(f32x4.sub(one, ax), ay), lower = f32x4.lt(z, f32x4.splat(0));
  const x = v128.bitselect(f32x4.mul(f32x4.sub(one, ay), signed(ox)), ox, lower);
  const y = v128.bitselect(f32x4.mul(f32x4.sub(one, ax), signed(oy)), oy, lower);
  const unit = f32x4.div(one, f32x4.sqrt(dots(x, y, z, x, y, z)));
  v128.store(at, f32x4.mul(x, unit), NORMAL_X);
  v128.store(at, f32x4.mul(y, unit), NORMAL_Y);
  v128.store(at, f32x4.mul(z, unit), NORMAL_Z);
}

/** Fills the cache with a tile and `border` rows above and below it. Returns whether anything is seen. */
export function cacheSurfaces(cache: usize, x0: i32, y0: i32, y1: i32, border: i32): bool {
  const width = load<i32>(HEADER + H_WIDTH), last = width - 1;
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  const nothing = f32x4.splat(Infinity);
  let seen = i32x4.splat(0), at = cache;
  for (let y = y0 - border; y < y1 + border; y++) {
    const outside = y < first || y >= end;
    const row = outside ? <usize>0 : pixelAt(0, y);
    for (let x = x0 - BORDER; x < x0 + TILE + BORDER; x += 4, at += 16) {
      if (outside || x < 0 || x > last) {
        v128.store(at, nothing, DEPTH);
        v128.store(at, i32x4.splat(OUTSIDE), SURFACE);
        continue;
      }
      const a = v128.load(row + <usize>x * G_BYTES), b = v128.load(row + <usize>min(x + 1, last) * G_BYTES);
      const c = v128.load(row + <usize>min(x + 2, last) * G_BYTES), d = v128.load(row + <usize>min(x + 3, last) * G_BYTES);
      const inside = i32x4.le_s(steps(), i32x4.splat(last - x));
      const depth = v128.bitselect(firsts(a, b, c, d), nothing, inside);
      storeNormals(at, seconds(a, b, c, d));
      v128.store(at, depth, DEPTH);
      v128.store(at, v128.bitselect(thirds(a, b, c, d), i32x4.splat(OUTSIDE), inside), SURFACE);
      seen = v128.or(seen, f32x4.ne(depth, nothing));
    }
  }
  return v128.any_true(seen);
}

// The planes through four pixels, as `setPlane` in gbuffer.ts has one.
export let planeValues: v128 = f32x4.splat(0);
export let slopesX: v128 = f32x4.splat(0);
export let slopesY: v128 = f32x4.splat(0);

/** Remembers the planes of the four pixels from (x, y) on, which are cached at `at`. */
export function setPlanes(x: i32, y: i32, at: usize): void {
  const right = pixelRight(), down = pixelDown();
  const nx = v128.load(at, NORMAL_X), ny = v128.load(at, NORMAL_Y), nz = v128.load(at, NORMAL_Z);
  const depth = v128.load(at, DEPTH), parallel = isOrthographic();
  let facing: v128;
  if (parallel) {
    const d = v128.load(HEADER + H_CAMERA_FORWARD);
    facing = dots(nx, ny, nz, f32x4.splat(X(d)), f32x4.splat(Y(d)), f32x4.splat(Z(d)));
  } else {
    const px = f32x4.add(f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(x), steps())), f32x4.splat(0.5));
    placeOnPlane(px, f32x4.splat(<f32>y + <f32>0.5));
    facing = dots(nx, ny, nz, planeX, planeY, planeZ);
  }
  const least = v128.bitselect(f32x4.splat(-1e-6), f32x4.splat(1e-6), f32x4.lt(facing, f32x4.splat(0)));
  facing = v128.bitselect(facing, least, f32x4.gt(f32x4.abs(facing), f32x4.splat(1e-6)));
  const k = parallel ? f32x4.div(f32x4.splat(-1), facing) : f32x4.div(f32x4.splat(1), f32x4.mul(facing, depth));
  planeValues = parallel ? depth : f32x4.div(f32x4.splat(1), depth);
  slopesX = f32x4.mul(dots(nx, ny, nz, f32x4.splat(X(right)), f32x4.splat(Y(right)), f32x4.splat(Z(right))), k);
  slopesY = f32x4.mul(dots(nx, ny, nz, f32x4.splat(X(down)), f32x4.splat(Y(down)), f32x4.splat(Z(down))), k);
}

/** Errors as `planeError` in gbuffer.ts has them, for depths seen (dx, dy) pixels from the four. */
// @ts-ignore: decorator
@inline
export function planeErrors(dx: i32, dy: i32, depth: v128): v128 {
  const expected = f32x4.add(
    f32x4.add(planeValues, f32x4.mul(slopesX, f32x4.splat(<f32>dx))), f32x4.mul(slopesY, f32x4.splat(<f32>dy)),
  );
  return f32x4.abs(isOrthographic() ? f32x4.sub(expected, depth) : f32x4.sub(f32x4.mul(expected, depth), f32x4.splat(1)));
}
