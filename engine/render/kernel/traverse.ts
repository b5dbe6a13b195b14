// Rays through the two-level tree: nearest hit and occlusion.
//
// One loop serves both levels. A leaf of the upper level moves the ray into its instance's space and leaves a marker
// on the stack; popping the marker moves it back. Where the whole scene is one mesh in render space the upper level is
// skipped (`H_ROOT` is that mesh's root), so two levels cost such scenes nothing.

import { blockT, blockU, blockV, intersectBlock, lane } from './intersect';
import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_INSTANCES, H_NODES, H_ROOT, HEADER, ID_POROUS, INSTANCE_BYTES, INSTANCE_ROOT,
  INSTANCE_TO_MESH, NODE_BYTES, NODE_CHILDREN, REF_INDEX, REF_INSTANCE,
} from './layout';
import { opacityAt } from './material';

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

/** Marker on the stack: leave the instance. */
const LEAVE: u32 = 0xffffffff;
/** Directions are kept away from zero, so that no product below is NaN. */
const TINY: f32 = 1e-18;

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

/** Nearest hit in (tMin, tMax): true and the `hit…` globals, or false. `stack` is this thread's. */
export function closest(stack: usize, wox: f32, woy: f32, woz: f32, wdx: f32, wdy: f32, wdz: f32, tMin: f32, tMax: f32): bool {
  const nodes = <usize>load<u32>(HEADER + H_NODES), blocks = <usize>load<u32>(HEADER + H_BLOCKS);
  wdx = nonzero(wdx);
  wdy = nonzero(wdy);
  wdz = nonzero(wdz);
  let ox = f32x4.splat(wox), oy = f32x4.splat(woy), oz = f32x4.splat(woz);
  let dx = f32x4.splat(wdx), dy = f32x4.splat(wdy), dz = f32x4.splat(wdz);
  let ix = f32x4.splat(<f32>1 / wdx), iy = f32x4.splat(<f32>1 / wdy), iz = f32x4.splat(<f32>1 / wdz);
  let nearX: usize = wdx < 0 ? 48 : 0, nearY: usize = wdy < 0 ? 64 : 16, nearZ: usize = wdz < 0 ? 80 : 32;
  const low = f32x4.splat(tMin);
  let best = tMax, bestV = f32x4.splat(tMax);
  let found = false;
  let instance = 0;
  let sp = stack;
  let ref = load<u32>(HEADER + H_ROOT);
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
        f32x4.pmin(f32x4.mul(f32x4.sub(v128.load(farZ), oz), iz), bestV),
      );
      let mask = i32x4.bitmask(f32x4.le(enter, leave));
      if (mask) {
        let k = ctz(mask);
        mask &= mask - 1;
        ref = load<u32>(n + (<usize>k << 2), NODE_CHILDREN);
        if (!mask) continue;
        // Several children: go on with the nearest, keep the others in order of distance.
        let t = lane(enter, k);
        const base = sp;
        do {
          k = ctz(mask);
          mask &= mask - 1;
          let other = load<u32>(n + (<usize>k << 2), NODE_CHILDREN);
          let otherT = lane(enter, k);
          if (otherT < t) {
            const r = ref;
            ref = other;
            other = r;
            const s = t;
            t = otherT;
            otherT = s;
          }
          let j = sp;
          while (j > base && load<f32>(j - 8) < otherT) {
            store<u64>(j, load<u64>(j - 8));
            j -= 8;
          }
          store<f32>(j, otherT);
          store<u32>(j, other, 4);
          sp += 8;
        } while (mask);
        continue;
      }
    } else if (ref < REF_INSTANCE) {
      const block = blocks + <usize>(ref & REF_INDEX) * BLOCK_BYTES;
      let mask = intersectBlock(block, ox, oy, oz, dx, dy, dz, low, bestV);
      if (mask) {
        do {
          const k = ctz(mask);
          mask &= mask - 1;
          const t = lane(blockT, k);
          if (t < best) {
            best = t;
            hitU = lane(blockU, k);
            hitV = lane(blockV, k);
            hitBlock = block;
            hitLane = k;
            hitInstance = instance;
          }
        } while (mask);
        bestV = f32x4.splat(best);
        found = true;
      }
    } else if (ref != LEAVE) {
      instance = ref & REF_INDEX;
      const m = <usize>load<u32>(HEADER + H_INSTANCES) + <usize>instance * INSTANCE_BYTES;
      store<f32>(sp, -1);
      store<u32>(sp, LEAVE, 4);
      sp += 8;
      const mx = m + INSTANCE_TO_MESH;
      const ax = transformX(mx, wox, woy, woz, 1), ay = transformX(mx + 16, wox, woy, woz, 1), az = transformX(mx + 32, wox, woy, woz, 1);
      const bx = nonzero(transformX(mx, wdx, wdy, wdz, 0)), by = nonzero(transformX(mx + 16, wdx, wdy, wdz, 0)), bz = nonzero(transformX(mx + 32, wdx, wdy, wdz, 0));
      ox = f32x4.splat(ax);
      oy = f32x4.splat(ay);
      oz = f32x4.splat(az);
      dx = f32x4.splat(bx);
      dy = f32x4.splat(by);
      dz = f32x4.splat(bz);
      ix = f32x4.splat(<f32>1 / bx);
      iy = f32x4.splat(<f32>1 / by);
      iz = f32x4.splat(<f32>1 / bz);
      nearX = bx < 0 ? 48 : 0;
      nearY = by < 0 ? 64 : 16;
      nearZ = bz < 0 ? 80 : 32;
      ref = load<u32>(m, INSTANCE_ROOT);
      continue;
    } else {
      ox = f32x4.splat(wox);
      oy = f32x4.splat(woy);
      oz = f32x4.splat(woz);
      dx = f32x4.splat(wdx);
      dy = f32x4.splat(wdy);
      dz = f32x4.splat(wdz);
      ix = f32x4.splat(<f32>1 / wdx);
      iy = f32x4.splat(<f32>1 / wdy);
      iz = f32x4.splat(<f32>1 / wdz);
      nearX = wdx < 0 ? 48 : 0;
      nearY = wdy < 0 ? 64 : 16;
      nearZ = wdz < 0 ? 80 : 32;
    }
    do {
      if (sp == stack) {
        hitT = best;
        if (found) hitId = load<u32>(hitBlock + (<usize>hitLane << 2), BLOCK_IDS);
        return found;
      }
      sp -= 8;
    } while (load<f32>(sp) > best);
    ref = load<u32>(sp, 4);
  }
}

