// Light that a surface sends to the viewer under the environment: the `preview` integrator's reflection model.
//
// The layers are those of the glTF 2.0 specification, appendix B, and its extensions, with image-based light by the
// split sum (Karis 2013) and the energy lost between microfacets put back (Fdez-Agüera 2019).

import { filmReflectance, pow5 } from './bsdf/fresnel';
import { irradiance } from './irradiance';
import {
  alphaX, alphaY, base, baseColorWithAlpha, coat, coatAlpha, coatZ, dielectric, dielectric90, diffuseTransmission,
  diffuseTransmissionColor, emission, film, filmIor, filmThickness, frameX, frameY, frameZ, loadEmission,
  loadParameters, metallic, metallicRoughness, sheenAlpha, sheenColor, transmission,
} from './bsdf/parameters';
import { sheenLambda, sheenLobe, MIN_SHEEN_ALPHA } from './bsdf/sheen';
import { directionalAlbedo } from './dfg-table';
import { radiance } from './environment';
import {
  M_ABSORPTION, M_ALPHA_CUTOFF, M_FLAGS, M_OCCLUSION_STRENGTH, M_TRANSMISSION, MF_ANISOTROPY, MF_BLEND, MF_CLEARCOAT,
  MF_DIFFUSE_TRANSMISSION, MF_EMISSIVE, MF_MASK, MF_SHEEN, MF_SPECULAR_GLOSSINESS, MF_TRANSMISSION, MF_UNLIT, MF_VOLUME,
  SLOT_METALLIC_ROUGHNESS, SLOT_OCCLUSION, SLOT_THICKNESS, SLOT_TRANSMISSION,
} from './layout';
import { arriving, loadLight, towardsLight } from './lights';
import { curvature, material } from './surface';
import { hasTexture, sameTexture, sample } from './texture';
import { add, dot, largest, madd, mix, mul, normalizeOr, saturate, scale, sub, vec3, W, X, Y, Z } from './vec';

/** Least cosine between a shading normal and the viewer. */
const MIN_COSINE: f32 = 1e-3;
/** Least perceptual roughness. */
const MIN_ROUGHNESS: f32 = 0.02;
const INV_PI: f32 = 0.318309886;

/** Base colour with alpha, after texture and vertex colour. */
export let baseColor: v128 = f32x4.splat(1);
/** Share of the light from behind that the surface stops, by alpha. */
export let opacity: f32 = 1;
/** Light sent to the viewer, for full opacity. */
export let shaded: v128 = f32x4.splat(0);
/** Tint of light from behind that passes through by transmission (zero: none). */
export let transmitted: v128 = f32x4.splat(0);
/** Makes the surface one that no light passes. */
export function letNothingThrough(): void {
  transmitted = f32x4.splat(0);
}
/** The surface takes no light: show its colour as it is. */
export let unlit: bool = false;

/** Reads base colour and opacity of the loaded surface; the shading of a hit begins with it. */
export function loadOpacity(): void {
  const flags = load<u32>(material, M_FLAGS);
  const c = baseColorWithAlpha();
  baseColor = c;
  if (flags & MF_MASK) opacity = W(c) >= load<f32>(material, M_ALPHA_CUTOFF) ? 1 : 0;
  else if (flags & MF_BLEND) opacity = saturate(W(c));
  else opacity = 1;
}

/** Share of the loaded surface's light that is not reflected as by a mirror of glass: 0 for clear glass, 1 for most. */
export function mattShare(): f32 {
  if (!(load<u32>(material, M_FLAGS) & MF_TRANSMISSION) || hasTexture(material, SLOT_TRANSMISSION)) return 1;
  return <f32>1 - saturate(load<f32>(material, M_TRANSMISSION));
}

/**
 * Perceptual roughness of a lobe over the footprint, on which the surface itself turns (Tokuyoshi and Kaplanyan,
 * "Improved geometric specular antialiasing", 2019): outlines and narrow edges mirror all that they turn past.
 */
