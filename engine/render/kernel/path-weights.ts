// How much a sample counts that others could have found too, or that is far brighter than others.

import { H_EXPOSURE, HEADER } from './layout';
import { largest, scale } from './vec';

/** `bound` of the first sample, in white after exposure, and what each sample adds to it. */
const BOUND: f32 = 4;
const BOUND_STEP: f32 = 0.3;

/** Weight of a sample with density `a` where `b` could have found the same. */
// @ts-ignore: decorator
@inline
export function heuristic(a: f32, b: f32): f32 {
  // Divided through: squares of large densities overflow.
  const r = b / a;
  return <f32>1 / (<f32>1 + r * r);
}

/** Light that a path may bring at most after it was scattered twice; more with every sample. */
let bound: f32 = 0;

/** Sets the bound of `tamed` for a sample of the pixel. */
export function setBound(sample: u32): void {
  bound = (BOUND + BOUND_STEP * <f32>sample) / load<f32>(HEADER + H_EXPOSURE);
}

/**
 * Light of a path that was scattered more than once (`indirect`), not above `bound`. The bound rises with the number of
 * the sample: what a few early samples lose is a vanishing share of all, and no speck stands out by more than about a
 * third of white, however bright its light.
 */
// @ts-ignore: decorator
@inline
export function tamed(light: v128, indirect: bool): v128 {
  const most = largest(light);
  return indirect && most > bound ? scale(light, bound / most) : light;
}
