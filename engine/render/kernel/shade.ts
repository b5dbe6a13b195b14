// Light that a surface sends to the viewer under the environment: the `preview` integrator's reflection model.
//
// The layers are those of the glTF 2.0 specification, appendix B, and its extensions, with image-based light by the
// split sum (Karis 2013) and the energy lost between microfacets put back (Fdez-Agüera 2019).

import { directionalAlbedo } from './brdf';
import { irradiance, radiance } from './environment';
import {
  M_ALPHA_CUTOFF, M_BASE_COLOR, M_CLEARCOAT, M_CLEARCOAT_NORMAL_SCALE, M_CLEARCOAT_ROUGHNESS, M_EMISSIVE, M_FLAGS,
  M_IOR, M_METALLIC, M_NORMAL_SCALE, M_OCCLUSION_STRENGTH, M_ROUGHNESS, M_SHEEN_COLOR, M_SHEEN_ROUGHNESS,
  M_SPECULAR, M_SPECULAR_COLOR, M_TRANSMISSION, MF_BLEND, MF_CLEARCOAT, MF_MASK, MF_SHEEN, MF_SPECULAR_GLOSSINESS,
  MF_TRANSMISSION, MF_UNLIT, MF_VERTEX_COLOR, SLOT_BASE_COLOR, SLOT_CLEARCOAT, SLOT_CLEARCOAT_NORMAL,
  SLOT_CLEARCOAT_ROUGHNESS, SLOT_EMISSIVE, SLOT_METALLIC_ROUGHNESS, SLOT_NORMAL, SLOT_OCCLUSION, SLOT_SHEEN_COLOR,
  SLOT_SHEEN_ROUGHNESS, SLOT_SPECULAR, SLOT_SPECULAR_COLOR, SLOT_TRANSMISSION, M_ABSORPTION, SLOT_THICKNESS,
} from './layout';
import { arriving, loadLight, towardsLight } from './lights';
import { bitangentSign, color, curvature, material, normal, tangent } from './surface';
import { hasTexture, sameTexture, sample } from './texture';
import { add, cross, dot, madd, mix, mul, normalizeOr, saturate, scale, sub, vec3, W, X, Y, Z } from './vec';

/** Least cosine between a shading normal and the viewer. */
const MIN_COSINE: f32 = 1e-3;

/** Base colour with alpha, after texture and vertex colour. */
export let baseColor: v128 = f32x4.splat(1);
/** Share of the light from behind that the surface stops, by alpha. */
export let opacity: f32 = 1;
/** Light sent to the viewer, for full opacity. */
export let shaded: v128 = f32x4.splat(0);
/** Tint of light from behind that passes through by transmission (zero: none). */
export let transmitted: v128 = f32x4.splat(0);
/** The surface takes no light: show its colour as it is. */
export let unlit: bool = false;

