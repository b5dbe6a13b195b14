// Light that does not go straight on behind what it passes: through glass with a volume, which bends it, and through
// rough sheets, which scatter it. Rays take a fixed set of ways, the same in every pixel, so that there is no noise.

import { normalReflectance, refract, refracted, schlickWeight } from './bsdf/fresnel';
import { visibleNormal } from './bsdf/ggx';
import { alphaX, alphaY, bumped, frameX, frameY, frameZ } from './bsdf/parameters';
import { lightAround } from './found-light';
import { MIN_THROUGH, past } from './layers';
import {
  H_BACKGROUND, H_BACKGROUND_MODE, H_FILM, H_SAMPLES, HEADER, M_FLAGS, M_NORMAL_SCALE, M_ROUGHNESS, MF_DISPERSION,
  MF_TRANSMISSION, MF_VOLUME, SLOT_METALLIC_ROUGHNESS, SLOT_NORMAL,
} from './layout';
import { absorb, disperse, enterVolume, leaveAll, leaveVolume, relativeIndex } from './path-medium';
import { point0, point1 } from './sampling';
import { baseColor, loadOpacity, mattShare, opacity, transmitted } from './shade';
import { frontFacing, geometric, hitPoint, loadSurface, material, perpendicular } from './surface';
import { hasTexture } from './texture';
import { closest, hitT } from './traverse';
import { add, cross, dot, largest, madd, mul, scale, sub, vec3, X, Y, Z } from './vec';

/** Least perceptual roughness that scatters visibly what passes a sheet. */
const ROUGH: f32 = 0.06;
/** Ways that light is scattered in over all samples of a pixel: the fewest, the most, and how they grow with α. */
const FEWEST_WAYS: i32 = 8;
const MOST_WAYS: i32 = 64;
const WAYS_BY_ALPHA: f32 = 400;
/** Hues that light is split into where it disperses. */
const HUES: i32 = 6;
/** Surfaces that a bent ray is followed over. */
const MOST_BENDS: i32 = 14;
/** Distance that rays keep from the surface they leave, per length of the position. */
const OFFSET: f32 = 1e-5;

/** Whether a material sends light that passes it another way than straight on. */
export function bends(m: usize): bool {
  const flags = load<u32>(m, M_FLAGS);
  if (!(flags & MF_TRANSMISSION)) return false;
  return (flags & MF_VOLUME) != 0 || load<f32>(m, M_ROUGHNESS) > ROUGH || hasTexture(m, SLOT_METALLIC_ROUGHNESS);
}

/**
 * Light that leaves the scene through something clear, for its tint so far: what lies behind shows. Of a tint that is
 * not grey, coverage cannot tell: over a transparent background it is that of a white backdrop. The fourth lane is the
 * share that the background keeps.
 */
export function escaped(through: v128): v128 {
  if (load<i32>(HEADER + H_BACKGROUND_MODE) == 1 && !load<u32>(HEADER + H_FILM)) {
    return f32x4.replace_lane(mul(through, v128.load(HEADER + H_BACKGROUND)), 3, 0);
  }
  const least = min<f32>(X(through), min<f32>(Y(through), Z(through)));
  return f32x4.replace_lane(sub(through, f32x4.splat(least)), 3, least);
}

// @ts-ignore: decorator
@inline
function offset(p: v128, w: v128): v128 {
  const size = max<f32>(largest(f32x4.abs(p)), 0.05) * OFFSET;
  return madd(p, geometric, dot(w, geometric) > 0 ? size : -size);
}

/**
 * Light from behind the loaded and shaded surface, which `bends`; `through` is the share of it that reaches the viewer.
 * `ray` met the surface at distance `t`, `sample` counts the pixel's samples, and `spread` is the width of the sample
 * at unit distance. The fourth lane is the share that leaves the scene.
 */
