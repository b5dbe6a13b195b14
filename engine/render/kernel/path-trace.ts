// The `path` integrator: light that reaches the camera, along paths that are traced backwards from it (Kajiya 1986),
// with lights sought at every surface and both ways of finding them weighted by the power heuristic (Veach and Guibas
// 1995).

import { bsdfPdf, evaluateBsdf, evaluateForPoint } from './bsdf/evaluate';
import { bufferAt } from './image-buffers';
import { past } from './layers';
import { isSmooth, prepareBsdf, totalAlbedo } from './bsdf/lobes';
import { baseColorWithAlpha, emission, frameZ, loadEmission, loadParameters, side, volume } from './bsdf/parameters';
import { cameraRay, pixelSide, isOrthographic, rayDirection, rayLength, rayOrigin } from './camera';
import { emissivePdf, emitterDirection, emitterDistance, emitterPdf, emitterRadiance, sampleEmissive } from './emitter-sampling';
import { environmentLight, environmentPdf, environmentRadiance } from './environment-sampling';
import { groundShow, groundT, meetsGround } from './ground';
import { mirroredRay, mirrorFade, MIRROR_ROUGH, mirrorShare } from './ground-mirror';
import { irradiance } from './irradiance';
import {
  BACKGROUND_ENVIRONMENT, H_BACKGROUND_MODE, H_EMITTER_LEVELS, H_EXPOSURE, H_FILM, H_FILM_ALBEDO, H_FILM_HALF,
  H_FILM_NORMAL, H_LIGHT_COUNT, H_PATH_BOUNCES, H_PATH_SEED, H_TONE_MAPPING, H_WIDTH, HEADER, M_ALPHA_CUTOFF, M_FLAGS,
  MF_BLEND, MF_EMISSIVE, MF_MASK, MF_UNLIT, MF_VOLUME, TONE_NEUTRAL,
} from './layout';
import { lightProbability, sampleLight } from './light-sampling';
import { arriving, lightAt, lightDistance, towardsLight } from './lights';
import { absorb, disperse, enterVolume, insideVolume, leaveAll, leaveVolume, relativeIndex } from './path-medium';
import { pooledDirection, pooledRadiance } from './path-pool';
import { nextFour, nextLoose, shuffledIndex, startSample } from './path-sampler';
import { isClear, isSheet, passing, pathShadowRays, STRAIGHT } from './path-shadow';
import { filterOffset } from './path-tables';
import { sampleBsdf, sampledAlpha, sampledDirection, sampledThrough, sampledWeight } from './bsdf/sample';
import { frontFacing, geometric, hitPoint, liftAtHit, loadSurface, material, normal, perpendicular } from './surface';
import { setFilterChance } from './texture';
import { sinCosTurn, turnCos, turnSin } from './trigonometry';
import { beforeNeutral } from './tonemap';
import { closest, hitT } from './traverse';
import { add, cross, dot, largest, luminance, madd, mul, scale, vec3, W, X, Y, Z } from './vec';

/** Paths in glass and between mirrors may go on longer than others by so many bends. */
const MORE_BENDS: i32 = 24;
/** Surfaces met in all, also those passed by opacity. */
const MOST_STEPS: i32 = 160;
/** Width of texture lookups, in pixels: samples lie closer together than pixels. */
const FOOTPRINT: f32 = 0.6;
/** Bounces before a path may end by chance. */
const SURE_BOUNCES: i32 = 1;
/** Distance that rays keep from the surface they leave, per length of the position. */
const OFFSET: f32 = 8e-6;
/**
 * After a lobe of roughness α, later lobes on the path are at least `REGULARISATION` · α rough: light that a mirror or a
 * lens focuses on something matt is spread a little instead of arriving as rare bright specks, and none of it is lost
 * (Kaplanyan and Dachsbacher, "Path space regularization", 2013; as roughness after Weier et al. 2021).
 */
const REGULARISATION: f32 = 0.2;
/** `bound` of the first sample, in white after exposure, and what each sample adds to it. */
const BOUND: f32 = 4;
const BOUND_STEP: f32 = 0.3;
/** Light on the ground that comes from all around, whatever the model keeps from it. */
const GROUND_BOUNCED: f32 = 0.1;