/** Reads base colour and opacity of the loaded surface; the shading of a hit begins with it. */
export function loadOpacity(): void {
  const flags = load<u32>(material, M_FLAGS);
  let c = v128.load(material, M_BASE_COLOR);
  if (hasTexture(material, SLOT_BASE_COLOR)) c = mul(c, sample(material, SLOT_BASE_COLOR));
  if (flags & MF_VERTEX_COLOR) c = mul(c, color);
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

/** Normal of the loaded surface bent by the normal texture in `slot`. */
export function bumped(slot: i32, strength: f32): v128 {
  if (!hasTexture(material, slot)) return normal;
  const t = sub(scale(sample(material, slot), 2), f32x4.splat(1));
  const bitangent = scale(cross(normal, tangent), bitangentSign);
  return normalizeOr(
    add(add(scale(tangent, X(t) * strength), scale(bitangent, Y(t) * strength)), scale(normal, max<f32>(Z(t), 0.01))),
    normal,
  );
}

/**
 * The normal, turned towards the viewer where interpolation or bumps bend it away: mirrored light would otherwise come
 * out of the surface's inside, which shows as a seam of specks along outlines.
 */
// @ts-ignore: decorator
@inline
function towards(n: v128, view: v128): v128 {
  const c = dot(n, view);
  return c >= MIN_COSINE ? n : normalizeOr(madd(n, view, MIN_COSINE - c), view);
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

// @ts-ignore: decorator
@inline
function pow5(x: f32): f32 {
  const q = x * x;
  return q * q * x;
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

/** What the volume behind the surface lets through. */
function volumeTransmittance(m: usize): v128 {
  const x = load<f32>(m, M_ABSORPTION), y = load<f32>(m, M_ABSORPTION + 4), z = load<f32>(m, M_ABSORPTION + 8);
  if (x + y + z == 0) return f32x4.splat(1);
  const thickness = hasTexture(m, SLOT_THICKNESS) ? Y(sample(m, SLOT_THICKNESS)) : <f32>1;
  return vec3(Mathf.exp(-x * thickness), Mathf.exp(-y * thickness), Mathf.exp(-z * thickness));
}

/**
 * Shades the loaded surface (`loadSurface`, `loadOpacity`) for the unit direction `view` to the viewer. `lit` and
 * `open` are the shares of light and of directions over the surface that nothing blocks, `reached` the lights whose
 * shadow rays met nothing, a bit each.
 */
export function shade(view: v128, lit: f32, open: f32, reached: u32): void {
  const flags = load<u32>(material, M_FLAGS);
  const base = baseColor;
  unlit = (flags & MF_UNLIT) != 0;
  transmitted = f32x4.splat(0);
  if (unlit) {
    shaded = base;
    return;
  }
  const m = material;
  let emissive = vec3(load<f32>(m, M_EMISSIVE), load<f32>(m, M_EMISSIVE + 4), load<f32>(m, M_EMISSIVE + 8));
  if (hasTexture(m, SLOT_EMISSIVE)) emissive = mul(emissive, sample(m, SLOT_EMISSIVE));

  let metallic = load<f32>(m, M_METALLIC), roughness = load<f32>(m, M_ROUGHNESS);
  let metallicRoughness = f32x4.splat(1);
  let f0: v128, f90: f32, diffuse: v128;
  if (flags & MF_SPECULAR_GLOSSINESS) {
    // Factor of glossiness is kept as 1 − roughness.
    let specular = vec3(load<f32>(m, M_SPECULAR_COLOR), load<f32>(m, M_SPECULAR_COLOR + 4), load<f32>(m, M_SPECULAR_COLOR + 8));
    let glossiness = <f32>1 - roughness;
    if (hasTexture(m, SLOT_SPECULAR_COLOR)) {
      const t = sample(m, SLOT_SPECULAR_COLOR);
      specular = mul(specular, t);
      glossiness *= W(t);
    }
    f0 = specular;
    f90 = 1;
    roughness = <f32>1 - glossiness;
    metallic = 0;
    diffuse = scale(base, <f32>1 - max<f32>(X(f0), max<f32>(Y(f0), Z(f0))));
  } else {
    if (hasTexture(m, SLOT_METALLIC_ROUGHNESS)) {
      const t = sample(m, SLOT_METALLIC_ROUGHNESS);
      metallicRoughness = t;
      roughness *= Y(t);
      metallic *= Z(t);
    }
    metallic = saturate(metallic);
    const ior = load<f32>(m, M_IOR);
    let specular = load<f32>(m, M_SPECULAR);
    let tint = vec3(load<f32>(m, M_SPECULAR_COLOR), load<f32>(m, M_SPECULAR_COLOR + 4), load<f32>(m, M_SPECULAR_COLOR + 8));
    if (hasTexture(m, SLOT_SPECULAR)) specular *= W(sample(m, SLOT_SPECULAR));
    if (hasTexture(m, SLOT_SPECULAR_COLOR)) tint = mul(tint, sample(m, SLOT_SPECULAR_COLOR));
    const q = ior > 0 ? (ior - 1) / (ior + 1) : <f32>1; // ior 0: F0 = 1 by KHR_materials_ior
    f0 = mix(scale(f32x4.pmin(scale(tint, q * q), f32x4.splat(1)), specular), base, metallic);
    f90 = specular + (1 - specular) * metallic;
    diffuse = scale(base, <f32>1 - metallic);
  }
  roughness = filtered(min<f32>(max<f32>(roughness, 0.02), 1));

  const n = towards(bumped(SLOT_NORMAL, load<f32>(m, M_NORMAL_SCALE)), view);
  const nv = min<f32>(max<f32>(dot(n, view), MIN_COSINE), 1);
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

  const dfg = directionalAlbedo(nv, roughness);
  const single = add(scale(f0, X(dfg)), f32x4.splat(f90 * Y(dfg)));
  const lost = <f32>1 - (X(dfg) + Y(dfg));
  const mean = add(f0, scale(sub(f32x4.splat(1), f0), <f32>(1.0 / 21.0)));
  const multiple = f32x4.div(scale(mul(single, mean), lost), sub(f32x4.splat(1), scale(mean, lost)));
  const around = irradiance(n);
  // Rough lobes lean from the mirror direction towards the normal.
  const r = normalizeOr(mix(reflect(view, n), n, roughness * roughness * roughness * roughness), n);
  const blocked = specularVisibility(nv, visibleOpen, roughness);
  const specularLight = scale(radiance(r, roughness), blocked);
  let diffuseAlbedo = mul(diffuse, sub(f32x4.splat(1), add(single, multiple)));

  if (flags & MF_TRANSMISSION) {
    let t = load<f32>(m, M_TRANSMISSION);
    if (hasTexture(m, SLOT_TRANSMISSION)) t *= X(sample(m, SLOT_TRANSMISSION));
    t = saturate(t);
    transmitted = mul(scale(diffuseAlbedo, t), volumeTransmittance(m));
    diffuseAlbedo = scale(diffuseAlbedo, <f32>1 - t);
  }
  const diffuseVisible = withBounces(visibleLit, diffuse);
  let out = add(
    mul(specularLight, single),
    mul(mul(around, diffuseVisible), add(multiple, diffuseAlbedo)),
  );

  for (let bits = reached; bits; bits &= bits - 1) {
    if (!loadLight(ctz(bits))) continue;
    const l = towardsLight;
    const nl = dot(n, l);
    if (!(nl > 0)) continue;
    const fresnel = pow5(1 - saturate(dot(normalizeOr(add(view, l), n), view)));
    const reflected = add(scale(f0, 1 - fresnel), f32x4.splat(f90 * fresnel));
    out = add(out, mul(arriving, add(
      scale(mul(diffuseAlbedo, sub(f32x4.splat(1), reflected)), nl * <f32>0.318309886),
      scale(reflected, glossy(n, view, l, nv, nl, roughness)),
    )));
  }

  if (flags & MF_SHEEN) {
    let tint = vec3(load<f32>(m, M_SHEEN_COLOR), load<f32>(m, M_SHEEN_COLOR + 4), load<f32>(m, M_SHEEN_COLOR + 8));
    let rough = load<f32>(m, M_SHEEN_ROUGHNESS);
    if (hasTexture(m, SLOT_SHEEN_COLOR)) tint = mul(tint, sample(m, SLOT_SHEEN_COLOR));
    if (hasTexture(m, SLOT_SHEEN_ROUGHNESS)) rough *= W(sample(m, SLOT_SHEEN_ROUGHNESS));
    rough = min<f32>(max<f32>(rough, 0.07), 1);
    const e = Z(directionalAlbedo(nv, rough));
    const under = <f32>1 - max<f32>(X(tint), max<f32>(Y(tint), Z(tint))) * e;
    const lobe = radiance(reflect(view, n), max<f32>(rough, 0.5));
    out = madd(scale(out, under), mul(mul(tint, lobe), diffuseVisible), e);
    transmitted = scale(transmitted, under);
  }
  out = add(out, emissive);

  if (flags & MF_CLEARCOAT) {
    let coat = load<f32>(m, M_CLEARCOAT), rough = load<f32>(m, M_CLEARCOAT_ROUGHNESS);
    if (hasTexture(m, SLOT_CLEARCOAT)) coat *= X(sample(m, SLOT_CLEARCOAT));
    if (hasTexture(m, SLOT_CLEARCOAT_ROUGHNESS)) rough *= Y(sample(m, SLOT_CLEARCOAT_ROUGHNESS));
    rough = filtered(min<f32>(max<f32>(rough, 0.02), 1));
    const cn = towards(bumped(SLOT_CLEARCOAT_NORMAL, load<f32>(m, M_CLEARCOAT_NORMAL_SCALE)), view);
    const cnv = min<f32>(max<f32>(dot(cn, view), MIN_COSINE), 1);
    const fresnel = coat * (<f32>0.04 + <f32>0.96 * pow5(1 - cnv));
    const albedo = directionalAlbedo(cnv, rough);
    const light = scale(radiance(reflect(view, cn), rough), specularVisibility(cnv, visibleOpen, rough));
    out = madd(scale(out, 1 - fresnel), light, coat * (<f32>0.04 * X(albedo) + Y(albedo)));
    for (let bits = reached; bits; bits &= bits - 1) {
      if (!loadLight(ctz(bits))) continue;
      const nl = dot(cn, towardsLight);
      if (!(nl > 0)) continue;
      const f = <f32>0.04 + <f32>0.96 * pow5(1 - saturate(dot(normalizeOr(add(view, towardsLight), cn), view)));
      out = madd(out, arriving, coat * f * glossy(cn, view, towardsLight, cnv, nl, rough));
    }
    transmitted = scale(transmitted, 1 - fresnel);
  }
  shaded = f32x4.pmax(out, f32x4.splat(0));
}