/** Whether anything opaque lies in (tMin, tMax). Porous surfaces count where their opacity is at least a half. */
export function occluded(stack: usize, wox: f32, woy: f32, woz: f32, wdx: f32, wdy: f32, wdz: f32, tMin: f32, tMax: f32): bool {
  const nodes = <usize>load<u32>(HEADER + H_NODES), blocks = <usize>load<u32>(HEADER + H_BLOCKS);
  wdx = nonzero(wdx);
  wdy = nonzero(wdy);
  wdz = nonzero(wdz);
  let ox = f32x4.splat(wox), oy = f32x4.splat(woy), oz = f32x4.splat(woz);
  let dx = f32x4.splat(wdx), dy = f32x4.splat(wdy), dz = f32x4.splat(wdz);
  let ix = f32x4.splat(<f32>1 / wdx), iy = f32x4.splat(<f32>1 / wdy), iz = f32x4.splat(<f32>1 / wdz);
  let nearX: usize = wdx < 0 ? 48 : 0, nearY: usize = wdy < 0 ? 64 : 16, nearZ: usize = wdz < 0 ? 80 : 32;
  const low = f32x4.splat(tMin), high = f32x4.splat(tMax);
  let sp = stack;
  let ref = load<u32>(HEADER + H_ROOT);
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
        f32x4.pmin(f32x4.mul(f32x4.sub(v128.load(farZ), oz), iz), high),
      );
      let mask = i32x4.bitmask(f32x4.le(enter, leave));
      if (mask) {
        let k = ctz(mask);
        mask &= mask - 1;
        ref = load<u32>(n + (<usize>k << 2), NODE_CHILDREN);
        if (!mask) continue;
        // Go on with the nearest child; the order of the others matters little.
        let t = lane(enter, k);
        do {
          k = ctz(mask);
          mask &= mask - 1;
          const other = load<u32>(n + (<usize>k << 2), NODE_CHILDREN);
          const otherT = lane(enter, k);
          if (otherT < t) {
            store<u32>(sp, ref, 4);
            ref = other;
            t = otherT;
          } else {
            store<u32>(sp, other, 4);
          }
          sp += 8;
        } while (mask);
        continue;
      }
    } else if (ref < REF_INSTANCE) {
      const block = blocks + <usize>(ref & REF_INDEX) * BLOCK_BYTES;
      let mask = intersectBlock(block, ox, oy, oz, dx, dy, dz, low, high);
      while (mask) {
        const k = ctz(mask);
        mask &= mask - 1;
        const id = load<u32>(block + (<usize>k << 2), BLOCK_IDS);
        if (!(id & ID_POROUS) || opacityAt(id, lane(blockU, k), lane(blockV, k)) >= 0.5) return true;
      }
    } else if (ref != LEAVE) {
      const m = <usize>load<u32>(HEADER + H_INSTANCES) + <usize>(ref & REF_INDEX) * INSTANCE_BYTES;
      store<u32>(sp, LEAVE, 4);
      sp += 8;
      const mx = m + INSTANCE_TO_MESH;
      const ax = transformX(mx, wox, woy, woz, 1), ay = transformX(mx + 16, wox, woy, woz, 1), az = transformX(mx + 32, wox, woy, woz, 1);
      const bx = nonzero(transformX(mx, wdx, wdy, wdz, 0)), by = nonzero(transformX(mx + 16, wdx, wdy, wdz, 0)), bz = nonzero(transformX(mx + 32, wdx, wdy, wdz, 0));
      ox = f32x4.splat(ax);
      oy = f32x4.splat(ay);
      oz = f32x4.splat(az);
      dx = f32x4.splat(bx);
      dy = f32x4.splat(by);
      dz = f32x4.splat(bz);
      ix = f32x4.splat(<f32>1 / bx);
      iy = f32x4.splat(<f32>1 / by);
      iz = f32x4.splat(<f32>1 / bz);
      nearX = bx < 0 ? 48 : 0;
      nearY = by < 0 ? 64 : 16;
      nearZ = bz < 0 ? 80 : 32;
      ref = load<u32>(m, INSTANCE_ROOT);
      continue;
    } else {
      ox = f32x4.splat(wox);
      oy = f32x4.splat(woy);
      oz = f32x4.splat(woz);
      dx = f32x4.splat(wdx);
      dy = f32x4.splat(wdy);
      dz = f32x4.splat(wdz);
      ix = f32x4.splat(<f32>1 / wdx);
      iy = f32x4.splat(<f32>1 / wdy);
      iz = f32x4.splat(<f32>1 / wdz);
      nearX = wdx < 0 ? 48 : 0;
      nearY = wdy < 0 ? 64 : 16;
      nearZ = wdz < 0 ? 80 : 32;
    }
    if (sp == stack) return false;
    sp -= 8;
    ref = load<u32>(sp, 4);
  }
}
