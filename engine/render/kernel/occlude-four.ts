// Whether four rays of about the same direction meet anything: the walk of traverse-four.ts without an order, since any
// hit will do.

import { intersectBlock } from './intersect';
import { intersectRound } from './intersect-round';
import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_HAS_TOP, H_NODES, H_ROOT, HEADER, ID_POROUS, NODE_BYTES, NODE_CHILDREN, REF_BLOCK,
  REF_ROUND,
} from './layout';
import { opacityAt } from './material';
import { countRays, LANES, occluded, SLACK } from './traverse';
import { DIRECTION, FAR, ORIGIN } from './traverse-four';

// Whether all rays run into one octant, and with it which planes of a box are the near ones, is a type parameter.
type OneOctant = bool;
type Octants = i32;

/** Those of the four rays at `four` that are in `rays`, a bit each, and meet something that `occluded` counts. */
export function occludedFour(stack: usize, four: usize, rays: u32): u32 {
  // One ray is as fast by itself.
  if (!(rays & (rays - 1)) || load<u32>(HEADER + H_HAS_TOP)) return occludedAlone(stack, four, rays);
  countRays(popcnt(rays));
  const dx = v128.load(four, DIRECTION), dy = v128.load(four, DIRECTION + 16), dz = v128.load(four, DIRECTION + 32);
  const left = <u32>i32x4.bitmask(dx) & rays, down = <u32>i32x4.bitmask(dy) & rays, back = <u32>i32x4.bitmask(dz) & rays;
  const alike = (left == 0 || left == rays) && (down == 0 || down == rays) && (back == 0 || back == rays);
  return alike ? walkOneOctant(stack, four, rays, left ? 48 : 0, down ? 64 : 16, back ? 80 : 32)
    : walkOctants(stack, four, rays);
}

function walkOneOctant(stack: usize, four: usize, rays: u32, nearX: usize, nearY: usize, nearZ: usize): u32 {
  return walk<OneOctant>(stack, four, rays, nearX, nearY, nearZ);
}
function walkOctants(stack: usize, four: usize, rays: u32): u32 {
  return walk<Octants>(stack, four, rays, 0, 16, 32);
}

function occludedAlone(stack: usize, four: usize, rays: u32): u32 {
  let met: u32 = 0;
  for (let left = rays; left; left &= left - 1) {
    const p = four + (<usize>ctz(left) << 2);
    if (occluded(
      stack, load<f32>(p, ORIGIN), load<f32>(p, ORIGIN + 16), load<f32>(p, ORIGIN + 32), load<f32>(p, DIRECTION),
      load<f32>(p, DIRECTION + 16), load<f32>(p, DIRECTION + 32), 0, FAR,
    )) met |= left & -left;
  }
  return met;
}

/** Those of `rays` that meet something in a block. */
function meetBlock(ref: u32, stack: usize, four: usize, rays: u32): u32 {
  const block = <usize>load<u32>(HEADER + H_BLOCKS) + <usize>(ref & REF_BLOCK) * BLOCK_BYTES;
  const low = f32x4.splat(0), high = f32x4.splat(FAR);
  let met: u32 = 0;
  for (; rays; rays &= rays - 1) {
    const p = four + (<usize>ctz(rays) << 2);
    const ox = v128.load32_splat(p, ORIGIN), oy = v128.load32_splat(p, ORIGIN + 16), oz = v128.load32_splat(p, ORIGIN + 32);
    const dx = v128.load32_splat(p, DIRECTION), dy = v128.load32_splat(p, DIRECTION + 16);
    const dz = v128.load32_splat(p, DIRECTION + 32);
    let hits = ref & REF_ROUND ? intersectRound(stack, block, ox, oy, oz, dx, dy, dz, low, high)
      : intersectBlock(stack, block, ox, oy, oz, dx, dy, dz, low, high);
    for (; hits; hits &= hits - 1) {
      const k = <usize>ctz(hits) << 2;
      const id = load<u32>(block + k, BLOCK_IDS);
      if ((id & ID_POROUS) && opacityAt(id, load<f32>(stack + k, 16), load<f32>(stack + k, 32)) < <f32>0.5) continue;
      met |= rays & -rays;
      break;
    }
  }
  return met;
}

