// One ray against a block of four triangles (Möller and Trumbore 1997, four lanes at once).

import { BLOCK_IDS } from './layout';

/**
 * Tests the block at `block`; returns the lanes that were hit as a bit mask. Where there are any, distances and
 * barycentric coordinates of all lanes are written to `out` (three vectors).
 * A lane counts when its distance lies in (tMin, tMax) and, for single-sided triangles,
 * when the ray meets the front. Edges are widened by a few units in the last place: a ray through a shared edge then
 * meets at least one of both triangles, so that no pinholes appear.
 */
// @ts-ignore: decorator
@inline
export function intersectBlock(out: usize, block: usize, ox: v128, oy: v128, oz: v128, dx: v128, dy: v128, dz: v128, tMin: v128, tMax: v128): i32 {
  const e1x = v128.load(block, 48), e1y = v128.load(block, 64), e1z = v128.load(block, 80);
  const e2x = v128.load(block, 96), e2y = v128.load(block, 112), e2z = v128.load(block, 128);
  const px = f32x4.sub(f32x4.mul(dy, e2z), f32x4.mul(dz, e2y));
  const py = f32x4.sub(f32x4.mul(dz, e2x), f32x4.mul(dx, e2z));
  const pz = f32x4.sub(f32x4.mul(dx, e2y), f32x4.mul(dy, e2x));
  const det = f32x4.add(f32x4.add(f32x4.mul(e1x, px), f32x4.mul(e1y, py)), f32x4.mul(e1z, pz));
  const inv = f32x4.div(f32x4.splat(1), det);
  const tx = f32x4.sub(ox, v128.load(block)), ty = f32x4.sub(oy, v128.load(block, 16)), tz = f32x4.sub(oz, v128.load(block, 32));
  const u = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(tx, px), f32x4.mul(ty, py)), f32x4.mul(tz, pz)), inv);
  const qx = f32x4.sub(f32x4.mul(ty, e1z), f32x4.mul(tz, e1y));
  const qy = f32x4.sub(f32x4.mul(tz, e1x), f32x4.mul(tx, e1z));
  const qz = f32x4.sub(f32x4.mul(tx, e1y), f32x4.mul(ty, e1x));
  const v = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(dx, qx), f32x4.mul(dy, qy)), f32x4.mul(dz, qz)), inv);
  const t = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(e2x, qx), f32x4.mul(e2y, qy)), f32x4.mul(e2z, qz)), inv);
  const edge = f32x4.splat(-2e-6);
  const culled = v128.and(i32x4.shr_s(v128.load(block, BLOCK_IDS), 31), f32x4.lt(det, f32x4.splat(0)));
  const inside = v128.and(
    v128.and(f32x4.ge(f32x4.pmin(u, v), edge), f32x4.le(f32x4.add(u, v), f32x4.splat(1.000002))),
    v128.and(f32x4.gt(t, tMin), f32x4.lt(t, tMax)),
  );
  const mask = i32x4.bitmask(v128.andnot(inside, culled));
  if (mask) {
    v128.store(out, t);
    v128.store(out, u, 16);
    v128.store(out, v, 32);
  }
  return mask;
}
