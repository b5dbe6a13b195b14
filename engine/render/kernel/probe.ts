// Single rays and samples for tests and measurements. Vectors are left at the start of the scratch memory.

import {
  emissivePdf, emitterDirection, emitterDistance, emitterNormal, emitterPdf, emitterPoint, emitterRadiance, sampleEmissive,
} from './emitter-sampling';
import { environmentLight, environmentPdf, environmentRadiance, sampleEnvironment } from './environment-sampling';
import { firsts, seconds, thirds } from './four';
import { irradiance } from './irradiance';
import { H_ROOT, HEADER, SCRATCH } from './layout';
import { lightProbability, sampleLight } from './light-sampling';
import { arriving, lightDistance, towardsLight } from './lights';
import { closest, hitId, hitT, occluded } from './traverse';
import { closestFour, recallRay, setRays } from './traverse-four';
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

/** Irradiance over π of a surface that faces a direction. */
export function probeIrradiance(x: f32, y: f32, z: f32): void {
  v128.store(SCRATCH, irradiance(vec3(x, y, z)));
}

/** Direction and density for a point of the unit square. */
export function probeEnvironmentSample(u: f32, v: f32): void {
  v128.store(SCRATCH, sampleEnvironment(u, v));
}

export function probeEnvironmentPdf(x: f32, y: f32, z: f32): f32 {
  environmentLight(vec3(x, y, z));
  return environmentPdf;
}

/** Point and density, normal and distance, direction, radiance of an emitter chosen at a point. */
export function probeEmitter(u: f32, v: f32, w: f32, x: f32, y: f32, z: f32): bool {
  if (!sampleEmissive(u, v, w, vec3(x, y, z))) return false;
  v128.store(SCRATCH, f32x4.replace_lane(emitterPoint, 3, emitterPdf));
  v128.store(SCRATCH, f32x4.replace_lane(emitterNormal, 3, emitterDistance), 16);
  v128.store(SCRATCH, emitterDirection, 32);
  v128.store(SCRATCH, emitterRadiance, 48);
  return true;
}

/** Density of the direction of the last `traceClosest`, which began at a point and ran along a unit direction. */
export function probeEmitterPdf(x: f32, y: f32, z: f32, dx: f32, dy: f32, dz: f32): f32 {
  return emissivePdf(vec3(x, y, z), vec3(dx, dy, dz));
}

/** Direction and distance, light that arrives and probability of a light chosen at a point. */
export function probeLight(u: f32, x: f32, y: f32, z: f32): bool {
  if (!sampleLight(u, vec3(x, y, z))) return false;
  v128.store(SCRATCH, f32x4.replace_lane(towardsLight, 3, lightDistance));
  v128.store(SCRATCH, f32x4.replace_lane(arriving, 3, lightProbability), 16);
  return true;
}

/**
 * Traces `count` rays: f32 origin, tMin, direction, tMax each (32 bytes) at `rays`. Writes distance (infinite: no hit)
 * and triangle id of each to `hits` (8 bytes); with `any`, only whether something lies in between (0 or infinite).
 */
export function traceRays(rays: usize, hits: usize, count: i32, any: bool): void {
  for (let i = 0; i < count; i++, rays += 32, hits += 8) {
    const ox = load<f32>(rays), oy = load<f32>(rays, 4), oz = load<f32>(rays, 8), tMin = load<f32>(rays, 12);
    const dx = load<f32>(rays, 16), dy = load<f32>(rays, 20), dz = load<f32>(rays, 24), tMax = load<f32>(rays, 28);
    let t: f32 = Infinity;
    let id: u32 = 0;
    if (any) {
      if (occluded(SCRATCH, ox, oy, oz, dx, dy, dz, tMin, tMax)) t = 0;
    } else if (closest(SCRATCH, ox, oy, oz, dx, dy, dz, tMin, tMax)) {
      t = hitT;
      id = hitId;
    }
    store<f32>(hits, t);
    store<u32>(hits, id, 4);
  }
}

/** `traceRays` for nearest hits, four rays at a time; tMin and tMax are taken to be 0 and beyond the scene. */
export function traceFours(rays: usize, hits: usize, count: i32): void {
  const four: usize = SCRATCH + 8192;
  for (let i = 0; i < count; i += 4, rays += 128, hits += 32) {
    const a = v128.load(rays), b = v128.load(rays, 32), c = v128.load(rays, 64), d = v128.load(rays, 96);
    const e = v128.load(rays, 16), f = v128.load(rays, 48), g = v128.load(rays, 80), h = v128.load(rays, 112);
    setRays(
      four, firsts(a, b, c, d), seconds(a, b, c, d), thirds(a, b, c, d), firsts(e, f, g, h), seconds(e, f, g, h),
      thirds(e, f, g, h),
    );
    closestFour(load<u32>(HEADER + H_ROOT), SCRATCH, four);
    for (let k = 0; k < 4; k++) {
      const hit = hits + (<usize>k << 3), met = recallRay(four, k);
      store<f32>(hit, met ? hitT : Infinity);
      store<u32>(hit, met ? hitId : 0, 4);
    }
  }
}
