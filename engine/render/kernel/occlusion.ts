// Ambient occlusion: how much of the light over a surface reaches it.

import { ambient } from './environment';
import { H_HEMISPHERE, H_OCCLUSION_RAYS, HEADER } from './layout';
import { perpendicular } from './surface';
import { occluded } from './traverse';
import { add, cross, dot, madd, scale, vec3, X, Y, Z } from './vec';

/**
 * What the last rays met, a mean over them: light that arrived, light there would be with nothing in between, share of
 * directions that were open. Sums of these may be averaged over pixels, shares of light may not.
 */
export let traced: v128 = f32x4.splat(0);

/** Share of light that is not blocked. */
// @ts-ignore: decorator
@inline
export function litShareOf(occlusion: v128): f32 {
  const all = Y(occlusion);
  return all > 0 ? X(occlusion) / all : 1;
}

/** Occlusion of a place that nothing covers. */
// @ts-ignore: decorator
@inline
export function unoccluded(): v128 {
  return vec3(1, 1, 1);
}

/** Distance that rays keep from the surface they leave, in render space (whose radius is 1). */
export const OFFSET: f32 = 2e-5;

/**
 * Traces the occlusion rays of `patterns` patterns from `pattern` on, from `position` over the hemisphere about
 * `normal`. Directions below the triangle's own plane are mirrored at it: with smooth normals they would only find the
 * surface itself.
 */
export function traceOcclusion(stack: usize, position: v128, normal: v128, geometric: v128, pattern: i32, patterns: i32): void {
  const perPattern = load<i32>(HEADER + H_OCCLUSION_RAYS), rays = perPattern * patterns;
  if (rays == 0) {
    traced = unoccluded();
    return;
  }
  const table = <usize>load<u32>(HEADER + H_HEMISPHERE) + (<usize>(pattern * perPattern) << 4);
  const t = perpendicular(normal),
    b = cross(normal, t);
  const p = madd(position, geometric, OFFSET);
  let all: f32 = 0,
    lit: f32 = 0,
    open: f32 = 0;
  for (let i = 0; i < rays; i++) {
    const d = v128.load(table + ((<usize>i) << 4));
    let w = add(add(scale(t, X(d)), scale(b, Y(d))), scale(normal, Z(d)));
    const side = dot(w, geometric);
    if (side < 0) w = madd(w, geometric, -2 * side);
    const light = ambient(w);
    all += light;
    if (!occluded(stack, X(p), Y(p), Z(p), X(w), Y(w), Z(w), 0, 1e30)) {
      lit += light;
      open += 1;
    }
  }
  traced = scale(vec3(lit, all, open), <f32>1 / <f32>rays);
}