/** Share of the samples on reflecting ground that follow the mirrored model at least: about what it counts for beside a shadow. */
const LEAST_MIRRORED: f32 = 0.25;

/** Rays traced so far by this thread, those for shadows apart. */
let pathRays: i32 = 0;

/** Weight of a sample with density `a` where `b` could have found the same. */
// @ts-ignore: decorator
@inline
function heuristic(a: f32, b: f32): f32 {
  // Divided through: squares of large densities overflow.
  const r = b / a;
  return <f32>1 / (<f32>1 + r * r);
}

/** From the triangle to the smooth surface at the loaded hit. */
let lift: v128 = f32x4.splat(0);

/**
 * The point a little off the surface on the side of `w`. What leaves it at a grazing angle, where the next facet may
 * stand before it, begins at the smooth surface.
 */
// @ts-ignore: decorator
@inline
function offsetPoint(p: v128, w: v128): v128 {
  const size = max<f32>(largest(f32x4.abs(p)), 0.05) * OFFSET;
  if (dot(w, side) <= 0) return madd(p, geometric, -size);
  const grazing = <f32>1 - dot(w, geometric) * <f32>6;
  const q = madd(p, geometric, size);
  return grazing > 0 ? madd(q, lift, min<f32>(grazing, 1)) : q;
}

// The path so far.
let through: v128 = f32x4.splat(1);
let radiance: v128 = f32x4.splat(0);
/** Ground under the model: light that would arrive there without the model, less what does. */
let unshadowed: f32 = 0;

/** Directions of the environment that are weighed against each other at the first surface, and at later ones. */
const FIRST_CANDIDATES: f32 = 4;
const LATER_CANDIDATES: f32 = 2;

/** How often, on average, shining triangles and directions of the environment were sought at the surface before the ray. */
let sought: f32 = 1;
let candidates: f32 = 1;

/**
 * Adds what arrives at the prepared surface straight from environment, shining triangles and punctual lights, of which
 * the last number of `r` chooses one. Both kinds of lights with an extent are sought at the first surface, one of them by
 * chance further on.
 */
function addLights(stack: usize, at: v128, r: v128, first: bool): void {
  const emitters = load<i32>(HEADER + H_EMITTER_LEVELS) > 0;
  const chance = nextLoose(dimensionSalt++);
  const both = first || !emitters;
  candidates = (first ? FIRST_CANDIDATES : LATER_CANDIDATES) * (both ? <f32>1 : <f32>0.5);
  sought = both ? 1 : <f32>0.5;
  if (both || chance < <f32>0.5) addEnvironment(stack, at, first ? FIRST_CANDIDATES : LATER_CANDIDATES, both ? chance : chance * 2);
  if (load<i32>(HEADER + H_LIGHT_COUNT) > 0 && sampleLight(f32x4.extract_lane(r, 3), at)) {
    const w = towardsLight;
    addArriving(stack, at, w, lightDistance, mul(evaluateForPoint(w), arriving), <f32>1 / lightProbability, true);
  }
  if (emitters && (both || chance >= <f32>0.5)) {
    const q = nextFour();
    if (sampleEmissive(f32x4.extract_lane(q, 2), f32x4.extract_lane(q, 0), f32x4.extract_lane(q, 1), at)) {
      const w = emitterDirection, pdf = emitterPdf * sought;
      const f = evaluateBsdf(w);
      if (largest(f) > 0) {
        addArriving(stack, at, w, emitterDistance * <f32>0.9999, mul(f, emitterRadiance), heuristic(pdf, bsdfPdf) / pdf, false);
      }
    }
  }
}

/**
 * Adds light of the environment: of `count` directions one is chosen in proportion to what it would bring, and one
 * shadow ray stands for all (resampled importance sampling; Talbot, Cline and Egbert 2005).
 */
