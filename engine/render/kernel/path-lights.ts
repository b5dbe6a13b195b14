// Light that is sought at a surface of a path: straight from the environment, from what shines, and from punctual lights.

import { bsdfPdf, evaluateBsdf, evaluateForPoint } from './bsdf/evaluate';
import { emitterDirection, emitterDistance, emitterPdf, emitterRadiance, sampleEmissive } from './emitter-sampling';
import { H_EMITTER_LEVELS, H_LIGHT_COUNT, HEADER } from './layout';
import { lightProbability, sampleLight } from './light-sampling';
import { arriving, lightDistance, towardsLight } from './lights';
import { insideVolume } from './path-medium';
import { offsetPoint } from './path-offset';
import { pooledDirection, pooledRadiance } from './path-pool';
import { nextFour, nextLoose, shuffledIndex } from './path-sampler';
import { passing } from './path-shadow';
import { heuristic, tamed } from './path-weights';
import { add, largest, luminance, mul, scale, W } from './vec';

/** Directions of the environment that are weighed against each other at the first surface, and at later ones. */
const FIRST_CANDIDATES: f32 = 4;
const LATER_CANDIDATES: f32 = 2;

/** How often, on average, shining triangles and directions of the environment were sought at the surface before the ray. */
export let sought: f32 = 1;
export let candidates: f32 = 1;
let salt: u32 = 0;

/** A path begins: nothing was sought before its first ray. */
export function startSeeking(): void {
  sought = 1;
  candidates = 1;
  salt = 0x10000;
}

// The path that light is sought for: what it lets through, whether it was scattered before, and the light found so far.
let through: v128 = f32x4.splat(1);
let scattered: bool = false;
let found: v128 = f32x4.splat(0);

/**
 * `radiance` and what arrives at the prepared surface straight from environment, shining triangles and punctual lights, of
 * which the last number of `r` chooses one. Both kinds of lights with an extent are sought at the first surface, one of
 * them by chance further on. `tint` is what the path lets through; `indirect`: it was scattered before.
 */
export function withLights(radiance: v128, stack: usize, at: v128, r: v128, first: bool, tint: v128, indirect: bool): v128 {
  through = tint;
  scattered = indirect;
  found = radiance;
  const emitters = load<i32>(HEADER + H_EMITTER_LEVELS) > 0;
  const chance = nextLoose(salt++);
  const both = first || !emitters;
  candidates = (first ? FIRST_CANDIDATES : LATER_CANDIDATES) * (both ? <f32>1 : <f32>0.5);
  sought = both ? 1 : <f32>0.5;
  if (both || chance < <f32>0.5) addEnvironment(stack, at, first ? FIRST_CANDIDATES : LATER_CANDIDATES, both ? chance : chance * 2);
  if (load<i32>(HEADER + H_LIGHT_COUNT) > 0 && sampleLight(f32x4.extract_lane(r, 3), at)) {
    const w = towardsLight;
    addArriving(stack, at, w, lightDistance, mul(evaluateForPoint(w), arriving), <f32>1 / lightProbability, true);
  }
  if (emitters && (both || chance >= <f32>0.5)) {
    const q = nextFour();
    if (sampleEmissive(f32x4.extract_lane(q, 2), f32x4.extract_lane(q, 0), f32x4.extract_lane(q, 1), at)) {
      const w = emitterDirection, pdf = emitterPdf * sought;
      const f = evaluateBsdf(w);
      if (largest(f) > 0) {
        addArriving(stack, at, w, emitterDistance * <f32>0.9999, mul(f, emitterRadiance), heuristic(pdf, bsdfPdf) / pdf, false);
      }
    }
  }
  return found;
}

/**
 * Adds light of the environment: of `count` directions one is chosen in proportion to what it would bring, and one
 * shadow ray stands for all (resampled importance sampling; Talbot, Cline and Egbert 2005).
 */
function addEnvironment(stack: usize, at: v128, count: f32, chance: f32): void {
  const first = shuffledIndex * <u32>count;
  let total: f32 = 0, chosen = f32x4.splat(0), direction = f32x4.splat(0), worth: f32 = 0;
  for (let i: u32 = 0; i < <u32>count; i++) {
    const e = pooledDirection(first + i);
    const pdf = W(e) * candidates;
    if (!(pdf > 0)) continue;
    const f = evaluateBsdf(e);
    if (!(largest(f) > 0)) continue;
    const light = scale(mul(f, pooledRadiance(first + i)), heuristic(pdf, bsdfPdf) / pdf);
    const l = luminance(light);
    if (!(l > 0)) continue;
    total += l;
    const share = l / total;
    if (chance < share) {
      chance /= share;
      chosen = light;
      worth = l;
      direction = f32x4.replace_lane(e, 3, 0);
    } else chance = (chance - share) / (<f32>1 - share);
  }
  if (worth > 0) addArriving(stack, at, direction, Infinity, chosen, total / worth, true);
}

/** Adds light from direction `w` as far as nothing stands between; `clear` as for `passing`. */
// @ts-ignore: decorator
@inline
function addArriving(stack: usize, at: v128, w: v128, far: f32, light: v128, weight: f32, clear: bool): void {
  const share = tamed(mul(through, scale(light, weight)), scattered);
  if (!(largest(share) > <f32>1e-7)) return;
  found = add(found, mul(share, passing(stack, offsetPoint(at, w), w, far < Infinity ? far : <f32>1e30, clear && !insideVolume())));
}
