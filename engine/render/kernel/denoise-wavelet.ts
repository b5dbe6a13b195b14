// Fast denoiser: an edge-avoiding à-trous wavelet (Dammertz et al., "Edge-avoiding à-trous wavelet transform for fast
// global illumination filtering", 2010), guided by the variance of the light (Schied et al., "Spatiotemporal
// variance-guided filtering", 2017, its spatial part).

import { ALPHA_LUMINANCE, LEAST_ALBEDO, opacityOf, varianceOf, withOpacity, withStatistics } from './denoise-light';
import { bufferAt } from './image-buffers';
import {
  CLASS_EMPTY, CLASS_GROUND, H_DENOISE_ALBEDO, H_DENOISE_IN, H_DENOISE_NORMAL, H_DENOISE_OUT, H_DENOISE_STEP, H_HEIGHT, H_WIDTH,
  HEADER, TILE,
} from './layout';
import { dot, luminance, sub, W } from './vec';

/** Standard deviations by which light may differ and still count. */
const LIGHT_SIGMA: f32 = 2.5;
/** How much less surfaces of other albedo count. */
const ALBEDO_FALLOFF: f32 = 60;

/** About e^−x for x ≥ 0. */
// @ts-ignore: decorator
@inline
function falloff(x: f32): f32 {
  return <f32>1 / (<f32>1 + x + x * x * (<f32>0.48 + x * <f32>0.235));
}

/** B3 spline over five taps: 1, 4, 6, 4, 1 sixteenths, by distance from the middle. */
// @ts-ignore: decorator
@inline
function spline(d: i32): f32 {
  return d == 0 ? <f32>0.375 : d == 1 || d == -1 ? <f32>0.25 : <f32>0.0625;
}

/** One level for a tile. The variance of the light travels in its fourth lane. */
export function waveletTile(x0: i32, y0: i32): void {
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, height);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) waveletPixel(x, y, width, height);
  }
}

/** Variance around a pixel, 3 × 3 of its kind: that of one pixel alone is noisy itself. */
function varianceAround(x: i32, y: i32, width: i32, height: i32, kind: f32): f32 {
  let sum: f32 = 0, weights: f32 = 0;
  for (let dy = -1; dy <= 1; dy++) {
    const v = y + dy;
    if (<u32>v >= <u32>height) continue;
    for (let dx = -1; dx <= 1; dx++) {
      const u = x + dx;
      if (<u32>u >= <u32>width) continue;
      const q = <usize>(v * width + u);
      if (load<f32>(bufferAt(H_DENOISE_ALBEDO, q), 12) != kind) continue;
      const w: f32 = (dx == 0 ? <f32>2 : <f32>1) * (dy == 0 ? <f32>2 : <f32>1);
      sum += w * varianceOf(v128.load(bufferAt(H_DENOISE_IN, q)));
      weights += w;
    }
  }
  return sum / weights;
}

function waveletPixel(x: i32, y: i32, width: i32, height: i32): void {
  const pixel = <usize>(y * width + x);
  const light = v128.load(bufferAt(H_DENOISE_IN, pixel)), albedo = v128.load(bufferAt(H_DENOISE_ALBEDO, pixel));
  const kind = W(albedo);
  if (kind == <f32>CLASS_EMPTY) {
    v128.store(bufferAt(H_DENOISE_OUT, pixel), light);
    return;
  }
  const normal = v128.load(bufferAt(H_DENOISE_NORMAL, pixel));
  const l = luminance(light);
  const strictness = <f32>1 / (LIGHT_SIGMA * sqrt<f32>(varianceAround(x, y, width, height, kind)) + <f32>1e-4 * l + <f32>1e-6);
  const opacity = opacityOf(light);
  // As alpha counts in the variance. The ground's light is its alpha.
  const clearness = kind == <f32>CLASS_GROUND ? <f32>0 : ALPHA_LUMINANCE / (luminance(albedo) + LEAST_ALBEDO);
  const step = load<i32>(HEADER + H_DENOISE_STEP);
  let sum = f32x4.splat(0);
  let weights: f32 = 0, variance: f32 = 0;
  for (let dy = -2; dy <= 2; dy++) {
    const v = y + dy * step;
    if (<u32>v >= <u32>height) continue;
    for (let dx = -2; dx <= 2; dx++) {
      const u = x + dx * step;
      if (<u32>u >= <u32>width) continue;
      const q = <usize>(v * width + u);
      const a = v128.load(bufferAt(H_DENOISE_ALBEDO, q));
      if (W(a) != kind) continue;
      const c = dot(normal, v128.load(bufferAt(H_DENOISE_NORMAL, q)));
      if (c <= 0) continue;
      const p = v128.load(bufferAt(H_DENOISE_IN, q));
      const c2 = c * c, c4 = c2 * c2, c8 = c4 * c4, c16 = c8 * c8, c32 = c16 * c16;
      const d = sub(p, light), e = sub(a, albedo);
      const w = spline(dx) * spline(dy) * c32 * c32 * falloff((sqrt<f32>(dot(d, d)) * <f32>0.577 + abs<f32>(opacityOf(p) - opacity) * clearness) * strictness)
        / (<f32>1 + ALBEDO_FALLOFF * dot(e, e));
      sum = f32x4.add(sum, f32x4.mul(withOpacity(p), f32x4.splat(w)));
      variance += w * w * varianceOf(p);
      weights += w;
    }
  }
  const k = <f32>1 / weights;
  const mean = f32x4.mul(sum, f32x4.splat(k));
  v128.store(bufferAt(H_DENOISE_OUT, pixel), withStatistics(mean, variance * k * k, W(mean)));
}
