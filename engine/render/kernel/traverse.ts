// Rays through the two-level tree: nearest hit and occlusion.
//
// One walk serves all: through a mesh down to blocks of triangles, through the upper level down to instances, whose
// meshes are then walked in their own space. Where the whole scene is one mesh in render space the upper level is
// skipped (`H_ROOT` is that mesh's root), so two levels cost such scenes nothing.

import { intersectBlock } from './intersect';
import { intersectRound } from './intersect-round';
import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_HAS_TOP, H_NODES, H_ROOT, HEADER, ID_INDEX, ID_POROUS, INSTANCE_ROOT,
  INSTANCE_TO_MESH, NODE_BYTES, NODE_CHILDREN, REF_BLOCK, REF_INDEX, REF_ROUND,
} from './layout';
import { opacityAt } from './material';
import { instanceAt } from './records';

/** Rays traced so far by this thread. */
export let raysTraced: i32 = 0;
/** Counts rays that were traced elsewhere. */
export function countRays(count: i32): void {
  raysTraced += count;
}

export let hitT: f32 = 0;
export let hitU: f32 = 0;
export let hitV: f32 = 0;
/** Triangle index without flags, block address, lane and instance of the nearest hit. */
export let hitId: u32 = 0;
export let hitBlock: usize = 0;
export let hitLane: i32 = 0;
export let hitInstance: i32 = 0;

/** Makes an earlier hit the last one again. */
// @ts-ignore: decorator
@inline
export function restoreHit(t: f32, u: f32, v: f32, id: u32, block: usize, lane: i32, instance: i32): void {
  hitT = t;
  hitU = u;
  hitV = v;
  hitId = id;
  hitBlock = block;
  hitLane = lane;
  hitInstance = instance;
}

/** How far beyond the nearest hit is still looked: more than distances to boxes and to triangles are rounded. */
export const SLACK: f32 = 1.000002;

/** Directions are kept away from zero, so that no product below is NaN. */
export const TINY: f32 = 1e-18;

// @ts-ignore: decorator
@inline
function nonzero(x: f32): f32 {
  return abs<f32>(x) < TINY ? (x < 0 ? -TINY : TINY) : x;
}

// @ts-ignore: decorator
@inline
function transformX(m: usize, x: f32, y: f32, z: f32, w: f32): f32 {
  return load<f32>(m) * x + load<f32>(m, 4) * y + load<f32>(m, 8) * z + load<f32>(m, 12) * w;
}

/**
 * Bytes of stack of one level. The tree is at most 57 nodes deep: down to depth 28 by surface area, then sets are halved
 * by count (see bvh-build.ts), and there are fewer than 2^28 triangles. A node leaves three entries of 8 bytes.
 */
const LEVEL_STACK: usize = 2048;
/** Where the distances and children of the node at hand, then the hits of the block at hand, are laid out. */
export const LANES: usize = 48;

// What a walk looks for and what its leaves are: type parameters, since the compiler drops the branches of the other
// kinds for these, and not for arguments.
type Nearest = i32;
type Anything = bool;
type Triangles = i32;
type Instances = f32;

