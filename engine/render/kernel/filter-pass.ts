// Second and third pass: occlusion without its sampling pattern.

import { HEADER, H_WIDTH, H_BAND_FIRST, H_BAND_ROWS, H_OCCLUSION_RAYS, TILE, G_NORMAL, G_OCCLUSION, OCCLUSION_BYTES } from './layout';
import { stackOf } from './scratch';
import { dot, madd, scale, unpackNormal, Z } from './vec';
import { classifyTile } from './interior';
import { litShareOf, unoccluded } from './occlusion';
import { pixelSide } from './camera';
import { isOpenAround, narrowAt, packShares, pixelAt, planeError, setPlane, tracedAt } from './gbuffer';

/** Side of a tile with the two border pixels that the narrow filter looks at. */
const FILTER_SIDE: i32 = TILE + 4;

/**
 * Unpacks normals and depths (fourth lane; infinite where nothing is seen) of a tile with `border` pixels around it into
 * rows of `side`: each is looked at several times. Returns whether anything is seen.
 */
function cacheSurfaces(cache: usize, x0: i32, y0: i32, x1: i32, y1: i32, border: i32, side: i32): bool {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  let any = false;
  for (let y = y0 - border; y < y1 + border; y++) {
    for (let x = x0 - border; x < x1 + border; x++) {
      let value = f32x4.splat(Infinity);
      if (<u32>x < <u32>width && y >= first && y < end) {
        const g = pixelAt(x, y);
        if (load<f32>(g) != Infinity) {
          value = f32x4.replace_lane(unpackNormal(load<u32>(g, G_NORMAL)), 3, load<f32>(g));
          any = true;
        }
      }
      v128.store(cache + (<usize>((y - y0 + border) * side + x - x0 + border) << 4), value);
    }
  }
  return any;
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
  const any = cacheSurfaces(cache, x0, y0, x1, y1, 2, FILTER_SIDE);
  classifyTile(x0, y0, x1, y1, cache, FILTER_SIDE, any);
  if (!any) return;
  if (isOpenAround(x0, y0)) {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) v128.store(narrowAt(x, y), unoccluded());
    return;
  }
  // Along rows, into the scratch memory behind the cache, then along columns.
  const rows = cache + (FILTER_SIDE * FILTER_SIDE << 4);
  const tolerance = <f32>6 * pixelSide();
  for (let y = max(y0 - 2, first); y < min(y1 + 2, end); y++) {
    for (let x = x0; x < x1; x++) {
      const center = cache + (<usize>((y - y0 + 2) * FILTER_SIDE + x - x0 + 2) << 4);
      if (load<f32>(center, 12) == Infinity) continue;
      v128.store(rows + (<usize>((y - y0 + 2) * TILE + x - x0) << 4), average(x, y, center, 1, 0, tracedAt(x, y), OCCLUSION_BYTES, tolerance));
    }
  }
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const center = cache + (<usize>((y - y0 + 2) * FILTER_SIDE + x - x0 + 2) << 4);
      if (load<f32>(center, 12) == Infinity) continue;
      v128.store(narrowAt(x, y), average(x, y, center, 0, 1, rows + (<usize>((y - y0 + 2) * TILE + x - x0) << 4), TILE * OCCLUSION_BYTES, tolerance));
    }
  }
}

/**
 * Mean of five values in a row or column about a pixel, the outermost half, of those on its surface. `center` is its
 * place in the cache, `value` that of its own value, `step` the way to the next.
 */
// @ts-ignore: decorator
@inline
function average(x: i32, y: i32, center: usize, right: i32, down: i32, value: usize, step: i32, tolerance: f32): v128 {
  const n = v128.load(center);
  setPlane(<f32>x + <f32>0.5, <f32>y + <f32>0.5, f32x4.extract_lane(n, 3), n);
  let sum = v128.load(value);
  let weights: f32 = 1;
  for (let i = -2; i <= 2; i++) {
    if (i == 0) continue;
    const m = v128.load(center + i * (right + down * FILTER_SIDE) * 16), d = f32x4.extract_lane(m, 3);
    // Also where there is nothing: the error of an infinite depth is infinite.
    if (!(planeError(<f32>(i * right), <f32>(i * down), d) <= tolerance)) continue;
    const turn = dot(n, m);
    if (turn < <f32>0.8) continue;
    const w = (turn - <f32>0.8) * (i == 2 || i == -2 ? <f32>2.5 : <f32>5);
    sum = madd(sum, v128.load(value + i * step), w);
    weights += w;
  }
  return scale(sum, <f32>1 / weights);
}

/** Step between the taps of the wide filter: the block of pixels that the narrow one has averaged. */
const WIDE: i32 = 4;
/** Side of a tile with as many pixels around it. */
const WIDE_SIDE: i32 = TILE + 2 * WIDE;
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
  cacheSurfaces(cache, x0, y0, x1, y1, WIDE, WIDE_SIDE);
  const tolerance = <f32>6 * pixelSide();
  const reach = load<i32>(HEADER + H_OCCLUSION_RAYS) < ENOUGH ? WIDE : 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const center = cache + (<usize>((y - y0 + WIDE) * WIDE_SIDE + x - x0 + WIDE) << 4);
      const n = v128.load(center), depth = f32x4.extract_lane(n, 3);
      if (depth == Infinity) continue;
      setPlane(<f32>x + <f32>0.5, <f32>y + <f32>0.5, depth, n);
      let sum = v128.load(narrowAt(x, y));
      let weights: f32 = 1;
      for (let dy = -reach; dy <= reach; dy += WIDE) {
        for (let dx = -reach; dx <= reach; dx += WIDE) {
          if ((dx | dy) == 0) continue;
          const m = v128.load(center + (dy * WIDE_SIDE + dx) * 16);
          // Also where there is nothing: the error of an infinite depth is infinite.
          if (!(planeError(<f32>dx, <f32>dy, f32x4.extract_lane(m, 3)) <= tolerance)) continue;
          const turn = dot(n, m);
          if (turn < <f32>0.9) continue;
          const w = (dx == 0 || dy == 0 ? <f32>0.5 : <f32>0.25) * (turn - <f32>0.9) * 10;
          sum = madd(sum, v128.load(narrowAt(x + dx, y + dy)), w);
          weights += w;
        }
      }
      store<u32>(pixelAt(x, y), packShares(litShareOf(sum), Z(sum) / weights), G_OCCLUSION);
    }
  }
}