function addEnvironment(stack: usize, at: v128, count: f32, chance: f32): void {
  const first = shuffledIndex * <u32>count;
  let total: f32 = 0, chosen = f32x4.splat(0), direction = f32x4.splat(0), worth: f32 = 0;
  for (let i: u32 = 0; i < <u32>count; i++) {
    const e = pooledDirection(first + i);
    const pdf = W(e) * candidates;
    if (!(pdf > 0)) continue;
    const f = evaluateBsdf(e);
    if (!(largest(f) > 0)) continue;
    const light = scale(mul(f, pooledRadiance(first + i)), heuristic(pdf, bsdfPdf) / pdf);
    const l = luminance(light);
    if (!(l > 0)) continue;
    total += l;
    const share = l / total;
    if (chance < share) {
      chance /= share;
      chosen = light;
      worth = l;
      direction = f32x4.replace_lane(e, 3, 0);
    } else chance = (chance - share) / (<f32>1 - share);
  }
  if (worth > 0) addArriving(stack, at, direction, Infinity, chosen, total / worth, true);
}

/** Adds light from direction `w` as far as nothing stands between; `clear` as for `passing`. */
// @ts-ignore: decorator
@inline
function addArriving(stack: usize, at: v128, w: v128, far: f32, light: v128, weight: f32, clear: bool): void {
  const share = tamed(mul(through, scale(light, weight)), scattered > 0);
  if (!(largest(share) > <f32>1e-7)) return;
  radiance = add(radiance, mul(share, passing(stack, offsetPoint(at, w), w, far < Infinity ? far : <f32>1e30, clear && !insideVolume())));
}

/** Light that a path may bring at most after it was scattered twice; more with every sample. */
let bound: f32 = 0;
/** Times that the path was scattered other than by mirrors and clear glass. */
let scattered: i32 = 0;
let dimensionSalt: u32 = 0;

/**
 * Light of a path that was scattered more than once (`indirect`), not above `bound`. The bound rises with the number of
 * the sample: what a few early samples lose is a vanishing share of all, and no speck stands out by more than about a
 * third of white, however bright its light.
 */
// @ts-ignore: decorator
@inline
function tamed(light: v128, indirect: bool): v128 {
  const most = largest(light);
  return indirect && most > bound ? scale(light, bound / most) : light;
}

/** Luminance of the light on the ground at `p` if nothing stood on it, over π. */
function groundLight(p: v128): f32 {
  let sum = luminance(irradiance(vec3(0, 1, 0)));
  const lights = load<i32>(HEADER + H_LIGHT_COUNT);
  for (let i = 0; i < lights; i++) {
    if (lightAt(i, p) && Y(towardsLight) > 0) sum += luminance(arriving) * Y(towardsLight) * <f32>0.318309886;
  }
  return sum;
}

/** Lights of the ground as a white matt surface: what arrives goes to `radiance`, what would to `unshadowed`. */
function addGroundLights(stack: usize, p: v128): void {
  const r = nextFour();
  const e = pooledDirection(shuffledIndex);
  if (W(e) > 0 && Y(e) > 0) {
    const cosine = Y(e) * <f32>0.318309886;
    const light = scale(pooledRadiance(shuffledIndex), cosine * heuristic(W(e), cosine) / W(e));
    unshadowed += luminance(light);
    radiance = add(radiance, mul(light, passing(stack, p, e, 1e30, true)));
  }
  if (load<i32>(HEADER + H_LIGHT_COUNT) > 0 && sampleLight(f32x4.extract_lane(r, 2), p) && Y(towardsLight) > 0) {
    const light = scale(arriving, Y(towardsLight) * <f32>0.318309886 / lightProbability);
    unshadowed += luminance(light);
    radiance = add(radiance, mul(light, passing(stack, p, towardsLight, lightDistance, true)));
  }
}

// Features of the pixel for the denoiser.
let albedo: v128 = f32x4.splat(0);
let firstNormal: v128 = f32x4.splat(0);

