// Splats as the camera sees them.

import { H_SPLAT_PAIRS, H_SPLAT_VIEW, HEADER, SPLAT_VIEW_BYTES } from './layout';
import { PAIR_BYTES } from './radix-sort';

/** Of a projected splat: mean, inverse covariance, opacity, colour, depth, first and last tile. */
export const V_MEAN: usize = 0;
export const V_CONIC: usize = 8;
export const V_OPACITY: usize = 20;
export const V_RGB: usize = 24;
export const V_DEPTH: usize = 36;
export const V_RECT: usize = 40;

/** Opacity below which nothing is drawn. */
export const LEAST: f32 = 1.0 / 255.0;
/** In place of the distance of a splat that is not seen. */
export const UNSEEN: u32 = 0xffffffff;

/** Distance and index of a splat; where all are sorted, of the one of that rank. */
// @ts-ignore: decorator
@inline
export function pairAt(index: i32): usize {
  return <usize>load<u32>(HEADER + H_SPLAT_PAIRS) + <usize>index * PAIR_BYTES;
}

/** A projected splat. */
// @ts-ignore: decorator
@inline
export function viewAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_SPLAT_VIEW) + <usize>index * SPLAT_VIEW_BYTES;
}
