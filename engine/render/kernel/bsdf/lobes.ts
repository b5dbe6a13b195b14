// How the loaded surface scatters light: glTF's layers (specification 2.0, appendix B, and the extensions) as lobes that can
// be evaluated and sampled.
//
// From top to bottom: coat, sheen, then a mixture of metal and dielectric. What a layer's lobe reflects, by its
// directional albedo towards the viewer, is taken from all that lies below; and single scattering is scaled up by what
// microfacets lose, so that a white material neither takes nor gives light. This makes the layers' sum depend on the
// viewer's direction more than on the light's: it is not reciprocal, as glTF's own layering is not.

import { add, dot, largest, luminance, mix, mul, scale, sub, vec3, X, Y, Z } from '../vec';
import { albedoOf, glassAlbedo, MIN_COSINE } from './albedo-tables';
import { filmReflectance, pow5, schlickWeight, thinnerCosine } from './fresnel';
import { lambda } from './ggx';
import {
  alphaX, alphaY, base, coat, coatAlpha, coatZ, dielectric, dielectric90, diffuseTransmission, diffuseTransmissionColor,
  film, filmIor, filmThickness, frameX, frameY, frameZ, metallic, sheenAlpha, sheenColor, side, transmission, volume,
} from './parameters';
import { MIN_SHEEN_ALPHA, sheenLambda } from './sheen';

/** Reflectance of the coat at normal incidence. */
export const COAT_F0: f32 = 0.04;
/** Relative indices nearer to 1 than this bend no light that anyone could see, but divide by almost nothing. */
const LEAST_CONTRAST: f32 = 3e-3;

/** Albedo of all lobes together towards the viewer, about: for the denoiser's guidance. */
export let totalAlbedo: v128 = f32x4.splat(0);

/** The viewer in world space, in the base's frame, and there his cosine and Λ; the same two to the coat, and of the sheen. */
export let viewer: v128 = f32x4.splat(0);
export let view: v128 = f32x4.splat(0);
export let viewZ: f32 = 1;
export let viewLambda: f32 = 0;
export let coatView: f32 = 1;
export let coatLambda: f32 = 0;
export let fuzzLambda: f32 = 0;
export let fuzzAlpha: f32 = 1;
/** Roughness (α) of the base along both axes, and of the coat. */
export let ax: f32 = 1;
export let ay: f32 = 1;
export let ac: f32 = 1;

// Lobes, layering and compensation applied. Specular reflectance at Schlick's weight s is specular0 + s · specular1.
/** Share of the coat, and colour of the sheen. */
export let coatShare: f32 = 0;
export let fuzz: v128 = f32x4.splat(0);
let specular0: v128 = f32x4.splat(0);
let specular1: v128 = f32x4.splat(0);
/** What coat and sheen leave. */
let below: f32 = 1;
/** Albedo of matt light on the viewer's side and on the other. */
export let diffuse: v128 = f32x4.splat(0);
export let diffuseBehind: v128 = f32x4.splat(0);
/** Tint of light that goes through, its factor, the index beyond over that before, and whether it is bent. */
export let through: v128 = f32x4.splat(0);
export let throughScale: f32 = 0;
export let eta: f32 = 1;
export let bends: bool = false;
// What makes up for light that single scattering loses.
let reflectScale: f32 = 1;
let metalScale: f32 = 1;
/** Probabilities of the lobes; the specular one takes reflection and refraction together. */
export let pCoat: f32 = 0;
export let pFuzz: f32 = 0;
export let pSpecular: f32 = 0;
export let pDiffuse: f32 = 0;
export let pBehind: f32 = 0;
/** Whether the shading normal does not stand on the surface. */
export let bent: bool = false;

// As they were before `widen`.
let keptX: f32 = 1;
let keptY: f32 = 1;
let keptCoat: f32 = 1;
let keptLambda: f32 = 0;
let keptCoatLambda: f32 = 0;

/** A world direction in the base's frame. */
// @ts-ignore: decorator
@inline
export function local(w: v128): v128 {
  return vec3(dot(w, frameX), dot(w, frameY), dot(w, frameZ));
}

/** A direction of the base's frame in the world. */
// @ts-ignore: decorator
@inline
export function world(l: v128): v128 {
  return add(add(scale(frameX, X(l)), scale(frameY, Y(l))), scale(frameZ, Z(l)));
}

/** Whether no lobe is wide enough for chance to find it: only samples of the function itself do. */
// @ts-ignore: decorator
@inline
export function isSmooth(): bool {
  return pDiffuse == 0 && pBehind == 0 && pFuzz == 0 && max<f32>(ax, ay) < <f32>2.5e-3 && (pCoat == 0 || ac < <f32>2.5e-3);
}

/** Λ of the coat's microfacets at a cosine to its normal. */
// @ts-ignore: decorator
@inline
export function lambdaOfCoat(c: f32): f32 {
  return <f32>0.5 * sqrt<f32>(1 + ac * ac * (<f32>1 - c * c) / max<f32>(c * c, 1e-12)) - <f32>0.5;
}

