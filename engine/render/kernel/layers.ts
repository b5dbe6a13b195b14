// Surfaces behind one another along a ray.

/** Surfaces followed behind one another. */
export const MAX_LAYERS: i32 = 48;
/** Share of light from behind below which nothing more is looked for. */
export const MIN_THROUGH: f32 = 0.004;

const STEP: f32 = 1e-6;

/** Distance from which on a ray looks for what lies behind the surface at distance `t`. */
// @ts-ignore: decorator
@inline
export function past(t: f32): f32 {
  return t * (1 + STEP) + STEP;
}
