// Reflectance of interfaces: Schlick's approximation, as the glTF specification prescribes it, refraction, and thin
// films.

import { add, dot, madd, mul, saturate, scale, sub, vec3, X, Y, Z } from '../vec';

// @ts-ignore: decorator
@inline
export function pow5(x: f32): f32 {
  const q = x * x;
  return q * q * x;
}

/** Weight of the grazing reflectance in Schlick's approximation (1994), for a cosine. */
// @ts-ignore: decorator
@inline
export function schlickWeight(cosine: f32): f32 {
  return pow5(<f32>1 - saturate(cosine));
}

/**
 * Cosine that Schlick's approximation takes at a dielectric with relative index `eta` (beyond over before): that on the
 * side of the thinner medium. Zero, for full reflectance, under total internal reflection.
 */
// @ts-ignore: decorator
@inline
export function thinnerCosine(cosine: f32, eta: f32): f32 {
  if (eta >= 1) return cosine;
  const c2 = <f32>1 - (<f32>1 - cosine * cosine) / (eta * eta);
  return c2 > 0 ? sqrt<f32>(c2) : 0;
}

/** Reflectance at normal incidence between media of a ratio of indices. */
// @ts-ignore: decorator
@inline
export function normalReflectance(eta: f32): f32 {
  const q = (eta - 1) / (eta + 1);
  return q * q;
}

/** Direction of the last `refract`. */
export let refracted: v128 = f32x4.splat(0);

/**
 * Bends `ray` at an interface with unit normal `n` against it; `eta` is the index beyond over that before. False: total
 * reflection.
 */
export function refract(ray: v128, n: v128, eta: f32): bool {
  const c = -dot(ray, n);
  const c2 = <f32>1 - (<f32>1 - c * c) / (eta * eta);
  if (!(c2 > 0)) return false;
  refracted = add(scale(ray, <f32>1 / eta), scale(n, c / eta - sqrt<f32>(c2)));
  return true;
}

/**
 * Response of the eye to interference of order m in XYZ, as sRGB: Gaussians fitted to the Fourier transform of the CIE
 * matching functions (Belcour and Barla, "A practical extension to microfacet theory for the modeling of varying
 * iridescence", 2017). `path` is the optical path in nanometres, `shift` the phase a reflection adds, a channel each.
 */
function sensitivity(path: f32, shift: v128): v128 {
  const phase = <f32>6.28318531 * path * <f32>1e-9;
  const p2 = phase * phase;
  const x = gaussian(5.4856e-13, 1.6810e6, 4.3278e9, phase, p2, X(shift)) + gaussian(9.7470e-14, 2.2399e6, 4.5282e9, phase, p2, X(shift));
  const y = gaussian(4.4201e-13, 1.7953e6, 9.3046e9, phase, p2, Y(shift));
  const z = gaussian(5.2481e-13, 2.2084e6, 6.6121e9, phase, p2, Z(shift));
  return vec3(
    <f32>3.2404542 * x - <f32>1.5371385 * y - <f32>0.4985314 * z,
    <f32>-0.9692660 * x + <f32>1.8760108 * y + <f32>0.0415560 * z,
    <f32>0.0556434 * x - <f32>0.2040259 * y + <f32>1.0572252 * z,
  );
}

// @ts-ignore: decorator
@inline
function gaussian(value: f32, position: f32, variance: f32, phase: f32, phase2: f32, shift: f32): f32 {
  return (value / <f32>1.0685e-7) * sqrt<f32>(<f32>6.28318531 * variance)
    * Mathf.cos(position * phase + shift) * Mathf.exp(-phase2 * variance);
}

/** Schlick's reflectance towards 1 at grazing angles. */
// @ts-ignore: decorator
@inline
function schlick(f0: v128, cosine: f32): v128 {
  return madd(f0, sub(f32x4.splat(1), f0), schlickWeight(cosine));
}

/**
 * Reflectance of a thin film of index `filmIor` and `thickness` nanometres on a base of reflectance `f0`, in air, at
 * `cosine` (KHR_materials_iridescence, after Belcour and Barla 2017).
 */
export function filmReflectance(cosine: f32, filmIor: f32, thickness: f32, f0: v128): v128 {
  // A film that vanishes must not bend light.
  const t = saturate(thickness * <f32>(1.0 / 0.03));
  const ior = <f32>1 + (filmIor - 1) * t * t * (3 - 2 * t);
  const c2 = <f32>1 - (<f32>1 - cosine * cosine) / (ior * ior);
  if (c2 <= 0) return f32x4.splat(1);
  const inner = sqrt<f32>(c2);
  const r0 = normalReflectance(ior);
  const r12 = r0 + (<f32>1 - r0) * schlickWeight(cosine);
  const t121 = <f32>1 - r12;
  // Index of the base as its reflectance tells it, then its reflectance under the film.
  const root = f32x4.sqrt(f32x4.pmin(f32x4.pmax(f0, f32x4.splat(0)), f32x4.splat(0.9999)));
  const base = f32x4.div(add(f32x4.splat(1), root), sub(f32x4.splat(1), root));
  const q = f32x4.div(sub(base, f32x4.splat(ior)), add(base, f32x4.splat(ior)));
  const r23 = schlick(mul(q, q), inner);
  const denser = f32x4.lt(base, f32x4.splat(ior));
  const phi21: f32 = ior < 1 ? 0 : <f32>3.14159265;
  const phi = add(f32x4.splat(phi21), v128.and(denser, f32x4.splat(3.14159265)));
  const r123 = f32x4.pmin(f32x4.pmax(scale(r23, r12), f32x4.splat(1e-5)), f32x4.splat(0.9999));
  const amplitude = f32x4.sqrt(r123);
  const rs = f32x4.div(scale(r23, t121 * t121), sub(f32x4.splat(1), r123));
  let sum = add(f32x4.splat(r12), rs);
  let c = sub(rs, f32x4.splat(t121));
  const path = <f32>2 * ior * thickness * inner;
  c = mul(c, amplitude);
  sum = madd(sum, mul(c, sensitivity(path, phi)), 2);
  c = mul(c, amplitude);
  sum = madd(sum, mul(c, sensitivity(path * 2, scale(phi, 2))), 2);
  return f32x4.pmin(f32x4.pmax(sum, f32x4.splat(0)), f32x4.splat(1));
}