// @ts-ignore: decorator
@inline
function filtered(roughness: f32): f32 {
  const spread = min<f32>(<f32>0.5 * curvature, 0.18);
  if (spread < <f32>1e-4) return roughness;
  const square = roughness * roughness;
  return sqrt<f32>(sqrt<f32>(min<f32>(square * square + spread, 1)));
}

/** Share of the reflected lobe that is not blocked, from ambient visibility (Lagarde and de Rousiers 2014). */
function specularVisibility(nv: f32, visibility: f32, roughness: f32): f32 {
  if (visibility >= 1) return 1;
  return saturate(Mathf.pow(nv + visibility, Mathf.exp2(<f32>-16 * roughness - 1)) - 1 + visibility);
}

/** Visibility with the light that bounces between near surfaces of colour `albedo` (Jiménez et al. 2016). */
function withBounces(visibility: f32, albedo: v128): v128 {
  const x = f32x4.splat(visibility);
  const a = sub(scale(albedo, 2.0404), f32x4.splat(0.3324));
  const b = sub(f32x4.splat(0.6417), scale(albedo, 4.7951));
  const c = add(scale(albedo, 2.7552), f32x4.splat(0.6903));
  return f32x4.pmax(x, mul(add(mul(add(mul(x, a), b), x), c), x));
}

// @ts-ignore: decorator
@inline
function reflect(view: v128, n: v128): v128 {
  return sub(scale(n, 2 * dot(view, n)), view);
}

/** Light of one lobe of GGX for a light from `l`, its cosine included (glTF 2.0, appendix B.3). */
function glossy(n: v128, view: v128, l: v128, nv: f32, nl: f32, roughness: f32): f32 {
  const h = normalizeOr(add(view, l), n);
  const a = max<f32>(roughness * roughness, 2e-3), a2 = a * a;
  const nh = saturate(dot(n, h));
  const d = nh * nh * (a2 - 1) + 1;
  const visibility = <f32>0.5 / (nl * sqrt<f32>(nv * nv * (1 - a2) + a2) + nv * sqrt<f32>(nl * nl * (1 - a2) + a2));
  return (a2 / (<f32>3.14159265 * d * d)) * visibility * nl;
}

/** `glossy` for a lobe that is stretched along the base's frame (KHR_materials_anisotropy). */
function stretched(view: v128, l: v128, nv: f32, nl: f32, ax: f32, ay: f32): f32 {
  const h = normalizeOr(add(view, l), frameZ);
  const x = dot(frameX, h) / ax, y = dot(frameY, h) / ay, z = saturate(dot(frameZ, h));
  const s = x * x + y * y + z * z;
  const vx = dot(frameX, view) * ax, vy = dot(frameY, view) * ay, lx = dot(frameX, l) * ax, ly = dot(frameY, l) * ay;
  const visibility = <f32>0.5 / (nl * sqrt<f32>(vx * vx + vy * vy + nv * nv) + nv * sqrt<f32>(lx * lx + ly * ly + nl * nl));
  return (INV_PI / (ax * ay * s * s)) * visibility * nl;
}

/** Most reflections along a stretched lobe that are averaged. */
const MAX_STRETCHED: i32 = 24;

/**
 * Radiance over a lobe that is wider along the frame's x axis: slopes of the microfacets along that axis are taken at
 * equal steps of their distribution, each with a round lobe of the narrower roughness, or of the steps' spacing where
 * that is more.
 */
function stretchedRadiance(view: v128, ax: f32, ay: f32): v128 {
  const extra = sqrt<f32>(max<f32>(ax * ax - ay * ay, 0));
  const taps = min(max(<i32>(extra / ay * 3) + 2, 4), MAX_STRETCHED);
  const step = <f32>2 / <f32>taps;
  const rough = sqrt<f32>(max<f32>(ay, extra * step * <f32>0.6));
  let sum = f32x4.splat(0);
  let weights: f32 = 0;
  for (let i = 0; i < taps; i++) {
    const t = (<f32>i + <f32>0.5) * step - <f32>1;
    // Distribution function of slopes along one axis of GGX: (1 + s / √(α² + s²)) / 2.
    const slope = extra * t / sqrt<f32>(<f32>1 - t * t);
    const h = normalizeOr(madd(frameZ, frameX, -slope), frameZ);
    const vh = dot(view, h);
    if (!(vh > 0)) continue;
    const l = reflect(view, h);
    const nl = dot(frameZ, l);
    if (!(nl > 0)) continue;
    // Microfacets count by the area that the viewer sees of them.
    const w = vh * sqrt<f32>(<f32>1 + slope * slope);
    sum = madd(sum, radiance(l, rough), w);
    weights += w;
  }
  return weights > 0 ? scale(sum, <f32>1 / weights) : radiance(reflect(view, frameZ), rough);
}

