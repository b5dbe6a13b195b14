// Parameters of the reflection model at the loaded surface, textures applied: what glTF's materials and their
// extensions say, before any layering.

import {
  M_ANISOTROPY, M_ANISOTROPY_COS, M_ANISOTROPY_SIN, M_BASE_COLOR, M_CLEARCOAT, M_CLEARCOAT_NORMAL_SCALE,
  M_CLEARCOAT_ROUGHNESS, M_DIFFUSE_TRANSMISSION, M_DIFFUSE_TRANSMISSION_COLOR, M_EMISSIVE, M_FLAGS, M_IOR,
  M_IRIDESCENCE, M_IRIDESCENCE_IOR, M_IRIDESCENCE_THICKNESS_MAX, M_IRIDESCENCE_THICKNESS_MIN, M_METALLIC,
  M_NORMAL_SCALE, M_ROUGHNESS, M_SHEEN_COLOR, M_SHEEN_ROUGHNESS, M_SPECULAR, M_SPECULAR_COLOR, M_TRANSMISSION,
  MF_ANISOTROPY, MF_CLEARCOAT, MF_DIFFUSE_TRANSMISSION, MF_IRIDESCENCE, MF_SHEEN, MF_SPECULAR_GLOSSINESS,
  MF_TRANSMISSION, MF_VERTEX_COLOR, MF_VOLUME, SLOT_ANISOTROPY, SLOT_BASE_COLOR, SLOT_CLEARCOAT, SLOT_CLEARCOAT_NORMAL,
  SLOT_CLEARCOAT_ROUGHNESS, SLOT_DIFFUSE_TRANSMISSION, SLOT_DIFFUSE_TRANSMISSION_COLOR, SLOT_EMISSIVE, SLOT_IRIDESCENCE,
  SLOT_IRIDESCENCE_THICKNESS, SLOT_METALLIC_ROUGHNESS, SLOT_NORMAL, SLOT_SHEEN_COLOR, SLOT_SHEEN_ROUGHNESS,
  SLOT_SPECULAR, SLOT_SPECULAR_COLOR, SLOT_TRANSMISSION,
} from '../layout';
import { bitangentSign, color, material, normal, perpendicular, tangent } from '../surface';
import { hasTexture, sample } from '../texture';
import { add, cross, dot, largest, load3, madd, mul, normalizeOr, saturate, scale, sub, W, X, Y, Z } from '../vec';
import { MIN_COSINE } from './albedo-tables';
import { normalReflectance } from './fresnel';
import { MIN_ALPHA } from './ggx';

/** Base colour; the metal's reflectance and the dielectric's diffuse albedo. */
export let base: v128 = f32x4.splat(1);
/** Light that the surface sends out by itself. */
export let emission: v128 = f32x4.splat(0);
export let metallic: f32 = 0;
/** Reflectance of the dielectric at normal and at grazing incidence. */
export let dielectric: v128 = f32x4.splat(0.04);
export let dielectric90: f32 = 1;
/** Roughness along both axes of the frame (α: the square of glTF's perceptual roughness). */
export let alphaX: f32 = 1;
export let alphaY: f32 = 1;
/** Share of the dielectric's light that goes through without being scattered inside. */
export let transmission: f32 = 0;
/** Whether light that passes enters a volume and is bent; else the surface is a thin sheet. */
export let volume: bool = false;
export let diffuseTransmission: f32 = 0;
export let diffuseTransmissionColor: v128 = f32x4.splat(1);
export let sheenColor: v128 = f32x4.splat(0);
/** α of the sheen. */
export let sheenAlpha: f32 = 1;
export let coat: f32 = 0;
export let coatAlpha: f32 = 0;
/** Texel of roughness and metalness: its red may be occlusion. */
export let metallicRoughness: v128 = f32x4.splat(1);
/** Share of the surface with a thin film, the film's index and its thickness in nanometres. */
export let film: f32 = 0;
export let filmIor: f32 = 1.3;
export let filmThickness: f32 = 400;

/** Axes of the base's frame and of the coat's; each right-handed, with the normal on the viewer's side. */
export let frameX: v128 = f32x4.splat(0);
export let frameY: v128 = f32x4.splat(0);
export let frameZ: v128 = f32x4.splat(0);
export let coatZ: v128 = f32x4.splat(0);
/**
 * Normal of the smooth surface that the triangles stand for, without bumps: what lies on its side is before the
 * surface. By the triangle's own normal, the facets of round things would show wherever light grazes them.
 */
