// One ray against a block of four round things: spheres, and capsules about a segment. Points and lines are drawn so.
//
// Only where a ray enters counts: points of a cloud overlap, and a ray that starts on one begins inside its neighbours.

/** Offset of the radii in a block's lanes; the segment's start and its way to the end are before it. */
const RADIUS: usize = 96;

// @ts-ignore: decorator
@inline
function sum3(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, b), c);
}

/**
 * Tests the block at `block`; returns the lanes that were hit as a bit mask. Where there are any, distances (of the
 * direction as it is) and places along the segments, from 0 to 1, are written to `out`, and zeros.
 *
 * The distance from the ray is measured near its closest approach, where numbers are small (Haines, Günther and
 * Akenine-Möller, "Precision improvements for ray/sphere intersection", 2019). A capsule is the cylinder about its
 * segment where that is entered between both ends, and the sphere about the nearer end elsewhere.
 */
export function intersectRound(out: usize, block: usize, ox: v128, oy: v128, oz: v128, dx: v128, dy: v128, dz: v128, tMin: v128, tMax: v128): i32 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  const ax = v128.load(block), ay = v128.load(block, 16), az = v128.load(block, 32);
  const bx = v128.load(block, 48), by = v128.load(block, 64), bz = v128.load(block, 80);
  const radius = v128.load(block, RADIUS), r2 = f32x4.mul(radius, radius);
  const invDd = f32x4.div(one, sum3(f32x4.mul(dx, dx), f32x4.mul(dy, dy), f32x4.mul(dz, dz)));
  // The ray's point nearest to the middle of the segment, relative to the segment's start.
  const half = f32x4.splat(0.5);
  const mx = f32x4.add(f32x4.sub(ax, ox), f32x4.mul(bx, half));
  const my = f32x4.add(f32x4.sub(ay, oy), f32x4.mul(by, half));
  const mz = f32x4.add(f32x4.sub(az, oz), f32x4.mul(bz, half));
  const shift = f32x4.mul(sum3(f32x4.mul(mx, dx), f32x4.mul(my, dy), f32x4.mul(mz, dz)), invDd);
  const px = f32x4.add(f32x4.sub(ox, ax), f32x4.mul(dx, shift));
  const py = f32x4.add(f32x4.sub(oy, ay), f32x4.mul(dy, shift));
  const pz = f32x4.add(f32x4.sub(oz, az), f32x4.mul(dz, shift));
  // Cylinder, with everything across the segment's axis.
  const bb = sum3(f32x4.mul(bx, bx), f32x4.mul(by, by), f32x4.mul(bz, bz));
  const long = f32x4.gt(bb, zero);
  const invBb = v128.and(f32x4.div(one, bb), long);
  const bd = f32x4.mul(sum3(f32x4.mul(bx, dx), f32x4.mul(by, dy), f32x4.mul(bz, dz)), invBb);
  const bp = f32x4.mul(sum3(f32x4.mul(bx, px), f32x4.mul(by, py), f32x4.mul(bz, pz)), invBb);
  let t = zero, along = zero, hit = v128.xor(zero, zero);
  if (v128.any_true(long)) {
    const ex = f32x4.sub(dx, f32x4.mul(bx, bd)), ey = f32x4.sub(dy, f32x4.mul(by, bd)), ez = f32x4.sub(dz, f32x4.mul(bz, bd));
    const qx = f32x4.sub(px, f32x4.mul(bx, bp)), qy = f32x4.sub(py, f32x4.mul(by, bp)), qz = f32x4.sub(pz, f32x4.mul(bz, bp));
    const ee = sum3(f32x4.mul(ex, ex), f32x4.mul(ey, ey), f32x4.mul(ez, ez));
    const near = f32x4.div(sum3(f32x4.mul(qx, ex), f32x4.mul(qy, ey), f32x4.mul(qz, ez)), ee);
    const cx = f32x4.sub(qx, f32x4.mul(ex, near)), cy = f32x4.sub(qy, f32x4.mul(ey, near)), cz = f32x4.sub(qz, f32x4.mul(ez, near));
    const left = f32x4.sub(r2, sum3(f32x4.mul(cx, cx), f32x4.mul(cy, cy), f32x4.mul(cz, cz)));
    const s = f32x4.sub(f32x4.neg(near), f32x4.sqrt(f32x4.div(f32x4.pmax(left, zero), ee)));
    const y = f32x4.add(bp, f32x4.mul(bd, s));
    hit = v128.and(v128.and(f32x4.ge(left, zero), long), v128.and(f32x4.ge(y, zero), f32x4.le(y, one)));
    t = s;
    along = y;
  }
  // Spheres about the ends: of a point both are the same.
  for (let end = 0; end < 2; end++) {
    if (end == 1 && !v128.any_true(long)) break;
    const at = end == 0 ? zero : one;
    const qx = end == 0 ? px : f32x4.sub(px, bx), qy = end == 0 ? py : f32x4.sub(py, by), qz = end == 0 ? pz : f32x4.sub(pz, bz);
    const near = f32x4.mul(sum3(f32x4.mul(qx, dx), f32x4.mul(qy, dy), f32x4.mul(qz, dz)), invDd);
    const cx = f32x4.sub(qx, f32x4.mul(dx, near)), cy = f32x4.sub(qy, f32x4.mul(dy, near)), cz = f32x4.sub(qz, f32x4.mul(dz, near));
    const left = f32x4.sub(r2, sum3(f32x4.mul(cx, cx), f32x4.mul(cy, cy), f32x4.mul(cz, cz)));
    const s = f32x4.sub(f32x4.neg(near), f32x4.sqrt(f32x4.mul(f32x4.pmax(left, zero), invDd)));
    const better = v128.and(f32x4.gt(left, zero), v128.or(v128.not(hit), f32x4.lt(s, t)));
    t = v128.bitselect(s, t, better);
    along = v128.bitselect(at, along, better);
    hit = v128.or(hit, better);
  }
  t = f32x4.add(t, shift);
  const mask = i32x4.bitmask(v128.and(hit, v128.and(f32x4.gt(t, tMin), f32x4.lt(t, tMax))));
  if (mask) {
    v128.store(out, t);
    v128.store(out, along, 16);
    v128.store(out, zero, 32);
  }
  return mask;
}
