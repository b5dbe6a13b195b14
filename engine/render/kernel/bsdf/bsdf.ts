// How the loaded surface scatters light: glTF's layers (specification 2.0, appendix B, and the extensions) as one
// function that can be evaluated and sampled.
//
// From top to bottom: coat, sheen, then a mixture of metal and dielectric. What a layer's lobe reflects, by its
// directional albedo towards the viewer, is taken from all that lies below; and single scattering is scaled up by what
// microfacets lose, so that a white material neither takes nor gives light. This makes the layers' sum depend on the
// viewer's direction more than on the light's: it is not reciprocal, as glTF's own layering is not.

import { sinCosTurn, turnCos, turnSin } from '../trigonometry';
import { add, cross, dot, largest, luminance, madd, mix, mul, normalizeOr, scale, sub, vec3, X, Y, Z } from '../vec';
import { albedoOf, glassAlbedo, MIN_COSINE } from './albedo-tables';
import { filmReflectance, pow5, refract, refracted, schlickWeight, thinnerCosine } from './fresnel';
import { distribution, lambda, visibleNormal } from './ggx';
import {
  alphaX, alphaY, base, coat, coatAlpha, coatZ, dielectric, dielectric90, diffuseTransmission,
  diffuseTransmissionColor, film, filmIor, filmThickness, frameX, frameY, frameZ, metallic, sheenAlpha, sheenColor, side,
  transmission, volume,
} from './parameters';
import { MIN_SHEEN_ALPHA, sheenLambda, sheenLobe } from './sheen';

const INV_PI: f32 = 0.318309886;
const COAT_F0: f32 = 0.04;
/** Relative indices nearer to 1 than this bend no light that anyone could see, but divide by almost nothing. */
const LEAST_CONTRAST: f32 = 3e-3;

/** Roughness (α) that lobes have at least where the light is a point: no lobe is narrower than its smallest image. */
const POINT_ALPHA: f32 = 0.02;

/** Density by solid angle of the direction evaluated or sampled last. */
export let bsdfPdf: f32 = 0;

/** The last sample: unit direction, f · |cos| / density, whether it went through the surface, and its lobe's α. */
export let sampledDirection: v128 = f32x4.splat(0);
export let sampledWeight: v128 = f32x4.splat(0);
export let sampledThrough: bool = false;
export let sampledAlpha: f32 = 1;

/** Albedo of all lobes together towards the viewer, about: for the denoiser's guidance. */
export let totalAlbedo: v128 = f32x4.splat(0);

// The viewer in the frames of base and coat.
let viewer: v128 = f32x4.splat(0);
let view: v128 = f32x4.splat(0);
let viewZ: f32 = 1;
let viewLambda: f32 = 0;
let coatView: f32 = 1;
let coatLambda: f32 = 0;
let fuzzLambda: f32 = 0;
let fuzzAlpha: f32 = 1;
// Axes that `evaluate` sees the lobes with.
let ax: f32 = 1;
let ay: f32 = 1;
let ac: f32 = 1;

// Lobes, layering and compensation applied. Specular reflectance at Schlick's weight s is specular0 + s · specular1.
let coatShare: f32 = 0;
let fuzz: v128 = f32x4.splat(0);
let specular0: v128 = f32x4.splat(0);
let specular1: v128 = f32x4.splat(0);
let below: f32 = 1;
let diffuse: v128 = f32x4.splat(0);
let diffuseBehind: v128 = f32x4.splat(0);
let through: v128 = f32x4.splat(0);
let throughScale: f32 = 0;
let reflectScale: f32 = 1;
let metalScale: f32 = 1;
let eta: f32 = 1;
let bends: bool = false;
// Probabilities of the lobes; the specular one takes reflection and refraction together.
let pCoat: f32 = 0;
let pFuzz: f32 = 0;
let pSpecular: f32 = 0;
let pDiffuse: f32 = 0;
let pBehind: f32 = 0;
// The shading normal does not stand on the surface.
let bent: bool = false;

// @ts-ignore: decorator
@inline
function local(w: v128): v128 {
  return vec3(dot(w, frameX), dot(w, frameY), dot(w, frameZ));
}