/** Distances to one plane of a box: the one at `a`, or at `b` for rays that run down where not all run the same way. */
// @ts-ignore: decorator
@inline
function toPlane<Rays>(a: usize, b: usize, origin: v128, inverse: v128): v128 {
  const plane = isBoolean<Rays>() ? v128.load32_splat(a)
    : v128.bitselect(v128.load32_splat(b), v128.load32_splat(a), i32x4.shr_s(inverse, 31));
  return f32x4.mul(f32x4.sub(plane, origin), inverse);
}

/** Puts child `k` of the node at `n` on the stack at `sp` with the rays of `rays` that enter it; returns the stack's new end. */
// @ts-ignore: decorator
@inline
function push<Rays>(
  n: usize, k: usize, rays: u32, sp: usize, nearX: usize, nearY: usize, nearZ: usize, ox: v128, oy: v128, oz: v128,
  ix: v128, iy: v128, iz: v128,
): usize {
  const c = n + (k << 2);
  const x = c + nearX, y = c + nearY, z = c + nearZ, x2 = c + 48 - nearX, y2 = c + 80 - nearY, z2 = c + 112 - nearZ;
  const enter = f32x4.pmax(
    f32x4.pmax(toPlane<Rays>(x, x2, ox, ix), toPlane<Rays>(y, y2, oy, iy)),
    f32x4.pmax(toPlane<Rays>(z, z2, oz, iz), f32x4.splat(0)),
  );
  const leave = f32x4.pmin(
    f32x4.pmin(toPlane<Rays>(x2, x, ox, ix), toPlane<Rays>(y2, y, oy, iy)),
    f32x4.pmin(toPlane<Rays>(z2, z, oz, iz), f32x4.splat(FAR * SLACK)),
  );
  const enters = <u32>i32x4.bitmask(f32x4.le(enter, leave)) & rays;
  store<u32>(sp, load<u32>(c, NODE_CHILDREN));
  store<u32>(sp, enters, 4);
  return enters ? sp + 8 : sp;
}

// @ts-ignore: decorator
@inline
function walk<Rays>(stack: usize, four: usize, rays: u32, nearX: usize, nearY: usize, nearZ: usize): u32 {
  const nodes = <usize>load<u32>(HEADER + H_NODES), one = f32x4.splat(1);
  const ox = v128.load(four, ORIGIN), oy = v128.load(four, ORIGIN + 16), oz = v128.load(four, ORIGIN + 32);
  const ix = f32x4.div(one, v128.load(four, DIRECTION)), iy = f32x4.div(one, v128.load(four, DIRECTION + 16));
  const iz = f32x4.div(one, v128.load(four, DIRECTION + 32));
  const bottom = stack + LANES;
  let sp = bottom, ref = load<u32>(HEADER + H_ROOT), here = rays, left = rays;
  while (true) {
    if (<i32>ref >= 0) {
      const n = nodes + <usize>ref * NODE_BYTES;
      sp = push<Rays>(n, 0, here, sp, nearX, nearY, nearZ, ox, oy, oz, ix, iy, iz);
      sp = push<Rays>(n, 1, here, sp, nearX, nearY, nearZ, ox, oy, oz, ix, iy, iz);
      sp = push<Rays>(n, 2, here, sp, nearX, nearY, nearZ, ox, oy, oz, ix, iy, iz);
      sp = push<Rays>(n, 3, here, sp, nearX, nearY, nearZ, ox, oy, oz, ix, iy, iz);
    } else {
      left &= ~meetBlock(ref, stack, four, here);
      if (!left) return rays;
    }
    do {
      if (sp == bottom) return rays & ~left;
      sp -= 8;
      here = load<u32>(sp, 4) & left;
    } while (!here);
    ref = load<u32>(sp);
  }
}
