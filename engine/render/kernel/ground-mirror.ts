// Ground that also mirrors the model, like polished stone.

import { pixelDown, pixelRight } from './camera';
import { groundShadow, lightAround } from './found-light';
import { groundShow, groundT, meetsGround } from './ground';
import { GROUND_REFLECTIVE, H_GROUND, HEADER } from './layout';
import { point0, point1 } from './sampling';
import { loadOpacity, opacity } from './shade';
import { loadSurface } from './surface';
import { closest, hitT } from './traverse';
import { madd, scale, vec3, X, Y, Z } from './vec';

/** Share of light that the ground mirrors when one looks straight down: stone with a coat of wax. */
const STRAIGHT: f32 = 0.08;
/** How far mirrored rays go, in render space; what they meet fades towards that. */
const REACH: f32 = 1.6;
/** Half the width of the mirrored cone of rays, per unit of distance. */
export const MIRROR_ROUGH: f32 = 0.012;
const OFFSET: f32 = 5e-5;
/** Surfaces that a mirrored ray passes because they stop less than half of the light. */
const MAX_PASSED: i32 = 4;

/** Share of light that the ground mirrors towards `ray`, which has just met it; 0 where it does not mirror. */
export function mirrorShare(ray: v128): f32 {
  if (load<i32>(HEADER + H_GROUND) != GROUND_REFLECTIVE) return 0;
  const steep: f32 = 1 + Y(ray), steep2 = steep * steep;
  return (STRAIGHT + (1 - STRAIGHT) * steep2 * steep2 * steep) * groundShow;
}

/** The unit direction that the ground mirrors `ray` to; `u` and `v`, 0 to 1, choose it within the mirrored cone. */
export function mirroredRay(ray: v128, u: f32, v: f32): v128 {
  const dx = (u * 2 - 1) * MIRROR_ROUGH, dz = (v * 2 - 1) * MIRROR_ROUGH;
  const r = vec3(X(ray) + dx, -Y(ray), Z(ray) + dz);
  return scale(r, <f32>1 / sqrt<f32>(X(r) * X(r) + Y(r) * Y(r) + Z(r) * Z(r)));
}

/** What of the mirrored model is seen when it lies `t` from the ground. */
export function mirrorFade(t: f32): f32 {
  const fade = max<f32>(1 - t / REACH, 0);
  return fade * fade;
}

/**
 * The ground's share of a ray that met nothing else: light premultiplied, and coverage of shadow and mirrored model in
 * the fourth lane. `sample` chooses the ray within the mirrored cone; all pixels take the same, so that there is no noise.
 */
export function groundSeen(
  stack: usize, x: i32, y: i32, fx: f32, fy: f32, origin: v128, ray: v128, length: f32, interior: bool, weight: f32, sample: i32,
): v128 {
  const shadow = groundShadow(stack, x, y, fx, fy, origin, ray, length, interior, weight);
  const dark = f32x4.replace_lane(f32x4.splat(0), 3, shadow);
  if (!meetsGround(origin, ray)) return dark;
  const share = mirrorShare(ray);
  if (share == 0) return dark;
  const before = groundT;
  const at = madd(madd(origin, ray, before), vec3(0, 1, 0), OFFSET);
  const mirrored = mirroredRay(ray, point0(sample, 0x6a09e667), point1(sample, 0x6a09e667));
  let near: f32 = 0;
  for (let i = 0; i < MAX_PASSED; i++) {
    if (!closest(stack, X(at), Y(at), Z(at), X(mirrored), Y(mirrored), Z(mirrored), near, REACH)) return dark;
    const t = hitT;
    // As wide as the whole way makes it.
    const grown = (before + t) / max<f32>(t, 1e-4);
    loadSurface(at, mirrored, scale(mirrored, length), scale(pixelRight(), grown), scale(pixelDown(), grown), true);
    loadOpacity();
    if (opacity < <f32>0.5) {
      near = t * <f32>1.00001 + <f32>1e-5;
      continue;
    }
    const a = share * mirrorFade(t);
    const light = lightAround(stack, x, y, scale(mirrored, -1), weight * a);
    return f32x4.replace_lane(scale(light, a), 3, a + (1 - a) * shadow);
  }
  return dark;
}