/** Traces one path; `radiance`, `albedo` and `firstNormal` are its results, returned is its alpha. */
function trace(stack: usize, x: i32, y: i32, index: u32): f32 {
  startSample(x, y, index, load<u32>(HEADER + H_PATH_SEED));
  const c = nextFour();
  cameraRay(
    <f32>x + <f32>0.5 + filterOffset(f32x4.extract_lane(c, 0)), <f32>y + <f32>0.5 + filterOffset(f32x4.extract_lane(c, 1)),
    f32x4.extract_lane(c, 2), f32x4.extract_lane(c, 3),
  );
  let origin = rayOrigin, ray = rayDirection;
  // Cone of the path: its width at the last surface, and how fast it widens (Akenine-Möller et al., "Improved shader and
  // texture level of detail using ray cones", 2021).
  let width: f32 = isOrthographic() ? FOOTPRINT * pixelSide() : 0;
  let spread: f32 = isOrthographic() ? 0 : FOOTPRINT * pixelSide() / rayLength;
  through = f32x4.splat(1);
  radiance = f32x4.splat(0);
  albedo = f32x4.splat(0);
  firstNormal = f32x4.splat(0);
  leaveAll();
  scattered = 0;
  sought = 1;
  candidates = 1;
  dimensionSalt = 0x10000;
  bound = (BOUND + BOUND_STEP * <f32>index) / load<f32>(HEADER + H_EXPOSURE);
  const limit = load<i32>(HEADER + H_PATH_BOUNCES);
  let near: f32 = 0;
  // Density of the direction by the surface before; negative where lights could not have been found there otherwise.
  let pdf: f32 = -1;
  // The same of the last surface that scattered, as long as the path only went through clear glass since; else 0.
  let launchPdf: f32 = 0, launchRay = ray;
  let bounces = 0, bends = 0;
  let minAlpha: f32 = 0;
  // Nothing but clear surfaces so far, so that the background shows.
  let clear = true;
  let featured = false;
  // On the ground: what its shadow counts for, whether to follow that now, the share it mirrors while that is looked for,
  // and the pixel's alpha where it is found.
  let onGround: f32 = 0, casting = false, mirror: f32 = 0, mirrored: f32 = 0, ground = origin;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (casting) {
      // The ground turns into a white matt surface; the pixel gets its shadow's coverage in the end.
      if (onGround == 0) return 0;
      casting = false;
      unshadowed = 0;
      addGroundLights(stack, ground);
      const r = nextFour();
      sinCosTurn(f32x4.extract_lane(r, 0));
      const u = f32x4.extract_lane(r, 1), s = sqrt<f32>(u), up = sqrt<f32>(max<f32>(1 - u, 1e-8));
      origin = ground;
      ray = vec3(s * turnCos, up, s * turnSin);
      pdf = up * <f32>0.318309886;
      candidates = 1;
      launchPdf = pdf;
      launchRay = ray;
      unshadowed += luminance(environmentLight(ray)) * heuristic(pdf, environmentPdf);
      featured = true;
      near = 0;
      bounces = 1;
      scattered = 1;
      spread = 0.2;
      minAlpha = REGULARISATION;
    }
    pathRays++;
    if (!closest(stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), near, 1e30)) {
      if (mirror > 0) {
        mirror = 0;
        casting = true;
        continue;
      }
      if (clear) {
        if (bends == 0 && bounces == 0 && meetsGround(origin, ray)) {
          ground = madd(origin, ray, groundT);
          const light = groundLight(ground);
          mirror = mirrorShare(ray);
          if (light > 0 || mirror > 0) {
            onGround = light > 0 ? groundShow / light : 0;
            clear = false;
            if (mirror > 0) {
              const r = nextFour();
              width += spread * groundT;
              spread = max<f32>(spread, MIRROR_ROUGH);
              origin = ground;
              ray = mirroredRay(ray, f32x4.extract_lane(r, 0), f32x4.extract_lane(r, 1));
              near = 0;
            } else casting = true;
            continue;
          }
        }
        if (bends > 0 && load<i32>(HEADER + H_BACKGROUND_MODE) == BACKGROUND_ENVIRONMENT) {
          // Glass shows the visible surroundings where it bends the view to; what nothing covers is filled in later.
          radiance = add(radiance, mul(through, environmentRadiance(ray)));
          return 1;
        }
        return max<f32>(1 - luminance(through), 0);
      }
      // Beyond glass that did not turn the path, the surface before the glass could have sought this light as well.
      if (pdf < 0 && launchPdf > 0 && dot(ray, launchRay) > STRAIGHT) pdf = launchPdf;
      const sky = environmentLight(ray);
      const w = pdf < 0 ? <f32>1 : heuristic(pdf, environmentPdf * candidates);
      const light = tamed(scale(mul(through, sky), w), scattered > 1 || scattered > 0 && pdf < 0);
      radiance = add(radiance, light);
      if (!featured) albedo = f32x4.pmin(light, f32x4.splat(1));
      break;
    }
    const t = hitT;
    through = absorb(through, t - near);
    width += spread * t;
    const k = width / t;
    const right = scale(perpendicular(ray), k);
    loadSurface(origin, ray, ray, right, cross(ray, right), true);
    const flags = load<u32>(material, M_FLAGS);
    const loose = nextLoose(step + 256);
    setFilterChance(loose, loose * 64 - floor<f32>(loose * 64));
    let base = baseColorWithAlpha();
    if (flags & (MF_MASK | MF_BLEND)) {
      const a = W(base);
      if (flags & MF_MASK ? a < load<f32>(material, M_ALPHA_CUTOFF) : a < 1 && nextLoose(step) >= a) {
        width -= spread * t;
        near = past(t);
        continue;
      }
    }
    base = f32x4.replace_lane(base, 3, 0);
    if (mirror > 0) {
      // The mirrored model lies over the shadow; either is followed by chance.
      const share = mirror * mirrorFade(t), chance = share > 0 ? max<f32>(share, LEAST_MIRRORED) : 0;
      mirror = 0;
      if (nextLoose(0x3a7e) >= chance) {
        onGround *= (1 - share) / (1 - chance);
        casting = true;
        continue;
      }
      onGround = 0;
      mirrored = share / chance;
      through = f32x4.splat(mirrored);
    }
    if (step == 0 || !featured && luminance(firstNormal) == 0) firstNormal = normal;
    if (flags & MF_UNLIT) {
      // Seen by the camera it keeps its colour through exposure and tone curve; elsewhere it is light like any other.
      const seen = clear && load<i32>(HEADER + H_TONE_MAPPING) == TONE_NEUTRAL;
      radiance = add(radiance, mul(through, seen ? scale(beforeNeutral(base), <f32>1 / load<f32>(HEADER + H_EXPOSURE)) : base));
      if (!featured) albedo = base;
      break;
    }
    if (flags & MF_EMISSIVE) {
      loadEmission();
      if (largest(emission) > 0) {
        const w = pdf < 0 ? <f32>1 : heuristic(pdf, emissivePdf(origin, ray) * sought);
        radiance = add(radiance, tamed(scale(mul(through, emission), w), scattered > 1 || scattered > 0 && pdf < 0));
      }
    }
    if (bounces > limit || bends > limit + MORE_BENDS) break;

    const view = scale(ray, -1);
    // Clear glass stays clear: shadow rays go through it too.
    loadParameters(view, base, isClear(material) ? 0 : minAlpha);
    const hue = nextLoose(0x51ed);
    prepareBsdf(view, flags & MF_VOLUME ? relativeIndex(material, frontFacing, hue) : 1);
    const smooth = isSmooth();
    if (!featured && (!smooth || bends > 3)) {
      albedo = f32x4.pmin(mul(through, totalAlbedo), f32x4.splat(1));
      firstNormal = frameZ;
      featured = true;
    }
    const at = hitPoint();
    lift = dot(normal, geometric) < <f32>0.99999 ? liftAtHit(at) : f32x4.splat(0);
    const r = nextFour();
    if (!smooth) {
      const more = load<i32>(HEADER + H_LIGHT_COUNT) > 0 ? nextFour() : r;
      addLights(stack, at, more, bounces == 0);
    }
    if (!sampleBsdf(f32x4.extract_lane(r, 0), f32x4.extract_lane(r, 1), f32x4.extract_lane(r, 2))) break;
    through = mul(through, sampledWeight);
    if (sampledThrough) {
      if (sampledAlpha < 1 && !volume && isSheet(material) && smooth) {
        // Straight on, as shadow rays take it.
        width -= spread * t;
        near = past(t);
        bends++;
        continue;
      }
      if (volume) {
        through = mul(through, disperse(material, hue));
        if (frontFacing) enterVolume(material);
        else leaveVolume(material);
      }
    }
    clear = clear && sampledThrough && sampledAlpha < 1;
    if (smooth) {
      pdf = -1;
      bends++;
      if (!sampledThrough) launchPdf = 0;
    } else {
      pdf = bsdfPdf;
      launchPdf = insideVolume() ? 0 : pdf;
      launchRay = sampledDirection;
      bounces++;
      scattered++;
      minAlpha = max<f32>(minAlpha, REGULARISATION * sampledAlpha);
      spread = max<f32>(spread, min<f32>(<f32>0.15 / sqrt<f32>(pdf), 0.35));
    }
    const most = largest(through);
    if (!(most > 0)) break;
    if (bounces > SURE_BOUNCES || bends > 4) {
      const stays = min<f32>(most, 1);
      if (f32x4.extract_lane(r, 3) >= stays) break;
      through = scale(through, <f32>1 / stays);
    }
    ray = sampledDirection;
    origin = offsetPoint(at, ray);
    near = 0;
  }
  if (onGround > 0) {
    const taken = (unshadowed - luminance(radiance)) * onGround * (<f32>1 - GROUND_BOUNCED);
    radiance = f32x4.splat(0);
    albedo = f32x4.splat(0);
    firstNormal = vec3(0, 1, 0);
    // Shadows of transparent pictures are laid over others in sRGB, where the same share is darker.
    return load<i32>(HEADER + H_BACKGROUND_MODE) ? taken : taken * <f32>0.6;
  }
  if (mirrored > 0) {
    firstNormal = vec3(0, 1, 0);
    return mirrored;
  }
  return 1;
}

