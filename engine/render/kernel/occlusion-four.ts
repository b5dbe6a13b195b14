// Ambient occlusion of four places at once that look about the same way: each ray of a pattern is traced for all four.

import { occludedFour } from './occlude-four';
import { ambientOfFour } from './environment-four';
import { dots } from './four';
import { H_HEMISPHERE, H_OCCLUSION_RAYS, HEADER } from './layout';
import { OFFSET } from './occlusion';
import { setRays } from './traverse-four';
import { X, Y, Z } from './vec';

/** Bytes of four places: position, normal of the surface and of the triangle, a component each. */
export const PLACES_BYTES: usize = 144;

// What `traced` (occlusion.ts) holds, of each place.
export let lit: v128 = f32x4.splat(0);
export let all: v128 = f32x4.splat(0);
export let open: v128 = f32x4.splat(0);

/** Puts a place into lane `k` of those at `places`. */
export function setPlace(places: usize, k: i32, position: v128, normal: v128, geometric: v128): void {
  const p = places + (<usize>k << 2);
  v128.store32_lane(p, position, 0);
  v128.store32_lane(p, position, 1, 16);
  v128.store32_lane(p, position, 2, 32);
  v128.store32_lane(p, normal, 0, 48);
  v128.store32_lane(p, normal, 1, 64);
  v128.store32_lane(p, normal, 2, 80);
  v128.store32_lane(p, geometric, 0, 96);
  v128.store32_lane(p, geometric, 1, 112);
  v128.store32_lane(p, geometric, 2, 128);
}

/**
 * Traces the rays of `pattern` from those of the four places at `places` that are in `mask`, a bit each, and leaves what
 * they met in `lit`, `all` and `open`: for each place what `traceOcclusion` leaves. The rays lie at `four`.
 */
export function traceOcclusionOfFour(stack: usize, places: usize, mask: u32, pattern: i32, four: usize): void {
  const rays = load<i32>(HEADER + H_OCCLUSION_RAYS), one = f32x4.splat(1);
  if (rays == 0) {
    lit = all = open = one;
    return;
  }
  const nx = v128.load(places, 48), ny = v128.load(places, 64), nz = v128.load(places, 80);
  const gx = v128.load(places, 96), gy = v128.load(places, 112), gz = v128.load(places, 128);
  const offset = f32x4.splat(OFFSET);
  const px = f32x4.add(v128.load(places), f32x4.mul(gx, offset));
  const py = f32x4.add(v128.load(places, 16), f32x4.mul(gy, offset));
  const pz = f32x4.add(v128.load(places, 32), f32x4.mul(gz, offset));
  // Tangents as `perpendicular` finds them, then bitangents.
  const s = v128.bitselect(f32x4.splat(-1), one, f32x4.lt(nz, f32x4.splat(0)));
  const a = f32x4.div(f32x4.splat(-1), f32x4.add(s, nz)), sx = f32x4.mul(s, nx);
  const tx = f32x4.add(one, f32x4.mul(f32x4.mul(sx, nx), a)), ty = f32x4.mul(f32x4.mul(sx, ny), a), tz = f32x4.neg(sx);
  const bx = f32x4.sub(f32x4.mul(ny, tz), f32x4.mul(nz, ty)), by = f32x4.sub(f32x4.mul(nz, tx), f32x4.mul(nx, tz));
  const bz = f32x4.sub(f32x4.mul(nx, ty), f32x4.mul(ny, tx));
  const table = <usize>load<u32>(HEADER + H_HEMISPHERE) + (<usize>(pattern * rays) << 4);
  let sumLit = f32x4.splat(0), sumAll = sumLit, sumOpen = sumLit;
  for (let i = 0; i < rays; i++) {
    const d = v128.load(table + (<usize>i << 4));
    const u = f32x4.splat(X(d)), v = f32x4.splat(Y(d)), w = f32x4.splat(Z(d));
    let wx = dots(tx, bx, nx, u, v, w), wy = dots(ty, by, ny, u, v, w), wz = dots(tz, bz, nz, u, v, w);
    // Directions below the triangle's own plane are mirrored at it.
    const side = dots(wx, wy, wz, gx, gy, gz), below = f32x4.lt(side, f32x4.splat(0));
    const turn = v128.and(f32x4.mul(side, f32x4.splat(-2)), below);
    wx = f32x4.add(wx, f32x4.mul(gx, turn));
    wy = f32x4.add(wy, f32x4.mul(gy, turn));
    wz = f32x4.add(wz, f32x4.mul(gz, turn));
    const light = ambientOfFour(wx, wy, wz, mask);
    setRays(four, px, py, pz, wx, wy, wz);
    const met = i32x4.splat(<i32>occludedFour(stack, four, mask));
    const free = i32x4.eq(v128.and(met, i32x4(1, 2, 4, 8)), i32x4.splat(0));
    sumAll = f32x4.add(sumAll, light);
    sumLit = f32x4.add(sumLit, v128.and(light, free));
    sumOpen = f32x4.add(sumOpen, v128.and(one, free));
  }
  const k = f32x4.splat(<f32>1 / <f32>rays);
  lit = f32x4.mul(sumLit, k);
  all = f32x4.mul(sumAll, k);
  open = f32x4.mul(sumOpen, k);
}
