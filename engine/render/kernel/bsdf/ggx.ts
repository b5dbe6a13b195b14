// The GGX microfacet distribution with the height-correlated Smith term, isotropic or stretched along two axes
// (Heitz, "Understanding the masking-shadowing function", 2014), in the frame whose +Z is the normal.

import { sinCosTurn, turnCos, turnSin } from '../trigonometry';
import { vec3, X, Y, Z } from '../vec';

/** Least roughness (α) of a lobe: below it single precision loses the lobe's shape, and nobody sees a difference. */
export const MIN_ALPHA: f32 = 1e-3;

/** Density of microfacets with normal `h`, by area projected along it. */
// @ts-ignore: decorator
@inline
export function distribution(h: v128, ax: f32, ay: f32): f32 {
  // Slopes over α: near the normal they keep precision that 1 − z² loses.
  const x = X(h) / ax, y = Y(h) / ay, z = Z(h);
  const s = x * x + y * y + z * z;
  return <f32>0.318309886 / (ax * ay * s * s);
}

/** Smith's Λ: masked share over visible share of the microfacets towards `w`. */
// @ts-ignore: decorator
@inline
export function lambda(w: v128, ax: f32, ay: f32): f32 {
  const x = X(w) * ax, y = Y(w) * ay, z = Z(w);
  return <f32>0.5 * sqrt<f32>(1 + (x * x + y * y) / max<f32>(z * z, 1e-12)) - <f32>0.5;
}

/**
 * A normal of the microfacets visible from `w` (Dupuy and Benyoub, "Sampling visible GGX normals with spherical caps",
 * 2023) for a point of the unit square.
 */
export function visibleNormal(w: v128, ax: f32, ay: f32, u: f32, v: f32): v128 {
  const sx = X(w) * ax, sy = Y(w) * ay, sz = Z(w);
  const k = <f32>1 / sqrt<f32>(sx * sx + sy * sy + sz * sz);
  sinCosTurn(u);
  const wz = sz * k;
  const z = (<f32>1 - v) * (<f32>1 + wz) - wz;
  const s = sqrt<f32>(max<f32>(1 - z * z, 0));
  const hx = (s * turnCos + sx * k) * ax, hy = (s * turnSin + sy * k) * ay, hz = max<f32>(z + wz, 1e-7);
  const n = <f32>1 / sqrt<f32>(hx * hx + hy * hy + hz * hz);
  return vec3(hx * n, hy * n, hz * n);
}
