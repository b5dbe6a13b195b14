// Single rays and samples for tests and measurements. Vectors are left at the start of the scratch memory.

import { environmentPdf, environmentRadiance, sampleEnvironment } from './environment-sampling';
import { SCRATCH } from './layout';
import { closest, hitId, hitT, occluded } from './traverse';
import { vec3 } from './vec';

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

/** Radiance from a direction. */
export function probeEnvironment(x: f32, y: f32, z: f32): void {
  v128.store(SCRATCH, environmentRadiance(vec3(x, y, z)));
}

/** Direction and density for a point of the unit square. */
export function probeEnvironmentSample(u: f32, v: f32): void {
  v128.store(SCRATCH, sampleEnvironment(u, v));
}

export function probeEnvironmentPdf(x: f32, y: f32, z: f32): f32 {
  return environmentPdf(vec3(x, y, z));
}