// @ts-ignore: decorator
@inline
function world(l: v128): v128 {
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
function lambdaOfCoat(c: f32): f32 {
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

// Reflectance of the specular lobe for a microfacet, what it lets through, and the probability to sample the former.
let reflected: v128 = f32x4.splat(0);
let passed: f32 = 0;
let reflecting: f32 = 1;

/** Sets `reflected`, `passed` and `reflecting` for the cosine between the viewer and a microfacet. */
function fresnel(vh: f32): void {
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
function mirrored(w: v128): v128 {
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
  const x = ax, y = ay, c = ac, l = viewLambda, lc = coatLambda;
  ax = max<f32>(ax, POINT_ALPHA);
  ay = max<f32>(ay, POINT_ALPHA);
  ac = max<f32>(ac, POINT_ALPHA);
  viewLambda = lambda(view, ax, ay);
  coatLambda = lambdaOfCoat(coatView);
  const f = evaluateBsdf(w);
  ax = x;
  ay = y;
  ac = c;
  viewLambda = l;
  coatLambda = lc;
  return f;
}

/** Direction about the coat's normal. */
function aboutCoat(l: v128): v128 {
  // The viewer lies in the x-z plane of this frame.
  const x = normalizeOr(sub(viewer, scale(coatZ, dot(viewer, coatZ))), cross(coatZ, frameY));
  const y = cross(coatZ, x);
  return add(add(scale(x, X(l)), scale(y, Y(l))), scale(coatZ, Z(l)));
}

/**
 * Draws a direction for three numbers in [0, 1) and sets the `sampled…` globals and `bsdfPdf`; false where nothing comes
 * back.
 */
export function sampleBsdf(u: f32, v: f32, choice: f32): bool {
  let w: v128;
  let behind = false;
  sampledAlpha = 1;
  if (choice < pSpecular) {
    const h = visibleNormal(view, ax, ay, u, v);
    const vh = dot(view, h);
    fresnel(vh);
    sampledAlpha = min<f32>(ax, ay);
    if (choice < pSpecular * reflecting) {
      const l = sub(scale(h, 2 * vh), view);
      if (!(Z(l) > 0)) return false;
      w = world(l);
    } else {
      behind = true;
      if (!bends) {
        const l = sub(scale(h, 2 * vh), view);
        if (!(Z(l) > 0)) return false;
        w = world(f32x4.replace_lane(l, 2, -Z(l)));
      } else {
        if (!refract(scale(view, -1), h, eta) || !(Z(refracted) < 0)) return false;
        w = world(refracted);
      }
    }
  } else if (choice < pSpecular + pDiffuse + pBehind) {
    behind = choice >= pSpecular + pDiffuse;
    sinCosTurn(u);
    const r = sqrt<f32>(v);
    const z = sqrt<f32>(max<f32>(1 - v, 1e-8));
    w = world(vec3(r * turnCos, r * turnSin, behind ? -z : z));
  } else if (choice < pSpecular + pDiffuse + pBehind + pCoat) {
    const s = sqrt<f32>(max<f32>(1 - coatView * coatView, 0));
    const c = vec3(s, 0, coatView);
    const h = visibleNormal(c, ac, ac, u, v);
    const l = sub(scale(h, 2 * dot(c, h)), c);
    if (!(Z(l) > 0)) return false;
    w = aboutCoat(l);
    sampledAlpha = ac;
  } else {
    if (pFuzz == 0) return false;
    sinCosTurn(u);
    const s = sqrt<f32>(max<f32>(1 - v * v, 0));
    w = world(vec3(s * turnCos, s * turnSin, max<f32>(v, 1e-4)));
  }
  if (dot(w, side) > 0 == behind) w = mirrored(w);
  w = normalizeOr(w, frameZ);
  const f = evaluateBsdf(w);
  if (!(bsdfPdf > 0)) return false;
  sampledDirection = w;
  sampledThrough = behind;
  sampledWeight = scale(f, <f32>1 / bsdfPdf);
  return true;
}
