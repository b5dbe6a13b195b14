// The `path` integrator: light that reaches the camera, along paths that are traced backwards from it (Kajiya 1986),
// with lights sought at every surface and both ways of finding them weighted by the power heuristic (Veach and Guibas
// 1995).

import { bsdfPdf } from './bsdf/evaluate';
import { isSmooth, prepareBsdf, totalAlbedo } from './bsdf/lobes';
import { baseColorWithAlpha, emission, frameZ, loadEmission, loadParameters, volume } from './bsdf/parameters';
import { sampleBsdf, sampledAlpha, sampledDirection, sampledThrough, sampledWeight } from './bsdf/sample';
import { cameraRay, isOrthographic, pixelSide, rayDirection, rayLength, rayOrigin } from './camera';
import { emissivePdf } from './emitter-sampling';
import { environmentLight, environmentPdf, environmentRadiance } from './environment-sampling';
import { groundShow, groundT, meetsGround } from './ground';
import { MIRROR_ROUGH, mirroredRay, mirrorFade, mirrorShare } from './ground-mirror';
import { past } from './layers';
import {
  BACKGROUND_ENVIRONMENT, H_BACKGROUND_MODE, H_EXPOSURE, H_LIGHT_COUNT, H_PATH_BOUNCES, H_PATH_SEED, H_TONE_MAPPING,
  HEADER, M_ALPHA_CUTOFF, M_FLAGS, MF_BLEND, MF_EMISSIVE, MF_MASK, MF_UNLIT, MF_VOLUME, TONE_NEUTRAL,
} from './layout';
import { backgroundTint } from './path-backdrop';
import { groundLight, groundPdf, groundRay, shadowAlpha, withGround } from './path-ground';
import { candidates, sought, startSeeking, withLights } from './path-lights';
import { absorb, disperse, enterVolume, insideVolume, leaveAll, leaveVolume, relativeIndex } from './path-medium';
import { findLift, offsetPoint } from './path-offset';
import { nextEven, nextFour, nextLoose, startSample } from './path-sampler';
import { isClear, isSheet, STRAIGHT } from './path-shadow';
import { filterOffset } from './path-tables';
import { heuristic, setBound, tamed } from './path-weights';
import { frontFacing, hitPoint, loadSurface, material, normal, perpendicular } from './surface';
import { setFilterChance } from './texture';
import { beforeNeutral } from './tonemap';
import { closest, hitT } from './traverse';
import { add, cross, dot, largest, luminance, madd, mul, scale, vec3, W, X, Y, Z } from './vec';

/** Paths in glass and between mirrors may go on longer than others by so many bends. */
const MORE_BENDS: i32 = 24;
/** Surfaces met in all, also those passed by opacity. */
const MOST_STEPS: i32 = 160;
/** Opacity from which on what is seen first tells of the pixel, even where a sample goes on to what is behind. */
const VEIL: f32 = 0.5;
/** Width of texture lookups, in pixels: samples lie closer together than pixels. */
const FOOTPRINT: f32 = 0.6;
/** Bounces before a path may end by chance: with fewer, dark surfaces are noisier by half at hardly less cost. */
const SURE_BOUNCES: i32 = 3;
/**
 * After a lobe of roughness α, later lobes on the path are at least `REGULARISATION` · α rough: light that a mirror or a
 * lens focuses on something matt is spread a little instead of arriving as rare bright specks, and none of it is lost
 * (Kaplanyan and Dachsbacher, "Path space regularization", 2013; as roughness after Weier et al. 2021).
 */
const REGULARISATION: f32 = 0.2;
/** Share of the samples on reflecting ground that follow the mirrored model at least: about what it counts for beside a shadow. */
const LEAST_MIRRORED: f32 = 0.25;

/** Light that the last path found. */
export let radiance: v128 = f32x4.splat(0);
/** What it met first, for the denoiser. */
export let albedo: v128 = f32x4.splat(0);
export let firstNormal: v128 = f32x4.splat(0);