export let side: v128 = f32x4.splat(0);

/** Base colour and alpha of the loaded surface, with texture and vertex colour. */
export function baseColorWithAlpha(): v128 {
  let c = v128.load(material, M_BASE_COLOR);
  if (hasTexture(material, SLOT_BASE_COLOR)) c = mul(c, sample(material, SLOT_BASE_COLOR));
  return load<u32>(material, M_FLAGS) & MF_VERTEX_COLOR ? mul(c, color) : c;
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

/** The normal, turned towards the viewer where interpolation or bumps bend it away. */
// @ts-ignore: decorator
@inline
function towards(n: v128, view: v128): v128 {
  const c = dot(n, view);
  return c >= <f32>2 * MIN_COSINE ? n : normalizeOr(madd(n, view, <f32>2 * MIN_COSINE - c), view);
}

/** Light that the loaded surface sends out, for any direction. */
export function loadEmission(): void {
  const m = material;
  emission = load3(m + M_EMISSIVE);
  if (hasTexture(m, SLOT_EMISSIVE)) emission = mul(emission, sample(m, SLOT_EMISSIVE));
}

function loadCoat(m: usize, view: v128, minAlpha: f32): void {
  coat = load<f32>(m, M_CLEARCOAT);
  let roughness = load<f32>(m, M_CLEARCOAT_ROUGHNESS);
  if (hasTexture(m, SLOT_CLEARCOAT)) coat *= X(sample(m, SLOT_CLEARCOAT));
  if (hasTexture(m, SLOT_CLEARCOAT_ROUGHNESS)) roughness *= Y(sample(m, SLOT_CLEARCOAT_ROUGHNESS));
  coat = saturate(coat);
  roughness = saturate(roughness);
  coatAlpha = max<f32>(roughness * roughness, minAlpha);
  coatZ = towards(bumped(SLOT_CLEARCOAT_NORMAL, load<f32>(m, M_CLEARCOAT_NORMAL_SCALE)), view);
}

function loadSheen(m: usize): void {
  sheenColor = load3(m + M_SHEEN_COLOR);
  let roughness = load<f32>(m, M_SHEEN_ROUGHNESS);
  if (hasTexture(m, SLOT_SHEEN_COLOR)) sheenColor = mul(sheenColor, sample(m, SLOT_SHEEN_COLOR));
  if (hasTexture(m, SLOT_SHEEN_ROUGHNESS)) roughness *= W(sample(m, SLOT_SHEEN_ROUGHNESS));
  roughness = saturate(roughness);
  sheenAlpha = roughness * roughness;
}

function loadFilm(m: usize): void {
  film = load<f32>(m, M_IRIDESCENCE);
  if (hasTexture(m, SLOT_IRIDESCENCE)) film *= X(sample(m, SLOT_IRIDESCENCE));
  film = saturate(film);
  filmIor = max<f32>(load<f32>(m, M_IRIDESCENCE_IOR), 1);
  filmThickness = load<f32>(m, M_IRIDESCENCE_THICKNESS_MAX);
  if (hasTexture(m, SLOT_IRIDESCENCE_THICKNESS)) {
    const least = load<f32>(m, M_IRIDESCENCE_THICKNESS_MIN);
    filmThickness = least + (filmThickness - least) * Y(sample(m, SLOT_IRIDESCENCE_THICKNESS));
  }
  if (!(filmThickness > 0)) film = 0;
}

function loadThrough(m: usize, flags: u32): void {
  volume = (flags & MF_VOLUME) != 0;
  if (flags & MF_TRANSMISSION) {
    transmission = load<f32>(m, M_TRANSMISSION);
    if (hasTexture(m, SLOT_TRANSMISSION)) transmission *= X(sample(m, SLOT_TRANSMISSION));
    transmission = saturate(transmission);
  }
  if (flags & MF_DIFFUSE_TRANSMISSION) {
    diffuseTransmission = load<f32>(m, M_DIFFUSE_TRANSMISSION);
    diffuseTransmissionColor = load3(m + M_DIFFUSE_TRANSMISSION_COLOR);
    if (hasTexture(m, SLOT_DIFFUSE_TRANSMISSION)) diffuseTransmission *= W(sample(m, SLOT_DIFFUSE_TRANSMISSION));
    if (hasTexture(m, SLOT_DIFFUSE_TRANSMISSION_COLOR)) {
      diffuseTransmissionColor = mul(diffuseTransmissionColor, sample(m, SLOT_DIFFUSE_TRANSMISSION_COLOR));
    }
    diffuseTransmission = saturate(diffuseTransmission);
  }
}

/** Roughness along the axes, and the axes: along the scratches and across them (KHR_materials_anisotropy). */
function loadAnisotropy(m: usize, alpha: f32): void {
  let strength = load<f32>(m, M_ANISOTROPY);
  const c = load<f32>(m, M_ANISOTROPY_COS), s = load<f32>(m, M_ANISOTROPY_SIN);
  let x: f32 = c, y: f32 = s;
  if (hasTexture(m, SLOT_ANISOTROPY)) {
    const t = sample(m, SLOT_ANISOTROPY);
    const tx = X(t) * 2 - 1, ty = Y(t) * 2 - 1;
    x = c * tx - s * ty;
    y = s * tx + c * ty;
    strength *= Z(t);
  }
  strength = saturate(strength);
  alphaX = alpha + (<f32>1 - alpha) * strength * strength;
  const bitangent = scale(cross(normal, tangent), bitangentSign);
  const d = add(scale(tangent, x), scale(bitangent, y));
  frameX = normalizeOr(sub(d, scale(frameZ, dot(d, frameZ))), perpendicular(frameZ));
}

/**
 * Loads the parameters of the loaded surface for a viewer in the unit direction `view`. `albedo` is its base colour with
 * texture and vertex colour; no lobe becomes smoother than `minAlpha`.
 */
export function loadParameters(view: v128, albedo: v128, minAlpha: f32): void {
  const m = material;
  const flags = load<u32>(m, M_FLAGS);
  minAlpha = max<f32>(minAlpha, MIN_ALPHA);
  base = f32x4.pmin(f32x4.pmax(albedo, f32x4.splat(0)), f32x4.splat(1));
  metallic = load<f32>(m, M_METALLIC);
  let roughness = load<f32>(m, M_ROUGHNESS);
  if (flags & MF_SPECULAR_GLOSSINESS) {
    // The factor of glossiness is kept as 1 − roughness.
    let glossiness = <f32>1 - roughness;
    dielectric = load3(m + M_SPECULAR_COLOR);
    if (hasTexture(m, SLOT_SPECULAR_COLOR)) {
      const t = sample(m, SLOT_SPECULAR_COLOR);
      dielectric = mul(dielectric, t);
      glossiness *= W(t);
    }
    dielectric = f32x4.pmin(dielectric, f32x4.splat(1));
    dielectric90 = 1;
    roughness = <f32>1 - glossiness;
    metallic = 0;
    base = scale(base, <f32>1 - largest(dielectric));
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
    let tint = load3(m + M_SPECULAR_COLOR);
    if (hasTexture(m, SLOT_SPECULAR)) specular *= W(sample(m, SLOT_SPECULAR));
    if (hasTexture(m, SLOT_SPECULAR_COLOR)) tint = mul(tint, sample(m, SLOT_SPECULAR_COLOR));
    specular = saturate(specular);
    // An index of 0 means full reflectance (KHR_materials_ior).
    const straight = ior > 0 ? normalReflectance(ior) : <f32>1;
    dielectric = scale(f32x4.pmin(scale(tint, straight), f32x4.splat(1)), specular);
    dielectric90 = specular;
  }
  roughness = saturate(roughness);
  const alpha = max<f32>(roughness * roughness, minAlpha);
  alphaX = alpha;
  alphaY = alpha;
  side = towards(normal, view);
  frameZ = towards(bumped(SLOT_NORMAL, load<f32>(m, M_NORMAL_SCALE)), view);
  if (flags & MF_ANISOTROPY) loadAnisotropy(m, alpha);
  else frameX = perpendicular(frameZ);
  frameY = cross(frameZ, frameX);
  coat = 0;
  film = 0;
  transmission = 0;
  diffuseTransmission = 0;
  volume = false;
  sheenColor = f32x4.splat(0);
  if (flags & MF_CLEARCOAT) loadCoat(m, view, minAlpha);
  if (flags & MF_SHEEN) loadSheen(m);
  if (flags & MF_IRIDESCENCE) loadFilm(m);
  if (flags & (MF_TRANSMISSION | MF_DIFFUSE_TRANSMISSION)) loadThrough(m, flags);
}
