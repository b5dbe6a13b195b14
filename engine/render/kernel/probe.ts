// Single rays for tests and measurements.

import { SCRATCH } from './layout';
import { closest, hitId, hitT, occluded } from './traverse';

/** Distance and triangle id (with flags) of the last `traceClosest` that hit. */
export function testHitT(): f32 {
  return hitT;
}
export function testHitId(): u32 {
  return hitId;
}

export function traceClosest(ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return closest(SCRATCH, ox, oy, oz, dx, dy, dz, tMin, tMax);
}

export function traceOccluded(ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32, tMin: f32, tMax: f32): bool {
  return occluded(SCRATCH, ox, oy, oz, dx, dy, dz, tMin, tMax);
}
