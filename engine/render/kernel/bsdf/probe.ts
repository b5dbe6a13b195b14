// Single evaluations of the reflection model for tests: results lie in scratch memory.

import { M_BASE_COLOR, M_IOR, SCRATCH } from '../layout';
import { frontFacing, loadFlat, material } from '../surface';
import { vec3 } from '../vec';
import { bsdfPdf, evaluateBsdf, evaluateForPoint } from './evaluate';
import { prepareBsdf, totalAlbedo } from './lobes';
import { loadParameters } from './parameters';
import { sampleBsdf, sampledDirection, sampledThrough, sampledWeight } from './sample';

/** Loads material `index` on a flat piece facing +Z for a viewer; `minAlpha` as for `loadParameters`. */
export function probeBsdf(index: u32, front: bool, x: f32, y: f32, z: f32, minAlpha: f32): void {
  loadFlat(index, front);
  const w = vec3(x, y, z);
  loadParameters(w, v128.load(material, M_BASE_COLOR), minAlpha);
  const ior = load<f32>(material, M_IOR);
  prepareBsdf(w, frontFacing ? ior : <f32>1 / ior);
  v128.store(SCRATCH, totalAlbedo);
}

/** f · |cos| and density. */
export function probeBsdfEvaluate(x: f32, y: f32, z: f32): void {
  v128.store(SCRATCH, f32x4.replace_lane(evaluateBsdf(vec3(x, y, z)), 3, bsdfPdf));
}

/** f · |cos| for a light that is a point. */
export function probeBsdfPoint(x: f32, y: f32, z: f32): void {
  v128.store(SCRATCH, evaluateForPoint(vec3(x, y, z)));
}

/** Weight and density, then direction and whether it went through; false where nothing comes back. */
export function probeBsdfSample(u: f32, v: f32, choice: f32): bool {
  if (!sampleBsdf(u, v, choice)) return false;
  v128.store(SCRATCH, f32x4.replace_lane(sampledWeight, 3, bsdfPdf));
  v128.store(SCRATCH, f32x4.replace_lane(sampledDirection, 3, sampledThrough ? 1 : 0), 16);
  return true;
}
