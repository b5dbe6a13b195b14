// What of a light arrives along a straight line.

import { normalReflectance, refract, refracted, schlickWeight, thinnerCosine } from './bsdf/fresnel';
import { MAX_LAYERS, past } from './layers';
import {
  H_PATH_POROUS, HEADER, ID_POROUS, M_BASE_COLOR, M_FLAGS, M_IOR, M_METALLIC, M_ROUGHNESS, M_SPECULAR, M_TRANSMISSION,
  MF_TRANSMISSION, MF_UNLIT, MF_VOLUME, SLOT_BASE_COLOR, SLOT_TRANSMISSION,
} from './layout';
import { coordinatesAt, opacityAt } from './material';
import { attenuated } from './path-medium';
import { materialAt, triangleAt } from './records';
import { faceCosineAtHit, smoothNormalAtHit } from './surface';
import { hasTexture, sampleAt } from './texture';
import { closest, hitId, hitT, hitU, hitV, occluded } from './traverse';
import { add, dot, largest, mul, saturate, scale, X, Y, Z } from './vec';

/** Least roughness (α) factor at which a thin sheet scatters what passes it. */
const CLEAR: f32 = 2.5e-3;

/** Whether the material lets light through without scattering it. */
// @ts-ignore: decorator
@inline
export function isClear(material: usize): bool {
  const flags = load<u32>(material, M_FLAGS);
  if ((flags & (MF_TRANSMISSION | MF_UNLIT)) != MF_TRANSMISSION) return false;
  const r = load<f32>(material, M_ROUGHNESS);
  return r * r < CLEAR;
}

/** Whether the material is a clear thin sheet, through which light goes straight on. */
// @ts-ignore: decorator
@inline
export function isSheet(material: usize): bool {
  return isClear(material) && !(load<u32>(material, M_FLAGS) & MF_VOLUME);
}

// Volumes that the ray is inside of, the innermost last, and the direction that it would have by refraction.
let inner: i32 = 0;
let volume0: usize = 0;
let volume1: usize = 0;
let volume2: usize = 0;
let bent: v128 = f32x4.splat(0);

/** Cosine between a direction and itself beyond glass up to which it counts as straight on. */
export const STRAIGHT: f32 = 0.9995;

// @ts-ignore: decorator
@inline
function volumeAt(i: i32): usize {
  return i == 0 ? volume0 : i == 1 ? volume1 : volume2;
}

// @ts-ignore: decorator
@inline
function iorOf(material: usize): f32 {
  return max<f32>(load<f32>(material, M_IOR), 1);
}

/** Takes the ray through the surface of a volume: the index beyond over that before it, or 0 where it cannot go on. */
function crossSurface(material: usize, entering: bool): f32 {
  const own = iorOf(material);
  if (entering) {
    if (inner == 3) return 0;
    const outer = inner > 0 ? iorOf(volumeAt(inner - 1)) : <f32>1;
    if (inner == 0) volume0 = material;
    else if (inner == 1) volume1 = material;
    else volume2 = material;
    inner++;
    return own / outer;
  }
  if (inner == 0 || volumeAt(inner - 1) != material) return 0;
  inner--;
  return (inner > 0 ? iorOf(volumeAt(inner - 1)) : <f32>1) / own;
}

/** Share of light that a clear surface lets through at the last hit of a ray along `ray`; it bends `bent`. */
function throughClear(material: usize, ray: v128): v128 {
  let tint = f32x4.replace_lane(v128.load(material, M_BASE_COLOR), 3, 0);
  let share = load<f32>(material, M_TRANSMISSION) * (<f32>1 - saturate(load<f32>(material, M_METALLIC)));
  if (hasTexture(material, SLOT_BASE_COLOR) || hasTexture(material, SLOT_TRANSMISSION)) {
    const at = coordinatesAt(triangleAt(hitId), hitU, hitV);
    if (hasTexture(material, SLOT_BASE_COLOR)) tint = mul(tint, sampleAt(material, SLOT_BASE_COLOR, at));
    if (hasTexture(material, SLOT_TRANSMISSION)) share *= X(sampleAt(material, SLOT_TRANSMISSION, at));
  }
  const specular = load<f32>(material, M_SPECULAR), f0 = normalReflectance(load<f32>(material, M_IOR)) * specular;
  let cosine: f32;
  if (load<u32>(material, M_FLAGS) & MF_VOLUME) {
    let n = smoothNormalAtHit();
    const entering = dot(n, ray) < 0;
    const eta = crossSurface(material, entering);
    if (eta == 0) return f32x4.splat(0);
    if (!entering) n = scale(n, -1);
    const c = -dot(bent, n);
    if (!(c > 0) || !refract(bent, n, eta)) return f32x4.splat(0);
    cosine = thinnerCosine(c, eta);
    bent = refracted;
  } else cosine = faceCosineAtHit(ray);
  return scale(tint, share * (<f32>1 - f0 - (specular - f0) * schlickWeight(cosine)));
}

/**
 * Share of light that passes from `from` along the unit direction `ray` up to distance `far`: by opacity of what lies
 * between, and through clear glass where that does not turn it, as thin sheets and walls of even thickness do not
 * (`clear`: at all). Light that glass turns is found by paths.
 */
export function passing(stack: usize, from: v128, ray: v128, far: f32, clear: bool): v128 {
  const ox = X(from), oy = Y(from), oz = Z(from), dx = X(ray), dy = Y(ray), dz = Z(ray);
  if (!load<i32>(HEADER + H_PATH_POROUS)) {
    return f32x4.splat(occluded(stack, ox, oy, oz, dx, dy, dz, 0, far) ? 0 : 1);
  }
  let share = f32x4.splat(1), near: f32 = 0, last: f32 = 0;
  inner = 0;
  bent = ray;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (!closest(stack, ox, oy, oz, dx, dy, dz, near, far)) {
      return inner == 0 && dot(bent, ray) > STRAIGHT ? share : f32x4.splat(0);
    }
    if (!(hitId & ID_POROUS)) return f32x4.splat(0);
    const material = materialAt(load<u32>(triangleAt(hitId), 12));
    const flags = load<u32>(material, M_FLAGS);
    const opacity = saturate(opacityAt(hitId, hitU, hitV, false));
    if (opacity > 0) {
      if (inner > 0) share = attenuated(share, volumeAt(inner - 1), hitT - last);
      last = hitT;
      const passed = isClear(material) && (clear || !(flags & MF_VOLUME)) ? throughClear(material, ray) : f32x4.splat(0);
      share = mul(share, add(scale(passed, opacity), f32x4.splat(<f32>1 - opacity)));
      if (largest(share) < <f32>1e-4) return f32x4.splat(0);
    }
    near = past(hitT);
  }
  return f32x4.splat(0);
}
