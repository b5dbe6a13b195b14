// What of the light from a direction the prepared lobes send to the viewer.

import { add, dot, madd, normalizeOr, scale, sub, vec3, Z } from '../vec';
import { schlickWeight } from './fresnel';
import { distribution, lambda } from './ggx';
import {
  ac, ax, ay, bends, bent, COAT_F0, coatLambda, coatShare, coatView, diffuse, diffuseBehind, eta, fresnel, fuzz,
  fuzzAlpha, fuzzLambda, lambdaOfCoat, local, narrow, passed, pBehind, pCoat, pDiffuse, pFuzz, pSpecular, reflected,
  reflecting, through, throughScale, view, viewer, viewLambda, viewZ, widen,
} from './lobes';
import { coatZ, side } from './parameters';
import { sheenLobe } from './sheen';

const INV_PI: f32 = 0.318309886;
/** Roughness (α) that lobes have at least where the light is a point: no lobe is narrower than its smallest image. */
const POINT_ALPHA: f32 = 0.02;

/** Density by solid angle of the direction evaluated or sampled last. */
export let bsdfPdf: f32 = 0;

// Sums of `addReflected` and `addThrough`.
let sum: v128 = f32x4.splat(0);
let density: f32 = 0;

/** Adds the lobes that reflect into the world direction `w`. */
function addReflected(w: v128): void {
  const l = local(w);
  const lz = Z(l);
  if (lz > 0) {
    const half = normalizeOr(add(view, l), vec3(0, 0, 1));
    if (pSpecular > 0) {
      const vh = dot(view, half);
      fresnel(vh);
      const d = distribution(half, ax, ay) / (<f32>4 * viewZ);
      sum = add(sum, scale(reflected, d / (<f32>1 + viewLambda + lambda(l, ax, ay))));
      density += pSpecular * reflecting * d / (<f32>1 + viewLambda);
    }
    if (pDiffuse > 0) {
      sum = madd(sum, diffuse, lz * INV_PI);
      density += pDiffuse * lz * INV_PI;
    }
    if (pFuzz > 0) {
      sum = madd(sum, fuzz, sheenLobe(Z(half), viewZ, lz, fuzzAlpha, fuzzLambda));
      density += pFuzz * <f32>0.159154943;
    }
  }
  if (pCoat > 0) {
    const cz = dot(coatZ, w);
    if (cz > 0) {
      // Slope of the half vector by its part across the normal: near the normal, 1 − z² would lose precision.
      const u = add(viewer, w);
      const uz = dot(u, coatZ), across = sub(u, scale(coatZ, uz));
      const tan2 = dot(across, across) / max<f32>(uz * uz, 1e-12);
      const cos2 = <f32>1 / (<f32>1 + tan2);
      const a2 = ac * ac;
      const e = (tan2 + a2) * cos2;
      const d = a2 * INV_PI / (e * e) / (<f32>4 * coatView);
      const vh = <f32>0.5 * sqrt<f32>(dot(u, u));
      const f = coatShare * (COAT_F0 + (<f32>1 - COAT_F0) * schlickWeight(vh));
      sum = add(sum, f32x4.splat(f * d / (<f32>1 + coatLambda + lambdaOfCoat(cz))));
      density += pCoat * d / (<f32>1 + coatLambda);
    }
  }
}

/** Adds the lobes that send light through into the world direction `w`. */
function addThrough(w: v128): void {
  const l = local(w);
  const lz = -Z(l);
  if (!(lz > 0)) return;
  if (pBehind > 0) {
    sum = madd(sum, diffuseBehind, lz * INV_PI);
    density += pBehind * lz * INV_PI;
  }
  if (!(throughScale > 0)) return;
  if (!bends) {
    const mirrored = f32x4.replace_lane(l, 2, lz);
    const half = normalizeOr(add(view, mirrored), vec3(0, 0, 1));
    fresnel(dot(view, half));
    const d = distribution(half, ax, ay) / (<f32>4 * viewZ);
    sum = add(sum, scale(through, passed * d / (<f32>1 + viewLambda + lambda(mirrored, ax, ay))));
    density += pSpecular * (<f32>1 - reflecting) * d / (<f32>1 + viewLambda);
    return;
  }
  let half = normalizeOr(madd(view, l, eta), vec3(0, 0, 1));
  if (Z(half) < 0) half = scale(half, -1);
  const vh = dot(view, half), lh = -dot(l, half);
  if (!(vh > 0) || !(lh > 0)) return;
  fresnel(vh);
  const k = vh - eta * lh;
  // Walter et al., "Microfacet models for refraction through rough surfaces" (2007), for light that is counted in flux:
  // the squeezing of solid angles between media cancels on the way out again.
  const d = distribution(half, ax, ay) * vh * lh * eta * eta / (viewZ * max<f32>(k * k, 1e-12) * (<f32>1 + viewLambda));
  sum = add(sum, scale(through, passed * d / (<f32>1 + lambda(l, ax, ay))));
  density += pSpecular * (<f32>1 - reflecting) * d;
}

/** Mirror image of a direction in the plane of the smooth surface. */
// @ts-ignore: decorator
@inline
export function mirrored(w: v128): v128 {
  return madd(w, side, <f32>-2 * dot(w, side));
}

/**
 * f · |cos| for light from (or sent to) the unit direction `w`; `bsdfPdf` is the density with which `sampleBsdf` gives
 * it. Where the shading normal leans, part of a lobe points to the wrong side of the surface: that part is folded back
 * at the surface's plane, so that neither black fringes nor leaks appear and no light is lost.
 */
export function evaluateBsdf(w: v128): v128 {
  sum = f32x4.splat(0);
  density = 0;
  if (dot(w, side) > 0) {
    addReflected(w);
    if (bent) addReflected(mirrored(w));
  } else if (throughScale > 0 || pBehind > 0) {
    addThrough(w);
    if (bent) addThrough(mirrored(w));
  }
  bsdfPdf = density;
  return sum;
}

/** `evaluateBsdf` for a light that is a point: lobes are at least `POINT_ALPHA` wide, or nothing would ever meet it. */
export function evaluateForPoint(w: v128): v128 {
  widen(POINT_ALPHA);
  const f = evaluateBsdf(w);
  narrow();
  return f;
}
