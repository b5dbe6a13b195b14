// Four of the camera's rays at once through the tree: neighbours meet about the same nodes, which are then loaded, tested
// and sorted once for all four (Wald et al., "Interactive rendering with coherent ray tracing", 2001). Blocks of triangles
// are tested by one ray after another, as everywhere.

import { intersectBlock } from './intersect';
import { intersectRound } from './intersect-round';
import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_HAS_TOP, H_NODES, HEADER, ID_INDEX, NODE_BYTES, NODE_CHILDREN, REF_BLOCK, REF_ROUND,
} from './layout';
import {
  closestFrom, countRays, hitBlock, hitInstance, hitLane, hitT, hitU, hitV, LANES, restoreHit, SLACK, TINY,
} from './traverse';

/** Bytes of four rays with what they meet. */
export const FOUR_BYTES: usize = 256;

// Four lanes each.
export const ORIGIN: usize = 0; // x, y, z
export const DIRECTION: usize = 48; // x, y, z
const INVERSE: usize = 96; // x, y, z
/** Distance of the nearest hit, and a little beyond it. */
const NEAREST: usize = 144;
const CULL: usize = 160;
const U: usize = 176;
const V: usize = 192;
/** Block of the nearest hit, its lane in the last two bits; 0: none. */
const BLOCK: usize = 208;
/** Index of the triangle, without flags. */
const INDEX: usize = 224;
const INSTANCE: usize = 240;

/** As far as the camera's rays go. */
export const FAR: f32 = 1e30;

/** Bits of a child's distance that give way to the rays that meet it; and all rays. */
const RAYS: u32 = 15;

