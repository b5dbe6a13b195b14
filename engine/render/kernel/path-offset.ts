// Where the rays of paths begin.

import { side } from './bsdf/parameters';
import { geometric, liftAtHit, normal } from './surface';
import { dot, largest, madd } from './vec';

/** Distance that rays keep from the surface they leave, per length of the position. */
const OFFSET: f32 = 8e-6;

/** From the triangle to the smooth surface at the loaded hit. */
let lift: v128 = f32x4.splat(0);

/** Finds how far rays at grazing angles are lifted off the loaded hit, a point of which is `at`. */
export function findLift(at: v128): void {
  lift = dot(normal, geometric) < <f32>0.99999 ? liftAtHit(at) : f32x4.splat(0);
}

/**
 * The point a little off the surface on the side of `w`. What leaves it at a grazing angle, where the next facet may
 * stand before it, begins at the smooth surface.
 */
// @ts-ignore: decorator
@inline
export function offsetPoint(p: v128, w: v128): v128 {
  const size = max<f32>(largest(f32x4.abs(p)), 0.05) * OFFSET;
  if (dot(w, side) <= 0) return madd(p, geometric, -size);
  const grazing = <f32>1 - dot(w, geometric) * <f32>6;
  const q = madd(p, geometric, size);
  return grazing > 0 ? madd(q, lift, min<f32>(grazing, 1)) : q;
}
