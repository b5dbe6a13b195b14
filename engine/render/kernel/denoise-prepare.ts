// What the denoiser works on: light divided by albedo, so that textures cannot be blurred; and back.

import { ALPHA_LUMINANCE, LEAST_ALBEDO, opacityOf, withStatistics } from './denoise-light';
import { bufferAt } from './image-buffers';
import {
  CLASS_EMPTY, CLASS_GROUND, CLASS_SURFACE, H_DENOISE_ALBEDO, H_DENOISE_IN, H_DENOISE_NORMAL, H_DENOISE_SECOND, H_DENOISED, H_FILM,
  H_FILM_ALBEDO, H_FILM_HALF, H_FILM_NORMAL, H_HEIGHT, H_WIDTH, HEADER, TILE,
} from './layout';
import { dot, luminance, mul, scale, sub, W, X, Y } from './vec';

/**
 * Variance of the mean of stratified samples as a share of that of independent ones: a half to a quarter was measured,
 * whatever the number of samples. Halves of the samples do not tell, since what one misses the other has.
 */
const STRATIFIED: f32 = 0.35;

/**
 * What light is divided by: albedo, a little above black. Both the mean albedo and the length of the mean normal
 * shrink with the part of the pixel that is covered, like the light does, so that the quotient of an edge's pixel is
 * that of the surface beside it.
 */
// @ts-ignore: decorator
@inline
function divisor(albedo: v128, covered: f32): v128 {
  return f32x4.pmax(f32x4.splat(1e-4), f32x4.add(albedo, f32x4.splat(LEAST_ALBEDO * covered)));
}

/** Standard deviations of noise up to which a pixel's alpha may differ from what its neighbours tell. */
const ALPHA_SIGMA: f32 = 5;

/**
 * Alpha of a pixel: the opacity of the surfaces about it on the part that is covered, as far as that is what its own
 * samples may have missed by chance; else their share, which edges were traced with. All samples of a pixel may end at a
 * surface that lets little through.
 */
// @ts-ignore: decorator
@inline
function denoisedAlpha(alpha: f32, opacity: f32, covered: f32, samples: f32): f32 {
  const smooth = opacity * covered;
  const noise = sqrt<f32>(opacity * (<f32>1 - opacity) / samples);
  return abs<f32>(smooth - alpha) <= ALPHA_SIGMA * noise ? smooth : alpha;
}

/** Denoised radiance of a pixel, premultiplied, and alpha. */
export function denoisedRadiance(pixel: usize): v128 {
  const albedoSum = v128.load(bufferAt(H_FILM_ALBEDO, pixel));
  const samples = W(albedoSum);
  if (!(samples > 0)) return f32x4.splat(0);
  const k = <f32>1 / samples;
  const alpha = load<f32>(bufferAt(H_FILM, pixel), 12) * k;
  const light = v128.load(bufferAt(H_DENOISED, pixel));
  const kind = <i32>load<f32>(bufferAt(H_DENOISE_ALBEDO, pixel), 12);
  if (kind == CLASS_EMPTY) return scale(v128.load(bufferAt(H_FILM, pixel)), k);
  if (kind == CLASS_GROUND) return f32x4.replace_lane(f32x4.splat(0), 3, X(light));
  const normal = v128.load(bufferAt(H_FILM_NORMAL, pixel));
  const covered = sqrt<f32>(dot(normal, normal)) * k;
  return f32x4.replace_lane(mul(light, divisor(scale(albedoSum, k), covered)), 3, denoisedAlpha(alpha, opacityOf(light), covered, samples));
}

/** Prepares a tile. */
export function prepareTile(x0: i32, y0: i32): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_HEIGHT));
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) preparePixel(<usize>(y * width + x));
  }
}