// @ts-ignore: decorator
@inline
function nonzeros(x: v128): v128 {
  const least = v128.bitselect(f32x4.splat(-TINY), f32x4.splat(TINY), f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(least, x, f32x4.lt(f32x4.abs(x), f32x4.splat(TINY)));
}

/** Sets the four rays at `four`: components of origins and unit directions, a lane each. */
// @ts-ignore: decorator
@inline
export function setRays(four: usize, ox: v128, oy: v128, oz: v128, dx: v128, dy: v128, dz: v128): void {
  v128.store(four, ox, ORIGIN);
  v128.store(four, oy, ORIGIN + 16);
  v128.store(four, oz, ORIGIN + 32);
  v128.store(four, nonzeros(dx), DIRECTION);
  v128.store(four, nonzeros(dy), DIRECTION + 16);
  v128.store(four, nonzeros(dz), DIRECTION + 32);
}

/** Makes what ray `k` of the four has met the last hit; false where it met nothing. */
export function recallRay(four: usize, k: i32): bool {
  const p = four + (<usize>k << 2);
  const place = load<u32>(p, BLOCK);
  if (!place) return false;
  const block = <usize>(place & ~3), lane = place & 3;
  restoreHit(
    load<f32>(p, NEAREST), load<f32>(p, U), load<f32>(p, V), load<u32>(block + (<usize>lane << 2), BLOCK_IDS), block,
    <i32>lane, load<i32>(p, INSTANCE),
  );
  return true;
}

/**
 * Finds the nearest hits of the four rays at `four` among what lies below the node `root`: what `closestFrom` would find
 * for each of them.
 */
export function closestFour(root: u32, stack: usize, four: usize): void {
  const dx = v128.load(four, DIRECTION), dy = v128.load(four, DIRECTION + 16), dz = v128.load(four, DIRECTION + 32);
  const left = i32x4.bitmask(dx), down = i32x4.bitmask(dy), back = i32x4.bitmask(dz);
  v128.store(four, i32x4.splat(0), BLOCK);
  v128.store(four, i32x4.splat(0), INSTANCE);
  // One order of the planes of a box serves all of them, or each goes its own way.
  const alike = (left == 0 || left == 15) && (down == 0 || down == 15) && (back == 0 || back == 15);
  if (!alike || load<u32>(HEADER + H_HAS_TOP)) {
    for (let k = 0; k < 4; k++) closestAlone(root, stack, four + (<usize>k << 2));
    return;
  }
  countRays(4);
  const one = f32x4.splat(1);
  v128.store(four, f32x4.div(one, dx), INVERSE);
  v128.store(four, f32x4.div(one, dy), INVERSE + 16);
  v128.store(four, f32x4.div(one, dz), INVERSE + 32);
  v128.store(four, f32x4.splat(FAR), NEAREST);
  v128.store(four, f32x4.splat(FAR * SLACK), CULL);
  v128.store(four, i32x4.splat(-1), INDEX);
  walkFour(root, stack, four, left ? 48 : 0, down ? 64 : 16, back ? 80 : 32);
}

function closestAlone(root: u32, stack: usize, p: usize): void {
  if (!closestFrom(
    root, stack, load<f32>(p, ORIGIN), load<f32>(p, ORIGIN + 16), load<f32>(p, ORIGIN + 32), load<f32>(p, DIRECTION),
    load<f32>(p, DIRECTION + 16), load<f32>(p, DIRECTION + 32), 0, FAR,
  )) return;
  store<f32>(p, hitT, NEAREST);
  store<f32>(p, hitU, U);
  store<f32>(p, hitV, V);
  store<u32>(p, <u32>hitBlock | <u32>hitLane, BLOCK);
  store<i32>(p, hitInstance, INSTANCE);
}

/** Tests a block of triangles with the rays of `mask`, and keeps what is nearer than before. */
function testBlock(ref: u32, stack: usize, four: usize, mask: u32): void {
  const block = <usize>load<u32>(HEADER + H_BLOCKS) + <usize>(ref & REF_BLOCK) * BLOCK_BYTES;
  const low = f32x4.splat(0);
  for (; mask; mask &= mask - 1) {
    const p = four + (<usize>ctz(mask) << 2);
    const ox = v128.load32_splat(p, ORIGIN), oy = v128.load32_splat(p, ORIGIN + 16), oz = v128.load32_splat(p, ORIGIN + 32);
    const dx = v128.load32_splat(p, DIRECTION), dy = v128.load32_splat(p, DIRECTION + 16);
    const dz = v128.load32_splat(p, DIRECTION + 32), cull = v128.load32_splat(p, CULL);
    let hits = ref & REF_ROUND ? intersectRound(stack, block, ox, oy, oz, dx, dy, dz, low, cull)
      : intersectBlock(stack, block, ox, oy, oz, dx, dy, dz, low, cull);
    if (!hits) continue;
    let nearest = load<f32>(p, NEAREST), index = load<u32>(p, INDEX);
    for (; hits; hits &= hits - 1) {
      const k = <usize>ctz(hits) << 2;
      const t = load<f32>(stack + k);
      const id = load<u32>(block + k, BLOCK_IDS) & ID_INDEX;
      if (!(t < nearest || (t == nearest && id < index))) continue;
      nearest = t;
      index = id;
      store<f32>(p, load<f32>(stack + k, 16), U);
      store<f32>(p, load<f32>(stack + k, 32), V);
      store<u32>(p, <u32>block | <u32>(k >> 2), BLOCK);
    }
    store<f32>(p, nearest, NEAREST);
    store<f32>(p, nearest * SLACK, CULL);
    store<u32>(p, index, INDEX);
  }
}

/** Largest of four lanes. */
// @ts-ignore: decorator
@inline
function largestLane(a: v128): f32 {
  const b = f32x4.max(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(b, v128.shuffle<i32>(b, b, 1, 0, 3, 2)), 0);
}

/**
 * How near the rays enter child `k` of the node at `n`, above its reference, with the rays that do in the distance's last
 * bits; all bits set where none does.
 */
// @ts-ignore: decorator
@inline
function enterChild(n: usize, k: usize, four: usize, nearX: usize, nearY: usize, nearZ: usize, cull: v128): u64 {
  const c = n + (k << 2);
  const ox = v128.load(four, ORIGIN), oy = v128.load(four, ORIGIN + 16), oz = v128.load(four, ORIGIN + 32);
  const ix = v128.load(four, INVERSE), iy = v128.load(four, INVERSE + 16), iz = v128.load(four, INVERSE + 32);
  const enter = f32x4.pmax(
    f32x4.pmax(
      f32x4.mul(f32x4.sub(v128.load32_splat(c + nearX), ox), ix),
      f32x4.mul(f32x4.sub(v128.load32_splat(c + nearY), oy), iy),
    ),
    f32x4.pmax(f32x4.mul(f32x4.sub(v128.load32_splat(c + nearZ), oz), iz), f32x4.splat(0)),
  );
  const leave = f32x4.pmin(
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load32_splat(c + 48 - nearX), ox), ix),
      f32x4.mul(f32x4.sub(v128.load32_splat(c + 80 - nearY), oy), iy),
    ),
    f32x4.pmin(f32x4.mul(f32x4.sub(v128.load32_splat(c + 112 - nearZ), oz), iz), cull),
  );
  const meets = f32x4.le(enter, leave);
  const rays = i32x4.bitmask(meets);
  if (!rays) return u64.MAX_VALUE;
  // Distances are not negative, so that their bits sort as integers.
  const all = v128.bitselect(enter, i32x4.splat(i32.MAX_VALUE), meets);
  const a = i32x4.min_u(all, v128.shuffle<i32>(all, all, 2, 3, 0, 1));
  const nearest = <u32>i32x4.extract_lane(i32x4.min_u(a, v128.shuffle<i32>(a, a, 1, 0, 3, 2)), 0);
  return (<u64>(nearest & ~RAYS | <u32>rays) << 32) | <u64>load<u32>(c, NODE_CHILDREN);
}

