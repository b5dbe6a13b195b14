// Directions drawn from the environment once for the whole image. Drawing one takes a walk down a tree; a path takes one
// that is drawn already. They are points of one (0, 2)-sequence: any aligned run of 2ᵏ of them, which the samples of a
// pixel are in some order, is spread over the environment's light as evenly as if drawn for that pixel alone.

import { environmentRadiance, sampleEnvironment } from './environment-sampling';
import { ENV_POOL_OFFSET, ENV_POOL_PART, ENV_POOL_SIZE, H_PATH_TABLES, HEADER } from './layout';
import { point0, point1 } from './sampling';

const ENTRY_BYTES: usize = 32;
const SEED: u32 = 0x2c1b3c6d;

/** Work items that the pool is drawn in. */
export const POOL_PARTS: i32 = ENV_POOL_SIZE / ENV_POOL_PART;

// @ts-ignore: decorator
@inline
function entry(index: u32): usize {
  return <usize>load<u32>(HEADER + H_PATH_TABLES) + ENV_POOL_OFFSET + <usize>(index & (ENV_POOL_SIZE - 1)) * ENTRY_BYTES;
}

export function drawPool(part: i32): void {
  for (let i: u32 = part * ENV_POOL_PART; i < <u32>(part + 1) * ENV_POOL_PART; i++) {
    const d = sampleEnvironment(point0(i, SEED), point1(i, SEED));
    v128.store(entry(i), d);
    v128.store(entry(i), environmentRadiance(d), 16);
  }
}

/** Direction and, in w, its density by solid angle (0: the environment is black). */
// @ts-ignore: decorator
@inline
export function pooledDirection(index: u32): v128 {
  return v128.load(entry(index));
}

// @ts-ignore: decorator
@inline
export function pooledRadiance(index: u32): v128 {
  return v128.load(entry(index), 16);
}
