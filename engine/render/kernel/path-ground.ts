// The ground as paths see it: what the model keeps of its light is the alpha of a shadow.

import { environmentLight, environmentPdf } from './environment-sampling';
import { irradiance } from './irradiance';
import { H_BACKGROUND_MODE, H_LIGHT_COUNT, HEADER } from './layout';
import { lightProbability, sampleLight } from './light-sampling';
import { arriving, lightAt, lightDistance, towardsLight } from './lights';
import { pooledDirection, pooledRadiance } from './path-pool';
import { nextFour, shuffledIndex } from './path-sampler';
import { passing } from './path-shadow';
import { heuristic } from './path-weights';
import { sinCosTurn, turnCos, turnSin } from './trigonometry';
import { add, luminance, mul, scale, vec3, W, Y } from './vec';

const INV_PI: f32 = 0.318309886;
/** Light on the ground that comes from all around, whatever the model keeps from it. */
const BOUNCED: f32 = 0.1;

/** Light that would arrive on the ground without the model. */
let unshadowed: f32 = 0;
/** Direction in which the path leaves the ground, and its density. */
export let groundRay: v128 = f32x4.splat(0);
export let groundPdf: f32 = 0;

/** Luminance of the light on the ground at `p` if nothing stood on it, over π. */
export function groundLight(p: v128): f32 {
  let sum = luminance(irradiance(vec3(0, 1, 0)));
  const lights = load<i32>(HEADER + H_LIGHT_COUNT);
  for (let i = 0; i < lights; i++) {
    if (lightAt(i, p) && Y(towardsLight) > 0) sum += luminance(arriving) * Y(towardsLight) * INV_PI;
  }
  return sum;
}

/**
 * `radiance` and what lights bring to the ground at `p`, which is a white matt surface for its shadow's sake; the path goes on
 * along `groundRay`.
 */
export function withGround(radiance: v128, stack: usize, p: v128): v128 {
  let sum = radiance;
  unshadowed = 0;
  const r = nextFour();
  const e = pooledDirection(shuffledIndex);
  if (W(e) > 0 && Y(e) > 0) {
    const cosine = Y(e) * INV_PI;
    const light = scale(pooledRadiance(shuffledIndex), cosine * heuristic(W(e), cosine) / W(e));
    unshadowed += luminance(light);
    sum = add(sum, mul(light, passing(stack, p, e, 1e30, true)));
  }
  if (load<i32>(HEADER + H_LIGHT_COUNT) > 0 && sampleLight(f32x4.extract_lane(r, 2), p) && Y(towardsLight) > 0) {
    const light = scale(arriving, Y(towardsLight) * INV_PI / lightProbability);
    unshadowed += luminance(light);
    sum = add(sum, mul(light, passing(stack, p, towardsLight, lightDistance, true)));
  }
  const q = nextFour();
  sinCosTurn(f32x4.extract_lane(q, 0));
  const u = f32x4.extract_lane(q, 1), s = sqrt<f32>(u), up = sqrt<f32>(max<f32>(1 - u, 1e-8));
  groundRay = vec3(s * turnCos, up, s * turnSin);
  groundPdf = up * INV_PI;
  unshadowed += luminance(environmentLight(groundRay)) * heuristic(groundPdf, environmentPdf);
  return sum;
}

/** Alpha of the shadow where `radiance` arrived; `share` is what the shadow counts for over all light of the ground. */
export function shadowAlpha(radiance: v128, share: f32): f32 {
  const taken = (unshadowed - luminance(radiance)) * share * (<f32>1 - BOUNCED);
  // Shadows of transparent pictures are laid over others in sRGB, where the same share is darker.
  return load<i32>(HEADER + H_BACKGROUND_MODE) ? taken : taken * <f32>0.6;
}