function walkFour(root: u32, stack: usize, four: usize, nearX: usize, nearY: usize, nearZ: usize): void {
  const nodes = <usize>load<u32>(HEADER + H_NODES);
  const bottom = stack + LANES;
  let sp = bottom;
  let ref = root;
  let rays = RAYS;
  while (true) {
    if (<i32>ref >= 0) {
      const n = nodes + <usize>ref * NODE_BYTES, cull = v128.load(four, CULL);
      const a = enterChild(n, 0, four, nearX, nearY, nearZ, cull), b = enterChild(n, 1, four, nearX, nearY, nearZ, cull);
      const c = enterChild(n, 2, four, nearX, nearY, nearZ, cull), d = enterChild(n, 3, four, nearX, nearY, nearZ, cull);
      // Sorted by distance; those that no ray meets come last.
      const ab = min<u64>(a, b), ba = max<u64>(a, b), cd = min<u64>(c, d), dc = max<u64>(c, d);
      const first = min<u64>(ab, cd), last = max<u64>(ba, dc), m = max<u64>(ab, cd), o = min<u64>(ba, dc);
      const second = min<u64>(m, o), third = max<u64>(m, o);
      if (first != u64.MAX_VALUE) {
        if (second != u64.MAX_VALUE) {
          if (third != u64.MAX_VALUE) {
            if (last != u64.MAX_VALUE) {
              store<u64>(sp, last);
              sp += 8;
            }
            store<u64>(sp, third);
            sp += 8;
          }
          store<u64>(sp, second);
          sp += 8;
        }
        ref = <u32>first;
        rays = <u32>(first >> 32) & RAYS;
        continue;
      }
    } else testBlock(ref, stack, four, rays);
    const farthest = largestLane(v128.load(four, CULL));
    do {
      if (sp == bottom) return;
      sp -= 8;
    } while (reinterpret<f32>(load<u32>(sp, 4) & ~RAYS) > farthest);
    ref = load<u32>(sp);
    rays = load<u32>(sp, 4) & RAYS;
  }
}