/** Traces one path; `radiance`, `albedo` and `firstNormal` are its results, returned is its alpha. */
export function tracePath(stack: usize, x: i32, y: i32, index: u32): f32 {
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
  let through = f32x4.splat(1);
  radiance = f32x4.splat(0);
  albedo = f32x4.splat(0);
  firstNormal = f32x4.splat(0);
  leaveAll();
  startSeeking();
  setBound(index);
  const limit = load<i32>(HEADER + H_PATH_BOUNCES);
  let near: f32 = 0;
  // Density of the direction by the surface before; negative where lights could not have been found there otherwise.
  let pdf: f32 = -1;
  // The same of the last surface that scattered, as long as the path only went through clear glass since; else 0.
  let launchPdf: f32 = 0, launchRay = ray;
  // Times that it was scattered, and that mirrors and clear glass only bent it.
  let bounces = 0, bends = 0;
  let minAlpha: f32 = 0;
  // Nothing but clear surfaces so far, so that the background shows.
  let clear = true;
  let featured = false;
  // The features are those of a surface that lets some samples through.
  let veiled = false;
  // On the ground: what its shadow counts for, whether to follow that now, the share it mirrors while that is looked for,
  // and the pixel's alpha where it is found.
  let onGround: f32 = 0, casting = false, mirror: f32 = 0, mirrored: f32 = 0, ground = origin;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (casting) {
      // The ground turns into a white matt surface; the pixel gets its shadow's coverage in the end.
      if (onGround == 0) return 0;
      casting = false;
      radiance = withGround(radiance, stack, ground);
      origin = ground;
      ray = groundRay;
      pdf = groundPdf;
      launchPdf = pdf;
      launchRay = ray;
      featured = true;
      near = 0;
      bounces = 1;
      spread = 0.2;
      minAlpha = REGULARISATION;
    }
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
        const kept = min<f32>(luminance(through), 1);
        radiance = add(radiance, backgroundTint(through, kept));
        return 1 - kept;
      }
      // Beyond glass that did not turn the path, the surface before the glass could have sought this light as well.
      if (pdf < 0 && launchPdf > 0 && dot(ray, launchRay) > STRAIGHT) pdf = launchPdf;
      const sky = environmentLight(ray);
      const w = pdf < 0 ? <f32>1 : heuristic(pdf, environmentPdf * candidates);
      const light = tamed(scale(mul(through, sky), w), bounces > 1 || bounces > 0 && pdf < 0);
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
      if (!featured && (flags & MF_BLEND) != 0 && a >= VEIL && a < 1 && mirror == 0) {
        // It tells of the pixel whether this sample stays or not: chance in the features would be noise that they keep.
        albedo = f32x4.replace_lane(f32x4.pmin(mul(through, base), f32x4.splat(1)), 3, 0);
        if (bends == 0) firstNormal = normal;
        featured = true;
        veiled = true;
      }
      if (flags & MF_MASK ? a < load<f32>(material, M_ALPHA_CUTOFF) : a < 1 && nextEven(step) >= a) {
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
    if (!featured && (step == 0 || luminance(firstNormal) == 0)) firstNormal = normal;
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
        radiance = add(radiance, tamed(scale(mul(through, emission), w), bounces > 1 || bounces > 0 && pdf < 0));
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
      // Behind glass, what a sample meets is a matter of chance; the glass itself is not.
      if (bends == 0) firstNormal = frameZ;
      featured = true;
    }
    const at = hitPoint();
    findLift(at);
    const r = nextFour();
    if (!smooth) {
      const more = load<i32>(HEADER + H_LIGHT_COUNT) > 0 ? nextFour() : r;
      radiance = withLights(radiance, stack, at, more, bounces == 0, through, bounces > 0);
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
    const alpha = shadowAlpha(radiance, onGround);
    radiance = f32x4.splat(0);
    if (!veiled) {
      albedo = f32x4.splat(0);
      firstNormal = vec3(0, 1, 0);
    }
    return alpha;
  }
  if (mirrored > 0) {
    if (!veiled) firstNormal = vec3(0, 1, 0);
    return mirrored;
  }
  return 1;
}