/** The walk: nearest hit or any opaque one in (tMin, tMax) of the tree at `root`. */
// @ts-ignore: decorator
@inline
function walk<Query, Leaves>(root: u32, stack: usize, sx: f32, sy: f32, sz: f32, ex: f32, ey: f32, ez: f32, tMin: f32, tMax: f32): bool {
  const nodes = <usize>load<u32>(HEADER + H_NODES), blocks = <usize>load<u32>(HEADER + H_BLOCKS);
  ex = nonzero(ex);
  ey = nonzero(ey);
  ez = nonzero(ez);
  const ox = f32x4.splat(sx), oy = f32x4.splat(sy), oz = f32x4.splat(sz);
  const dx = f32x4.splat(ex), dy = f32x4.splat(ey), dz = f32x4.splat(ez);
  const ix = f32x4.splat(<f32>1 / ex), iy = f32x4.splat(<f32>1 / ey), iz = f32x4.splat(<f32>1 / ez);
  const nearX: usize = ex < 0 ? 48 : 0, nearY: usize = ey < 0 ? 64 : 16, nearZ: usize = ez < 0 ? 80 : 32;
  const low = f32x4.splat(tMin), high = f32x4.splat(tMax);
  // Nodes and triangles up to a little beyond the nearest hit are looked at: of surfaces at the same place the one of the
  // lowest index is met, wherever the tree has put it.
  let best = tMax, cull = f32x4.splat(tMax * SLACK);
  let bestId: u32 = 0xffffffff;
  let found = false;
  const bottom = stack + LANES;
  let sp = bottom;
  let ref = root;
  while (true) {
    if (<i32>ref >= 0) {
      const n = nodes + <usize>ref * NODE_BYTES;
      const farX = n + 48 - nearX, farY = n + 80 - nearY, farZ = n + 112 - nearZ;
      const enter = f32x4.pmax(
        f32x4.pmax(
          f32x4.mul(f32x4.sub(v128.load(n + nearX), ox), ix),
          f32x4.mul(f32x4.sub(v128.load(n + nearY), oy), iy),
        ),
        f32x4.pmax(f32x4.mul(f32x4.sub(v128.load(n + nearZ), oz), iz), low),
      );
      const leave = f32x4.pmin(
        f32x4.pmin(f32x4.mul(f32x4.sub(v128.load(farX), ox), ix), f32x4.mul(f32x4.sub(v128.load(farY), oy), iy)),
        f32x4.pmin(f32x4.mul(f32x4.sub(v128.load(farZ), oz), iz), cull),
      );
      let mask = i32x4.bitmask(f32x4.le(enter, leave));
      if (mask) {
        let k = ctz(mask);
        mask &= mask - 1;
        if (!mask) {
          ref = load<u32>(n + (<usize>k << 2), NODE_CHILDREN);
          continue;
        }
        // Distance above reference in 64 bits: distances are not negative, so that these sort as integers, without branches.
        const children = v128.load(n, NODE_CHILDREN);
        v128.store(stack, v128.shuffle<i32>(children, enter, 0, 4, 1, 5));
        v128.store(stack, v128.shuffle<i32>(children, enter, 2, 6, 3, 7), 16);
        const a = load<u64>(stack + (<usize>k << 3));
        k = ctz(mask);
        mask &= mask - 1;
        const b = load<u64>(stack + (<usize>k << 3));
        let p = min<u64>(a, b), q = max<u64>(a, b);
        if (mask) {
          k = ctz(mask);
          mask &= mask - 1;
          let c = load<u64>(stack + (<usize>k << 3));
          let r = max<u64>(q, c);
          c = min<u64>(q, c);
          q = max<u64>(p, c);
          p = min<u64>(p, c);
          if (mask) {
            let d = load<u64>(stack + (<usize>ctz(mask) << 3));
            store<u64>(sp, max<u64>(r, d));
            sp += 8;
            d = min<u64>(r, d);
            r = max<u64>(q, d);
            d = min<u64>(q, d);
            q = max<u64>(p, d);
            p = min<u64>(p, d);
          }
          store<u64>(sp, r);
          sp += 8;
        }
        store<u64>(sp, q);
        sp += 8;
        ref = <u32>p;
        continue;
      }
    } else if (isFloat<Leaves>()) {
      const instance = ref & REF_INDEX;
      const m = instanceAt(instance);
      const mx = m + INSTANCE_TO_MESH;
      const ax = transformX(mx, sx, sy, sz, 1), ay = transformX(mx + 16, sx, sy, sz, 1), az = transformX(mx + 32, sx, sy, sz, 1);
      const bx = transformX(mx, ex, ey, ez, 0), by = transformX(mx + 16, ex, ey, ez, 0), bz = transformX(mx + 32, ex, ey, ez, 0);
      if (isBoolean<Query>()) {
        if (occludedMesh(load<u32>(m, INSTANCE_ROOT), stack + LEVEL_STACK, ax, ay, az, bx, by, bz, tMin, tMax)) return true;
      } else if (closestMesh(load<u32>(m, INSTANCE_ROOT), stack + LEVEL_STACK, ax, ay, az, bx, by, bz, tMin, best)) {
        found = true;
        best = hitT;
        cull = f32x4.splat(best * SLACK);
        hitInstance = instance;
      }
    } else {
      const block = blocks + <usize>(ref & REF_BLOCK) * BLOCK_BYTES;
      let mask = ref & REF_ROUND
        ? intersectRound(stack, block, ox, oy, oz, dx, dy, dz, low, isBoolean<Query>() ? high : cull)
        : intersectBlock(stack, block, ox, oy, oz, dx, dy, dz, low, isBoolean<Query>() ? high : cull);
      if (isBoolean<Query>()) {
        while (mask) {
          const k = <usize>ctz(mask) << 2;
          mask &= mask - 1;
          const id = load<u32>(block + k, BLOCK_IDS);
          if (!(id & ID_POROUS) || opacityAt(id, load<f32>(stack + k, 16), load<f32>(stack + k, 32)) >= 0.5) return true;
        }
      } else if (mask) {
        do {
          const k = <usize>ctz(mask) << 2;
          mask &= mask - 1;
          const t = load<f32>(stack + k);
          const id = load<u32>(block + k, BLOCK_IDS) & ID_INDEX;
          if (t < best || (t == best && id < bestId)) {
            best = t;
            bestId = id;
            hitU = load<f32>(stack + k, 16);
            hitV = load<f32>(stack + k, 32);
            hitBlock = block;
            hitLane = <i32>k >> 2;
            found = true;
          }
        } while (mask);
        cull = f32x4.splat(best * SLACK);
      }
    }
    if (isBoolean<Query>()) {
      if (sp == bottom) return false;
      sp -= 8;
    } else {
      do {
        if (sp == bottom) {
          hitT = best;
          return found;
        }
        sp -= 8;
      } while (load<f32>(sp, 4) > f32x4.extract_lane(cull, 0));
    }
    ref = load<u32>(sp);
  }
}

function closestMesh(root: u32, stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return walk<Nearest, Triangles>(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}
function closestTop(root: u32, stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return walk<Nearest, Instances>(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}
function occludedMesh(root: u32, stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return walk<Anything, Triangles>(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}
function occludedTop(root: u32, stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return walk<Anything, Instances>(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}

/** Nearest hit in (tMin, tMax): true and the `hit…` globals, or false. `stack` is this thread's. */
export function closest(stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return closestFrom(load<u32>(HEADER + H_ROOT), stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}

/** The same for a ray that can meet nothing but what lies below the node `root` of the uppermost level (tile-view.ts). */
export function closestFrom(root: u32, stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  raysTraced++;
  hitInstance = 0;
  const found = !load<u32>(HEADER + H_HAS_TOP) ? closestMesh(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax)
    : closestTop(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
  if (found) hitId = load<u32>(hitBlock + (<usize>hitLane << 2), BLOCK_IDS);
  return found;
}

/** Whether anything opaque lies in (tMin, tMax). Porous surfaces count where their opacity is at least a half. */
export function occluded(stack: usize, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  raysTraced++;
  const root = load<u32>(HEADER + H_ROOT);
  return !load<u32>(HEADER + H_HAS_TOP) ? occludedMesh(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax)
    : occludedTop(root, stack, ox, oy, oz, dx, dy, dz, tMin, tMax);
}
