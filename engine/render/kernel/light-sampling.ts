// Choice of a punctual light for next-event estimation.

import { H_LIGHT_COUNT, HEADER } from './layout';
import { arriving, lightAt } from './lights';
import { luminance } from './vec';

/** Probability with which `sampleLight` chose its light. */
export let lightProbability: f32 = 0;

// @ts-ignore: decorator
@inline
function weight(index: i32, at: v128): f32 {
  return lightAt(index, at) ? luminance(arriving) : 0;
}

/**
 * Chooses one of the punctual lights for a point of the unit interval, in proportion to the light that would arrive at
 * `at` if nothing stood between, and loads it: `towardsLight`, `lightDistance` and `arriving` of `lights.ts`, and
 * `lightProbability`. False where no light arrives at all. A punctual light has no extent: its estimate is
 * f · |cos| · arriving / lightProbability, without any weight against directions chosen otherwise.
 */
export function sampleLight(u: f32, at: v128): bool {
  const count = load<i32>(HEADER + H_LIGHT_COUNT);
  if (count == 0) return false;
  if (count == 1) {
    lightProbability = 1;
    return lightAt(0, at);
  }
  let total: f32 = 0;
  for (let i = 0; i < count; i++) total += weight(i, at);
  if (!(total > 0)) return false;
  let before: f32 = 0, last = -1;
  const target = u * total;
  for (let i = 0; i < count; i++) {
    const w = weight(i, at);
    if (!(w > 0)) continue;
    last = i;
    lightProbability = w / total;
    before += w;
    if (target < before) return true;
  }
  // Rounding left the target above the sum: the last light that shines here.
  return last >= 0 && lightAt(last, at);
}