/** What the stated thickness of the volume behind the surface lets through. */
function volumeTransmittance(m: usize): v128 {
  const x = load<f32>(m, M_ABSORPTION), y = load<f32>(m, M_ABSORPTION + 4), z = load<f32>(m, M_ABSORPTION + 8);
  if (x + y + z == 0) return f32x4.splat(1);
  const thickness = hasTexture(m, SLOT_THICKNESS) ? Y(sample(m, SLOT_THICKNESS)) : <f32>1;
  return vec3(Mathf.exp(-x * thickness), Mathf.exp(-y * thickness), Mathf.exp(-z * thickness));
}

/** Directions of a ring that `sheenLight` looks along. */
const SHEEN_TAPS: i32 = 6;

/**
 * Light that white sheen sends to the viewer, where its lobe reflects `albedo` in all. The lobe lies flat over the
 * surface, brightest towards where light comes in low: rings of blurred radiance are weighed by it.
 */
function sheenLight(n: v128, view: v128, nv: f32, alpha: f32, albedo: f32): v128 {
  // Azimuths count from the viewer's; the lobe is symmetric about that plane.
  const forward = normalizeOr(sub(view, scale(n, nv)), frameX);
  const side = vec3(
    Y(n) * Z(forward) - Z(n) * Y(forward),
    Z(n) * X(forward) - X(n) * Z(forward),
    X(n) * Y(forward) - Y(n) * X(forward),
  );
  const lambda = sheenLambda(nv, alpha);
  let sum = f32x4.splat(0);
  let weights: f32 = 0;
  for (let ring = 0; ring < 2; ring++) {
    const nl: f32 = ring ? 0.66 : 0.22, s = sqrt<f32>(<f32>1 - nl * nl);
    for (let i = 0; i < SHEEN_TAPS; i++) {
      const c = i == 0 ? <f32>1 : i == 1 || i == 5 ? <f32>0.5 : i == 3 ? <f32>-1 : <f32>-0.5;
      const b = i == 0 || i == 3 ? <f32>0 : i < 3 ? <f32>0.8660254 : <f32>-0.8660254;
      const l = add(scale(n, nl), scale(add(scale(forward, c), scale(side, b)), s));
      const nh = (nv + nl) / sqrt<f32>(max<f32>(<f32>2 + 2 * dot(view, l), 1e-6));
      const w = sheenLobe(min<f32>(nh, 1), nv, nl, alpha, lambda);
      sum = madd(sum, radiance(l, 0.7), w);
      weights += w;
    }
  }
  return weights > 1e-6 ? scale(sum, albedo / weights) : scale(irradiance(n), albedo);
}

/**
 * Shades the loaded surface (`loadSurface`, `loadOpacity`) for the unit direction `view` to the viewer. `lit` and
 * `open` are the shares of light and of directions over the surface that nothing blocks, `reached` the lights whose
 * shadow rays met nothing, a bit each.
 */