function preparePixel(pixel: usize): void {
  const albedoSum = v128.load(bufferAt(H_FILM_ALBEDO, pixel)), normalSum = v128.load(bufferAt(H_FILM_NORMAL, pixel));
  const samples = W(albedoSum);
  const k: f32 = samples > 0 ? <f32>1 / samples : 0;
  const mean = scale(v128.load(bufferAt(H_FILM, pixel)), k);
  const albedo = scale(albedoSum, k);
  const covered = sqrt<f32>(dot(normalSum, normalSum)) * k;
  let kind = CLASS_EMPTY;
  let normal = f32x4.splat(0);
  if (covered > <f32>1e-3) {
    normal = scale(normalSum, k / covered);
    const dark = luminance(albedo) == 0 && dot(mean, mean) == 0;
    kind = dark && Y(normal) > <f32>0.999 && covered > <f32>0.999 ? CLASS_GROUND : CLASS_SURFACE;
  }
  const l = luminance(mean) + abs<f32>(W(mean)) * ALPHA_LUMINANCE;
  let variance: f32 = samples > 1 ? max<f32>(W(normalSum) * k - l * l, 0) * STRATIFIED / (samples - 1) : l * l;
  let share = f32x4.splat(0);
  if (kind == CLASS_GROUND) variance *= <f32>1 / (ALPHA_LUMINANCE * ALPHA_LUMINANCE);
  else {
    const d = divisor(albedo, covered);
    share = f32x4.div(f32x4.splat(1), d);
    const dl = luminance(d);
    variance /= dl * dl;
  }
  v128.store(bufferAt(H_DENOISE_NORMAL, pixel), normal);
  const surface = scale(albedo, covered > <f32>1e-3 ? <f32>1 / covered : 0);
  v128.store(bufferAt(H_DENOISE_ALBEDO, pixel), f32x4.replace_lane(f32x4.pmin(surface, f32x4.splat(1)), 3, <f32>kind));
  // Of all samples also for their halves: of an edge's samples on the surface one half may have none.
  const opacity = covered > 0 ? W(mean) / covered : 0;
  if (!load<u32>(HEADER + H_DENOISE_SECOND)) {
    v128.store(bufferAt(H_DENOISE_IN, pixel), preparedLight(mean, kind, share, variance, opacity));
    return;
  }
  // Samples are numbered from 0: where their number is odd, there is one more even one.
  const odd = floor<f32>(samples * <f32>0.5), even = samples - odd;
  const half = v128.load(bufferAt(H_FILM_HALF, pixel));
  const first = asCovered(even > 0 ? scale(half, <f32>1 / even) : mean, mean, kind);
  const second = asCovered(odd > 0 ? scale(sub(v128.load(bufferAt(H_FILM, pixel)), half), <f32>1 / odd) : mean, mean, kind);
  v128.store(bufferAt(H_DENOISE_IN, pixel), preparedLight(first, kind, share, variance * samples / max<f32>(even, 1), opacity));
  v128.store(bufferAt(H_DENOISE_SECOND, pixel), preparedLight(second, kind, share, variance * samples / max<f32>(odd, 1), opacity));
}

/** Most that the light of a half is scaled. */
const MOST_SCALED: f32 = 2;

/** A half of the samples as if as many of them had met the surface as of all: at an edge that differs by chance. */
// @ts-ignore: decorator
@inline
function asCovered(half: v128, mean: v128, kind: i32): v128 {
  // Of the ground, alpha is what is denoised.
  if (kind == CLASS_GROUND) return half;
  if (!(W(half) > 0)) return mean;
  return scale(half, min<f32>(max<f32>(W(mean) / W(half), <f32>1 / MOST_SCALED), MOST_SCALED));
}

/** Light divided by albedo, or the alpha of the ground's shadow, with variance and opacity. */
// @ts-ignore: decorator
@inline
function preparedLight(mean: v128, kind: i32, share: v128, variance: f32, opacity: f32): v128 {
  const light = kind == CLASS_GROUND ? f32x4.splat(W(mean)) : mul(mean, share);
  return withStatistics(light, variance, opacity);
}
