// Splats of a tile, laid over one another from front to back.

import { pinholeRay, rayDirection, rayLength, rayOrigin } from './camera';
import {
  H_HEIGHT, H_PASS_SURFACE, H_SPLAT_ENTRIES, H_SPLAT_HIDDEN, H_SPLAT_TILES, H_WIDTH, HEADER, TILE,
} from './layout';
import { BEHIND, FRONT, PLANE, SPLAT_DEPTHS, writeSplatTile } from './splat-output';
import { LEAST, V_CONIC, V_DEPTH, V_MEAN, V_OPACITY, V_RGB, viewAt } from './splat-view';
import { closest, hitT } from './traverse';
import { X, Y, Z } from './vec';

/** Share of light from behind below which a pixel is done. */
const DONE: f32 = 0.0001;

/** Depth of the surface in each pixel of a tile, behind the traversal stack. */
const DEPTHS: usize = 4608;

/** e to the power of four numbers in [−87, 0], to about 2·10⁻⁶. */
// @ts-ignore: decorator
@inline
function exp4(p: v128): v128 {
  const y = f32x4.mul(p, f32x4.splat(1.4426950408889634));
  const whole = f32x4.floor(y);
  const f = f32x4.sub(y, whole);
  let r = f32x4.splat(0.0013333558);
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.0096181291));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.0555041087));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.2402265070));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.6931471806));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(1));
  const bits = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(r, bits);
}

/** Lays a splat over the four pixels from (x, y) on; `lanes` says which count. */
// @ts-ignore: decorator
@inline
function blend(at: usize, alpha: v128, lanes: v128, v: usize): void {
  const through = v128.load(at);
  const a = v128.and(alpha, lanes);
  const w = f32x4.mul(through, a);
  v128.store(at, f32x4.sub(through, w));
  v128.store(at, f32x4.add(v128.load(at, PLANE), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB)))), PLANE);
  v128.store(at, f32x4.add(v128.load(at, PLANE * 2), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB + 4)))), PLANE * 2);
  v128.store(at, f32x4.add(v128.load(at, PLANE * 3), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB + 8)))), PLANE * 3);
}

/** Notes the depth of the splat at which half of the light is stopped; `before`: what passed the splats nearer than it. */
// @ts-ignore: decorator
@inline
function noteDepth(scratch: usize, o: usize, before: v128, depth: v128): void {
  const half = f32x4.splat(0.5);
  const crossed = v128.and(f32x4.gt(before, half), f32x4.le(v128.load(scratch + FRONT + o), half));
  v128.store(scratch + SPLAT_DEPTHS + o, v128.bitselect(depth, v128.load(scratch + SPLAT_DEPTHS + o), crossed));
}

/** Whether all pixels of the tile are hidden by what is laid over them already. */
function isDone(scratch: usize): bool {
  for (let i: usize = 0; i < 1024; i += 16) {
    if (v128.any_true(f32x4.gt(v128.load(scratch + FRONT + i), f32x4.splat(DONE)))) return false;
  }
  return true;
}

/** Lays the splats of a tile over one another, before and behind the surface, and puts them into the picture. */
export function drawSplatTile(tile: i32, x0: i32, y0: i32, scratch: usize): void {
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES) + (<usize>tile << 2);
  const first = tile == 0 ? 0 : load<i32>(tiles - 4), end = load<i32>(tiles);
  if (first == end) return;
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const hidden = load<i32>(HEADER + H_SPLAT_HIDDEN) != 0;
  for (let i: usize = 0; i < 256; i++) {
    let depth: f32 = Infinity;
    const x = x0 + (<i32>i & 15), y = y0 + (<i32>i >> 4);
    if (hidden && x < width && y < height) {
      pinholeRay(<f32>x + 0.5, <f32>y + 0.5);
      const o = rayOrigin, d = rayDirection;
      if (closest(scratch, X(o), Y(o), Z(o), X(d), Y(d), Z(d), 0, 1e30)) depth = hitT / rayLength;
    }
    store<f32>(scratch + DEPTHS + (i << 2), depth);
  }
  memory.fill(scratch + FRONT, 0, PLANE * 8);
  for (let i: usize = 0; i < 1024; i += 16) {
    v128.store(scratch + FRONT + i, f32x4.splat(1));
    v128.store(scratch + BEHIND + i, f32x4.splat(1));
    // In the place of the traversal stack, which has done its work here.
    v128.store(scratch + SPLAT_DEPTHS + i, f32x4.splat(Infinity));
  }
  const measures = load<u32>(HEADER + H_PASS_SURFACE) != 0;
  const entries = <usize>load<u32>(HEADER + H_SPLAT_ENTRIES);
  const steps = f32x4(0.5, 1.5, 2.5, 3.5);
  for (let e = first; e < end; e++) {
    if (((e - first) & 63) == 63 && isDone(scratch)) break;
    const v = viewAt(load<u32>(entries + (<usize>e << 2)));
    const mx = load<f32>(v, V_MEAN), my = load<f32>(v, V_MEAN + 4), opacity = load<f32>(v, V_OPACITY);
    const ca = load<f32>(v, V_CONIC), cb = load<f32>(v, V_CONIC + 4), cc = load<f32>(v, V_CONIC + 8);
    // Extent: where the inverse covariance makes the exponent the least that shows.
    const reach = <f32>2 * Mathf.log(opacity * 255), inv = <f32>1 / (ca * cc - cb * cb);
    const rx = sqrt<f32>(cc * inv * reach), ry = sqrt<f32>(ca * inv * reach);
    const fromY = max(<i32>floor<f32>(my - ry) - y0, 0), toY = min(<i32>floor<f32>(my + ry) - y0, TILE - 1);
    const fromX = max(<i32>floor<f32>(mx - rx) - x0, 0) & ~3, toX = min(<i32>floor<f32>(mx + rx) - x0, TILE - 1);
    const depth = f32x4.splat(load<f32>(v, V_DEPTH));
    for (let y = fromY; y <= toY; y++) {
      const dy = <f32>(y0 + y) + <f32>0.5 - my;
      for (let x = fromX; x <= toX; x += 4) {
        const dx = f32x4.add(f32x4.splat(<f32>(x0 + x) - mx), steps);
        const power = f32x4.mul(
          f32x4.splat(-0.5),
          f32x4.add(
            f32x4.mul(dx, f32x4.add(f32x4.mul(dx, f32x4.splat(ca)), f32x4.splat(2 * cb * dy))),
            f32x4.splat(cc * dy * dy),
          ),
        );
        const alpha = f32x4.pmin(f32x4.splat(0.99), f32x4.mul(f32x4.splat(opacity), exp4(f32x4.pmax(f32x4.pmin(power, f32x4.splat(0)), f32x4.splat(-80)))));
        const seen = f32x4.ge(alpha, f32x4.splat(LEAST));
        if (!v128.any_true(seen)) continue;
        const o = <usize>(y * TILE + x) << 2;
        const before = f32x4.lt(depth, v128.load(scratch + DEPTHS + o));
        const passed = v128.load(scratch + FRONT + o);
        blend(scratch + FRONT + o, alpha, v128.and(seen, before), v);
        if (measures) noteDepth(scratch, o, passed, depth);
        if (hidden) blend(scratch + BEHIND + o, alpha, v128.andnot(seen, before), v);
      }
    }
  }
  writeSplatTile(x0, y0, min(x0 + TILE, width), min(y0 + TILE, height), scratch);
}