export function traceThrough(stack: usize, x: i32, y: i32, sample: i32, ray: v128, t: f32, spread: f32, through: v128): v128 {
  const m = material, p = hitPoint(), g = geometric, front = frontFacing;
  const flags = load<u32>(m, M_FLAGS);
  const fx = frameX, fy = frameY, fz = frameZ, ax = alphaX, ay = alphaY;
  const view = scale(ray, -1);
  const local = vec3(dot(view, fx), dot(view, fy), max<f32>(dot(view, fz), 1e-3));
  const volume = (flags & MF_VOLUME) != 0, disperses = (flags & MF_DISPERSION) != 0;
  const rough = ay > ROUGH * ROUGH;
  const all = min(FEWEST_WAYS + <i32>(ay * WAYS_BY_ALPHA), MOST_WAYS);
  const perSample = max((all + load<i32>(HEADER + H_SAMPLES) - 1) / load<i32>(HEADER + H_SAMPLES), 1);
  const ways = rough ? (disperses ? max(perSample, HUES) : perSample) : disperses ? HUES : 1;
  const part = scale(through, <f32>1 / <f32>ways);
  let sum = f32x4.splat(0);
  for (let k = 0; k < ways; k++) {
    const hue = disperses ? (<f32>k + <f32>0.5) / <f32>ways : <f32>0.5;
    let h = fz;
    if (rough) {
      const i = <u32>(sample * ways + k);
      const l = visibleNormal(local, ax, ay, point0(i, 0x3c6ef372), point1(i, 0x3c6ef372));
      h = add(add(scale(fx, X(l)), scale(fy, Y(l))), scale(fz, Z(l)));
    }
    leaveAll();
    let tint = part;
    let d: v128;
    if (volume) {
      if (!refract(ray, h, relativeIndex(m, front, hue))) continue;
      d = refracted;
      tint = mul(tint, disperse(m, hue));
      if (front) enterVolume(m);
    } else {
      // A sheet lets light through as a mirror would send it back, on its other side.
      const c = dot(view, h);
      const l = sub(scale(h, 2 * c), view);
      d = madd(l, fz, -2 * dot(l, fz));
    }
    if (dot(d, g) >= 0) d = madd(d, g, <f32>-2 * dot(d, g) - <f32>1e-4);
    const size = max<f32>(largest(f32x4.abs(p)), 0.05) * OFFSET;
    const wide = rough ? spread + min<f32>(ay, 0.5) * <f32>1.5 / sqrt<f32>(<f32>ways) : spread;
    sum = add(sum, follow(stack, x, y, madd(p, g, -size), d, tint, spread * t, wide, hue, <f32>1 / <f32>ways));
  }
  return sum;
}

/**
 * Follows a ray over surfaces that bend it until it meets something that stops it, or leaves the scene. It is one of
 * several of which each has this `share`: together they need no more rays for occlusion than one does.
 */
function follow(stack: usize, x: i32, y: i32, origin: v128, ray: v128, through: v128, width: f32, spread: f32, hue: f32, share: f32): v128 {
  let out = f32x4.splat(0);
  let near: f32 = 0;
  for (let step = 0; step < MOST_BENDS; step++) {
    if (!closest(stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), near, 1e30)) {
      return add(out, escaped(f32x4.replace_lane(through, 3, 0)));
    }
    const t = hitT;
    const wide = width + spread * t;
    const right = scale(perpendicular(ray), wide / t);
    loadSurface(origin, ray, ray, right, cross(ray, right), true);
    loadOpacity();
    const stops = opacity;
    const m = material, flags = load<u32>(m, M_FLAGS), front = frontFacing;
    const view = scale(ray, -1);
    through = absorb(through, t - near);
    let turned = false;
    if (stops > 0 && !front && (flags & (MF_VOLUME | MF_TRANSMISSION)) == (MF_VOLUME | MF_TRANSMISSION)) {
      // Out of the volume again, or back into it.
      const n = bumped(SLOT_NORMAL, load<f32>(m, M_NORMAL_SCALE));
      const eta = relativeIndex(m, false, hue);
      turned = true;
      if (refract(ray, n, eta)) {
        const f0 = normalReflectance(eta);
        through = scale(mul(through, baseColor), <f32>1 - f0 - (<f32>1 - f0) * schlickWeight(-dot(refracted, n)));
        leaveVolume(m);
        ray = refracted;
      } else ray = madd(ray, n, <f32>-2 * dot(ray, n));
    } else if (stops > 0) {
      const seen = lightAround(stack, x, y, view, largest(through) * stops * share * mattShare());
      out = add(out, f32x4.replace_lane(scale(mul(through, seen), stops), 3, 0));
      const pass = scale(transmitted, stops);
      if (flags & MF_VOLUME && largest(pass) > 0) {
        if (!refract(ray, frameZ, relativeIndex(m, front, hue))) return out;
        through = mul(mul(through, pass), disperse(m, hue));
        enterVolume(m);
        ray = refracted;
        turned = true;
      } else through = mul(through, add(pass, f32x4.splat(<f32>1 - stops)));
    }
    if (stops > 0 && largest(through) < MIN_THROUGH) return out;
    if (turned) {
      origin = offset(hitPoint(), ray);
      width = wide;
      near = 0;
    } else near = past(t);
  }
  return out;
}