/**
 * Prepares the surface whose parameters are loaded for the unit direction `w` to the viewer. `relativeIor` is the index
 * beyond the surface over that before it.
 */
export function prepareBsdf(w: v128, relativeIor: f32): void {
  viewer = w;
  view = local(w);
  ax = alphaX;
  ay = alphaY;
  ac = coatAlpha;
  viewZ = max<f32>(Z(view), MIN_COSINE);
  view = f32x4.replace_lane(view, 2, viewZ);
  viewLambda = lambda(view, ax, ay);
  bent = dot(frameZ, side) < <f32>0.99999;
  totalAlbedo = f32x4.splat(0);
  below = 1;
  pCoat = 0;
  if (coat > 0) {
    const c = max<f32>(dot(coatZ, w), MIN_COSINE);
    coatView = c;
    coatLambda = lambdaOfCoat(c);
    const t = albedoOf(c, sqrt<f32>(ac));
    pCoat = coat * (COAT_F0 * X(t) + Y(t));
    coatShare = coat;
    below = <f32>1 - pCoat;
    totalAlbedo = f32x4.splat(pCoat);
    bent = bent || dot(coatZ, side) < <f32>0.99999;
  }
  pFuzz = 0;
  const mostFuzz = largest(sheenColor);
  if (mostFuzz > 0) {
    fuzzAlpha = max<f32>(sheenAlpha, MIN_SHEEN_ALPHA);
    fuzzLambda = sheenLambda(viewZ, fuzzAlpha);
    const e = f32x4.extract_lane(albedoOf(viewZ, sqrt<f32>(fuzzAlpha)), 3);
    // Where the fitted lobe reflects more than all light it is dimmed.
    const k = below / max<f32>(mostFuzz * e, 1);
    fuzz = scale(sheenColor, k);
    const taken = scale(fuzz, e);
    pFuzz = luminance(taken);
    totalAlbedo = add(totalAlbedo, taken);
    below *= <f32>1 - min<f32>(mostFuzz * e, 1);
  }
  prepareBase(relativeIor);
}

/**
 * Perceptual roughness whose isotropic lobe loses about as much light as the stretched one: squares of both α's are
 * averaged, seen flat more of the one across the viewer's direction (a fit of our own, within 3 % of the albedo).
 */
function tableRoughness(): f32 {
  if (ax == ay) return sqrt<f32>(ax);
  const x = X(view), y = Y(view), flat = <f32>1 - viewZ;
  const turn = (x * x - y * y) / max<f32>(x * x + y * y, 1e-12) * (ax > ay ? <f32>1 : <f32>-1);
  let g = <f32>0.38 * flat;
  if (turn < 0) g *= <f32>1 + <f32>5 * flat * flat * flat * flat;
  const w = <f32>0.5 - turn * g;
  const p = max<f32>(ax, ay), q = min<f32>(ax, ay);
  const square = min<f32>(max<f32>(p * p * w + q * q * (<f32>1 - w), 1e-12), 1) * (<f32>1 - <f32>0.14 * p * p * p * p * (<f32>1 - q));
  return sqrt<f32>(sqrt<f32>(square));
}