/** Takes samples [first, first + count) of pixel (x, y) and adds them to the film. */
export function tracePixel(stack: usize, x: i32, y: i32, first: u32, count: u32): void {
  const pixel = <usize>(y * load<i32>(HEADER + H_WIDTH) + x);
  let sum = f32x4.splat(0), half = f32x4.splat(0), albedos = f32x4.splat(0), normals = f32x4.splat(0);
  let taken = <i32>load<f32>(bufferAt(H_FILM_ALBEDO, pixel), 12);
  for (let i = first; i < first + count; i++) {
    const alpha = trace(stack, x, y, i);
    const l = luminance(radiance);
    // A number that is none would spoil the pixel for good: such a sample counts as not taken.
    const finite = l < 1e30 && l >= 0 && abs<f32>(alpha) < 1e30 && dot(albedo, albedo) < 1e30 && dot(firstNormal, firstNormal) < 1e30;
    if (!finite) continue;
    const value = f32x4.replace_lane(radiance, 3, alpha);
    sum = add(sum, value);
    if (!(taken & 1)) half = add(half, value);
    taken++;
    albedos = add(albedos, f32x4.replace_lane(albedo, 3, 1));
    // Alpha counts as light too: shadows on the ground are nothing else.
    const e = l + abs<f32>(alpha) * <f32>0.25;
    normals = add(normals, f32x4.replace_lane(firstNormal, 3, e * e));
  }
  addTo(bufferAt(H_FILM, pixel), sum);
  addTo(bufferAt(H_FILM_ALBEDO, pixel), albedos);
  addTo(bufferAt(H_FILM_NORMAL, pixel), normals);
  if (load<u32>(HEADER + H_FILM_HALF)) addTo(bufferAt(H_FILM_HALF, pixel), half);
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: v128): void {
  v128.store(address, add(v128.load(address), value));
}

/** Rays of both kinds so far by this thread. */
export function pathRaysTraced(): i32 {
  return pathRays + pathShadowRays;
}
