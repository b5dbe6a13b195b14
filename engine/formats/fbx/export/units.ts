import type { Mat4 } from '../affine.ts';

/** Files are in centimetres: what programs take a file for that ignore the unit it states. */
export const PER_METRE = 100;

/** Units of time in a second. */
export const TICKS = 46_186_158_000;

/** Time in the units of FBX. */
export function ticksOf(seconds: number): number {
  return Math.round(seconds * TICKS);
}

/** A transform between spaces in metres as one between spaces in centimetres. */
export function inCentimetres(matrix: Mat4): Mat4 {
  const out = matrix.slice();
  for (let i = 12; i < 15; i++) out[i]! *= PER_METRE;
  return out;
}