function prepareBase(relativeIor: f32): void {
  const roughness = tableRoughness();
  const t = albedoOf(viewZ, roughness);
  const a = X(t), b = Y(t), single = a + b;
  // The fit for stretched lobes is not exact: rather lose a little than make light.
  const flat2 = (<f32>1 - viewZ) * (<f32>1 - viewZ);
  const lost = (<f32>1 - single) / single * (ax == ay ? <f32>1 : <f32>0.97 - <f32>0.2 * flat2 * flat2);
  const one = f32x4.splat(1);
  // Share of the dielectric whose light goes through without being scattered inside.
  const clear = <f32>1 - metallic;
  eta = relativeIor;
  bends = volume;
  if (bends && abs<f32>(eta - 1) < LEAST_CONTRAST) eta = <f32>1 + LEAST_CONTRAST;
  const inside = bends && eta < 1;
  let single0 = dielectric, metal0 = base;
  // Albedo of the dielectric's specular lobe.
  let plain = add(scale(dielectric, a), f32x4.splat(dielectric90 * b));
  if (film > 0) {
    const s = schlickWeight(Z(t));
    const f = filmReflectance(Z(t), filmIor, filmThickness, dielectric);
    single0 = mix(dielectric, f, film);
    if (metallic > 0) metal0 = mix(base, filmReflectance(Z(t), filmIor, filmThickness, base), film);
    // About the mean microfacet the film's reflectance rises towards grazing angles as Schlick's does.
    const f0 = scale(sub(f, f32x4.splat(s)), <f32>1 / max<f32>(1 - s, 0.02));
    const lobe = add(scale(f32x4.pmax(f0, f32x4.splat(0)), a), f32x4.splat(b));
    plain = mix(plain, lobe, film);
  }
  if (inside) {
    const s = pow5(<f32>1 - thinnerCosine(viewZ, eta));
    plain = add(scale(dielectric, 1 - s), f32x4.splat(dielectric90 * s));
    // A trifle less than all, so that errors of the table never make light.
    reflectScale = max<f32>(ax, ay) < <f32>0.01 ? <f32>1 : <f32>0.995 / max<f32>(glassAlbedo(viewZ, roughness, eta), 0.1);
    throughScale = reflectScale;
  } else {
    const mean = largest(single0);
    reflectScale = <f32>1 + mean * lost;
    plain = f32x4.pmin(scale(plain, reflectScale), one);
    throughScale = 1;
    if (transmission > 0) {
      const all = bends && max<f32>(ax, ay) >= <f32>0.01 ? glassAlbedo(viewZ, roughness, eta) : single;
      throughScale = (<f32>1 - largest(plain)) / max<f32>(all - largest(plain) / reflectScale, 1e-3);
    }
  }
  const left = max<f32>(1 - largest(plain), 0) * clear * below;
  metalScale = lost;
  // Both materials share one lobe: at Schlick's weight s it reflects specular0 + s · specular1.
  const d = clear * reflectScale * below, m = metallic * below;
  const kept = scale(add(one, scale(metal0, lost)), m);
  specular0 = add(scale(dielectric, d), mul(base, kept));
  specular1 = add(scale(sub(f32x4.splat(dielectric90), dielectric), d), mul(sub(one, base), kept));
  const specularAlbedo = add(scale(plain, clear * below), mul(
    film > 0 ? scale(metal0, single) : add(scale(base, a), f32x4.splat(b)),
    kept,
  ));
  const matt = left * (<f32>1 - transmission);
  diffuse = scale(base, matt * (<f32>1 - diffuseTransmission));
  diffuseBehind = scale(diffuseTransmissionColor, matt * diffuseTransmission);
  if (transmission > 0) {
    throughScale *= transmission * clear * below;
    through = base;
  } else throughScale = 0;
  const passing = transmission > 0 ? luminance(base) * left * transmission : <f32>0;
  pSpecular = luminance(specularAlbedo) + passing;
  pDiffuse = luminance(diffuse);
  pBehind = luminance(diffuseBehind);
  totalAlbedo = add(totalAlbedo, add(add(specularAlbedo, diffuse), add(diffuseBehind, scale(base, left * transmission))));
  const sum = pCoat + pFuzz + pSpecular + pDiffuse + pBehind;
  const k = sum > 1e-6 ? <f32>1 / sum : <f32>0;
  pCoat *= k;
  pFuzz *= k;
  pSpecular *= k;
  pDiffuse *= k;
  pBehind *= k;
}

/** Makes every lobe at least `alpha` wide until `narrow`. */
export function widen(alpha: f32): void {
  keptX = ax;
  keptY = ay;
  keptCoat = ac;
  keptLambda = viewLambda;
  keptCoatLambda = coatLambda;
  ax = max<f32>(ax, alpha);
  ay = max<f32>(ay, alpha);
  ac = max<f32>(ac, alpha);
  viewLambda = lambda(view, ax, ay);
  coatLambda = lambdaOfCoat(coatView);
}

/** Takes `widen` back. */
export function narrow(): void {
  ax = keptX;
  ay = keptY;
  ac = keptCoat;
  viewLambda = keptLambda;
  coatLambda = keptCoatLambda;
}

/** Reflectance of the specular lobe for a microfacet, what it lets through, and the probability to sample the former. */
export let reflected: v128 = f32x4.splat(0);
export let passed: f32 = 0;
export let reflecting: f32 = 1;

/** Sets `reflected`, `passed` and `reflecting` for the cosine between the viewer and a microfacet. */
export function fresnel(vh: f32): void {
  const s = pow5(<f32>1 - min<f32>(bends ? thinnerCosine(vh, eta) : vh, 1));
  reflected = add(specular0, scale(specular1, s));
  let bare: f32 = 0;
  if (film > 0) {
    const clear = <f32>1 - metallic;
    let sum = scale(reflected, 1 - film);
    if (clear > 0) {
      const f = filmReflectance(vh, filmIor, filmThickness, dielectric);
      bare = largest(f);
      sum = add(sum, scale(f, clear * reflectScale * below * film));
    }
    if (metallic > 0) {
      const f = filmReflectance(vh, filmIor, filmThickness, base);
      sum = add(sum, scale(mul(f, add(f32x4.splat(1), scale(f, metalScale))), metallic * below * film));
    }
    reflected = sum;
  }
  passed = 0;
  reflecting = 1;
  if (throughScale > 0) {
    const d0 = largest(dielectric);
    let f = d0 + (dielectric90 - d0) * s;
    // Total reflection does not depend on the interface.
    if (bends && eta < 1 && s >= 1) f = 1;
    f += (bare - f) * film;
    passed = throughScale * max<f32>(1 - f, 0);
    const r = luminance(reflected), p = passed * luminance(through);
    reflecting = r + p > 0 ? r / (r + p) : 1;
  }
}