export function shade(view: v128, lit: f32, open: f32, reached: u32): void {
  const flags = load<u32>(material, M_FLAGS);
  unlit = (flags & MF_UNLIT) != 0;
  transmitted = f32x4.splat(0);
  if (unlit) {
    shaded = baseColor;
    return;
  }
  const m = material;
  loadParameters(view, baseColor, MIN_ROUGHNESS * MIN_ROUGHNESS);
  const one = f32x4.splat(1);
  const n = frameZ;
  const nv = min<f32>(max<f32>(dot(n, view), MIN_COSINE), 1);
  const anisotropic = (flags & MF_ANISOTROPY) != 0 && alphaX > alphaY * <f32>1.001;
  const roughness = filtered(sqrt<f32>(alphaY));
  const ay = roughness * roughness, ax = anisotropic ? max<f32>(alphaX, ay) : ay;
  const spread = anisotropic ? sqrt<f32>(sqrt<f32>(ax * ay)) : roughness;

  let visibleLit = lit, visibleOpen = open;
  if (hasTexture(m, SLOT_OCCLUSION)) {
    // Occlusion, roughness and metalness mostly share one texture.
    const shared = !(flags & MF_SPECULAR_GLOSSINESS) && sameTexture(m, SLOT_OCCLUSION, SLOT_METALLIC_ROUGHNESS);
    const t = shared ? metallicRoughness : sample(m, SLOT_OCCLUSION);
    const baked = <f32>1 + load<f32>(m, M_OCCLUSION_STRENGTH) * (X(t) - <f32>1);
    // The smaller of both: baked and traced occlusion tell of the same thing, and multiplied would count it twice.
    visibleLit = min<f32>(lit, baked);
    visibleOpen = min<f32>(open, baked);
  }

  const dfg = directionalAlbedo(nv, spread);
  let f0 = mix(dielectric, base, metallic);
  const f90 = dielectric90 + (<f32>1 - dielectric90) * metallic;
  let single = add(scale(f0, X(dfg)), f32x4.splat(f90 * Y(dfg)));
  if (film > 0) {
    // Microfacets that send light to the viewer are turned towards him: their mean cosine tells the film's colour.
    const cosine = W(dfg);
    let filmed = f32x4.splat(0);
    if (metallic < 1) filmed = scale(filmReflectance(cosine, filmIor, filmThickness, dielectric), <f32>1 - metallic);
    if (metallic > 0) filmed = madd(filmed, filmReflectance(cosine, filmIor, filmThickness, base), metallic);
    single = mix(single, scale(filmed, X(dfg) + Y(dfg)), film);
    f0 = mix(f0, filmed, film);
  }
  const lost = <f32>1 - (X(dfg) + Y(dfg));
  const mean = add(f0, scale(sub(one, f0), <f32>(1.0 / 21.0)));
  const multiple = f32x4.div(scale(mul(single, mean), lost), sub(one, scale(mean, lost)));
  const diffuse = scale(base, <f32>1 - metallic);
  // Light below the dielectric is what the dielectric leaves, whatever the metal beside it reflects.
  let taken = add(single, multiple);
  if (film > 0) taken = f32x4.splat(largest(taken));
  else if (metallic > 0) {
    const part = add(scale(dielectric, X(dfg)), f32x4.splat(dielectric90 * Y(dfg)));
    const m = add(dielectric, scale(sub(one, dielectric), <f32>(1.0 / 21.0)));
    taken = add(part, f32x4.div(scale(mul(part, m), lost), sub(one, scale(m, lost))));
  }
  let diffuseAlbedo = mul(diffuse, sub(one, taken));
  const around = irradiance(n);

  // Rough lobes lean from the mirror direction towards the normal.
  const r = normalizeOr(mix(reflect(view, n), n, ay * ay), n);
  const blocked = specularVisibility(nv, visibleOpen, spread);
  let specularLight = anisotropic ? stretchedRadiance(view, ax, ay) : radiance(r, roughness);
  const diffuseVisible = withBounces(visibleLit, diffuse);
  // What is in the way of the lobe is lit too, and mostly of the surface's own colour; where a texture says that light is
  // blocked nothing is known of it.
  if (blocked < 1) {
    const met = <f32>1 - (visibleOpen < open ? specularVisibility(nv, open, spread) : blocked);
    specularLight = add(scale(specularLight, blocked), scale(mul(mul(around, base), diffuseVisible), met));
  }

  let behind = f32x4.splat(0);
  if (flags & MF_TRANSMISSION) {
    transmitted = scale(diffuseAlbedo, transmission);
    diffuseAlbedo = scale(diffuseAlbedo, <f32>1 - transmission);
  }
  if (flags & MF_DIFFUSE_TRANSMISSION) {
    const left = scale(sub(one, f32x4.pmin(add(single, multiple), one)), (<f32>1 - metallic) * (<f32>1 - transmission) * diffuseTransmission);
    behind = mul(mul(left, diffuseTransmissionColor), irradiance(scale(n, -1)));
    if (flags & MF_VOLUME) behind = mul(behind, volumeTransmittance(m));
    diffuseAlbedo = scale(diffuseAlbedo, <f32>1 - diffuseTransmission);
  }
  let out = add(
    add(mul(specularLight, single), behind),
    mul(mul(around, diffuseVisible), add(multiple, diffuseAlbedo)),
  );

  for (let bits = reached; bits; bits &= bits - 1) {
    if (!loadLight(ctz(bits))) continue;
    const l = towardsLight;
    const nl = dot(n, l);
    if (!(nl > 0)) continue;
    const vh = saturate(dot(normalizeOr(add(view, l), n), view));
    const fresnel = pow5(1 - vh);
    let reflected = add(scale(f0, 1 - fresnel), f32x4.splat(f90 * fresnel));
    if (film > 0) reflected = mix(reflected, f0, film);
    const lobe = anisotropic ? stretched(view, l, nv, nl, ax, ay) : glossy(n, view, l, nv, nl, roughness);
    out = add(out, mul(arriving, add(scale(diffuseAlbedo, nl * INV_PI), scale(reflected, lobe))));
  }

  if (flags & MF_SHEEN) {
    const alpha = max<f32>(sheenAlpha, MIN_SHEEN_ALPHA * 4);
    const e = min<f32>(Z(directionalAlbedo(nv, sqrt<f32>(alpha))), 1);
    const under = <f32>1 - largest(sheenColor) * e;
    out = madd(scale(out, under), mul(sheenColor, mul(sheenLight(n, view, nv, alpha, e), diffuseVisible)), 1);
    transmitted = scale(transmitted, under);
    if (reached) {
      const lambda = sheenLambda(nv, alpha);
      for (let bits = reached; bits; bits &= bits - 1) {
        if (!loadLight(ctz(bits))) continue;
        const nl = dot(n, towardsLight);
        if (!(nl > 0)) continue;
        const nh = saturate(dot(normalizeOr(add(view, towardsLight), n), n));
        out = madd(out, mul(arriving, sheenColor), sheenLobe(nh, nv, nl, alpha, lambda));
      }
    }
  }
  if (flags & MF_EMISSIVE) {
    loadEmission();
    out = add(out, emission);
  }

  if (flags & MF_CLEARCOAT) {
    const rough = filtered(sqrt<f32>(coatAlpha));
    const cn = coatZ;
    const cnv = min<f32>(max<f32>(dot(cn, view), MIN_COSINE), 1);
    const albedo = directionalAlbedo(cnv, rough);
    const share = coat * (<f32>0.04 * X(albedo) + Y(albedo));
    const seen = specularVisibility(cnv, visibleOpen, rough);
    let light = radiance(reflect(view, cn), rough);
    if (seen < 1) light = add(scale(light, seen), scale(mul(mul(around, base), diffuseVisible), <f32>1 - seen));
    out = madd(scale(out, 1 - share), light, share);
    for (let bits = reached; bits; bits &= bits - 1) {
      if (!loadLight(ctz(bits))) continue;
      const nl = dot(cn, towardsLight);
      if (!(nl > 0)) continue;
      const f = <f32>0.04 + <f32>0.96 * pow5(1 - saturate(dot(normalizeOr(add(view, towardsLight), cn), view)));
      out = madd(out, arriving, coat * f * glossy(cn, view, towardsLight, cnv, nl, rough));
    }
    transmitted = scale(transmitted, 1 - share);
  }
  shaded = f32x4.pmax(out, f32x4.splat(0));
}
