// Third pass: colours. Inside of a smooth opaque surface one sample does; elsewhere a pixel takes all of its samples.

import {
  HEADER, H_WIDTH, H_BAND_FIRST, H_BAND_ROWS, H_SHADE_FIRST, H_SHADE_END, H_SAMPLES, H_PIXELS, H_EXPOSURE, H_FILM,
  H_BACKGROUND_MODE, H_BACKGROUND, H_RAYS, H_LIGHT_COUNT, TILE, G_NORMAL, G_OCCLUSION, G_SURFACE, ID_POROUS, HIT_GROUND, PIXEL_EDGE,
  PIXEL_INTERIOR,
} from './layout';
import { X, Y, Z, add, mul, scale, madd, dot, unpackNormal } from './vec';
import { closest, restoreHit, hitT, hitId, hitU, hitV, hitBlock, hitLane, hitInstance } from './traverse';
import { loadSurface, position, geometric, normal, materialIndex } from './surface';
import { loadOpacity, mattShare, opacity, shade, shaded, transmitted, unlit } from './shade';
import { traceOcclusion, traced, litShareOf } from './occlusion';
import {
  cameraRay, hasLens, imageX, imageY, pixelDown, pixelRight, pinholeRay, pixelSide, project, rayDirection, rayLength, rayOrigin,
  rayPlane, stepScale,
} from './camera';
import { loadGroundHit, meetsGround, shadowCoverage } from './ground';
import { shadowRays, traceLights } from './lights';
import { hitAt, interiorAt, pixelAt, setPlane, planeError, stackOf, MAX_LAYERS, MIN_THROUGH, STEP, POROUS } from './gbuffer';
import { patternOf, point0, point1, shuffled } from './sampling';
import { displayColor } from './display';
import { H_DISPLAY } from './layout';
import { letNothingThrough } from './shade';
import { displayable, displayPixel, toneMapped } from './tonemap';

/** Width of the texture filter where a pixel takes one sample, in pixels: a little below 1, since the filter is soft itself. */
const INTERIOR_FOOTPRINT: f32 = 0.75;

/** Share in the pixel below which nobody sees whether a surface's matt light is blocked. */
const MIN_WEIGHT: f32 = 0.02;

/** Samples of a pixel, kept in scratch memory behind the traversal stack. */
const SAMPLES: usize = 8192;
const SAMPLE_BYTES: usize = 64;
const S_NORMAL: usize = 0; // f32x3, then distance
const S_MATERIAL: usize = 16; // negative: no hit, or its group is shaded already
const S_ID: usize = 20;
const S_U: usize = 24;
const S_V: usize = 28;
const S_BLOCK: usize = 32;
const S_LANE: usize = 36;
const S_INSTANCE: usize = 40;
const S_X: usize = 44;
const S_Y: usize = 48;

// Occlusion traced for this pixel, kept for its other samples on the same surface.
const KEPT: usize = 12288;
const KEPT_BYTES: usize = 32;
const MAX_KEPT: i32 = 16;
const K_MATERIAL: usize = 16;
const K_LIT: usize = 20;
const K_OPEN: usize = 24;
let kept: i32 = 0;

let foundLit: f32 = 1;
let foundOpen: f32 = 1;

/**
 * Traces occlusion of the loaded surface, whose matt light makes up `weight` of the pixel. Eight patterns at once where
 * it is all that is seen, or specks appear along edges; what is seen faintly takes fewer.
 */
function traceFound(stack: usize, x: i32, y: i32, weight: f32): void {
  const n = f32x4.replace_lane(normal, 3, hitT);
  for (let i = 0; i < kept; i++) {
    const k = stack + KEPT + <usize>i * KEPT_BYTES;
    const m = v128.load(k);
    if (load<i32>(k, K_MATERIAL) != materialIndex || dot(n, m) < <f32>0.93) continue;
    if (abs<f32>(f32x4.extract_lane(m, 3) - hitT) > <f32>0.006 * hitT) continue;
    foundLit = load<f32>(k, K_LIT);
    foundOpen = load<f32>(k, K_OPEN);
    return;
  }
  const t = hitT;
  const patterns = weight > <f32>0.5 ? 8 : weight > <f32>0.25 ? 4 : 2;
  raysTraced += traceOcclusion(stack, position, normal, geometric, patternOf(x, y) * 4 & ~(patterns - 1), patterns);
  foundLit = litShareOf(traced);
  foundOpen = Z(traced);
  if (kept == MAX_KEPT) return;
  const k = stack + KEPT + <usize>kept * KEPT_BYTES;
  kept++;
  v128.store(k, f32x4.replace_lane(normal, 3, t));
  store<i32>(k, materialIndex, K_MATERIAL);
  store<f32>(k, foundLit, K_LIT);
  store<f32>(k, foundOpen, K_OPEN);
}

/** Filtered occlusion of the pixels around image position (fx, fy) that show the same surface; false where none does. */
function findOcclusion(x: i32, y: i32, fx: f32, fy: f32, depth: f32, n: v128): bool {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  setPlane(fx, fy, depth, n);
  const tolerance = <f32>6 * pixelSide();
  let lit: f32 = 0, open: f32 = 0, weights: f32 = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const nx = x + dx, ny = y + dy;
      if (<u32>nx >= <u32>width || ny < first || ny >= end) continue;
      const g = pixelAt(nx, ny);
      const d = load<f32>(g);
      if (d == Infinity) continue;
      const ex = <f32>nx + <f32>0.5 - fx, ey = <f32>ny + <f32>0.5 - fy;
      const near = (<f32>1.5 - abs<f32>(ex)) * (<f32>1.5 - abs<f32>(ey));
      if (near <= 0 || planeError(ex, ey, d) > tolerance) continue;
      const c = dot(n, unpackNormal(load<u32>(g, G_NORMAL)));
      if (c < <f32>0.7) continue;
      const w = near * (c - <f32>0.7);
      const o = load<u32>(g, G_OCCLUSION);
      lit += <f32>(o & 0xffff) * w;
      open += <f32>(o >> 16) * w;
      weights += w;
    }
  }
  if (!(weights > 1e-4)) return false;
  const k = <f32>1 / (weights * 65535);
  foundLit = lit * k;
  foundOpen = open * k;
  return true;
}

let raysTraced: i32 = 0;
/** Width of the footprint of the loaded surface, in pixels. */
let footprintNow: f32 = 1;

/** Finds occlusion of the loaded surface; `weight` is the share that its matt light has in the pixel. */
function findLight(stack: usize, x: i32, y: i32, fx: f32, fy: f32, depth: f32, interior: bool, weight: f32): void {
  if (interior) {
    const o = load<u32>(pixelAt(x, y), G_OCCLUSION);
    foundLit = <f32>(o & 0xffff) * <f32>(1.0 / 65535.0);
    foundOpen = <f32>(o >> 16) * <f32>(1.0 / 65535.0);
    return;
  }
  if (hasLens()) {
    // Looked up where the middle of the lens sees the surface.
    const middle = project(position);
    if (findOcclusion(<i32>floor<f32>(imageX), <i32>floor<f32>(imageY), imageX, imageY, middle, normal)) return;
  } else if (findOcclusion(x, y, fx, fy, depth, normal)) return;
  if (weight < MIN_WEIGHT) {
    foundLit = 1;
    foundOpen = 1;
  } else traceFound(stack, x, y, weight);
}

/**
 * Light of the loaded surface towards the viewer as it will be shown, linear in [0, 1]: mapped before samples are
 * averaged, edges of bright things stay smooth. With a film it is the light as it is.
 */
function lightOf(stack: usize, x: i32, y: i32, fx: f32, fy: f32, depth: f32, view: v128, interior: bool, weight: f32): v128 {
  const display = load<i32>(HEADER + H_DISPLAY);
  if (display) {
    letNothingThrough();
    return displayColor(display, view, footprintNow);
  }
  findLight(stack, x, y, fx, fy, depth, interior, weight);
  shade(view, foundLit, foundOpen, load<i32>(HEADER + H_LIGHT_COUNT) ? traceLights(stack) : 0);
  if (load<u32>(HEADER + H_FILM)) return shaded;
  return unlit ? displayable(shaded) : toneMapped(scale(shaded, load<f32>(HEADER + H_EXPOSURE)));
}

/** Coverage of the ground's shadow at the end of a ray that met nothing else; `weight` is its share in the pixel. */
function groundShadow(stack: usize, x: i32, y: i32, fx: f32, fy: f32, origin: v128, ray: v128, length: f32, interior: bool, weight: f32): f32 {
  if (!meetsGround(origin, ray)) return 0;
  loadGroundHit(origin, ray);
  findLight(stack, x, y, fx, fy, hitT / length, interior, weight);
  return shadowCoverage(foundLit);
}

// @ts-ignore: decorator
@inline
function meets(stack: usize, origin: v128, ray: v128, tMin: f32): bool {
  raysTraced++;
  return closest(stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), tMin, 1e30);
}

/** Makes a kept hit the last one; false where it is the ground. */
// @ts-ignore: decorator
@inline
function recall(hit: usize): bool {
  const id = load<u32>(hit, 12);
  if (id == HIT_GROUND) return false;
  const block = load<u32>(hit, 16);
  restoreHit(load<f32>(hit), load<f32>(hit, 4), load<f32>(hit, 8), id, block & ~3, block & 3, load<i32>(hit, 20));
  return true;
}

/** Colour of the camera's ray that is set, through all that is porous: linear display light, premultiplied; the fourth lane is coverage. */
function traceSample(stack: usize, x: i32, y: i32, fx: f32, fy: f32, footprint: f32, interior: bool): v128 {
  const origin = rayOrigin, plane = rayPlane, length = rayLength, ray = rayDirection, view = scale(ray, -1);
  let out = f32x4.splat(0), through = f32x4.splat(1);
  let tMin: f32 = 0;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const met = interior && layer == 0 && !(load<u32>(pixelAt(x, y), G_SURFACE) & POROUS)
      ? recall(hitAt(x, y)) : meets(stack, origin, ray, tMin);
    if (!met) {
      const before = f32x4.extract_lane(through, 3);
      const shadow = groundShadow(stack, x, y, fx, fy, origin, ray, length, interior && layer == 0, before);
      out = f32x4.replace_lane(out, 3, f32x4.extract_lane(out, 3) + before * shadow);
      break;
    }
    const t = hitT;
    footprintNow = footprint;
    const porous = (hitId & ID_POROUS) != 0;
    const step = footprint * stepScale(t);
    loadSurface(origin, ray, plane, scale(pixelRight(), step), scale(pixelDown(), step), true);
    loadOpacity();
    if (opacity > 0) {
      const weight = f32x4.extract_lane(through, 3) * opacity * mattShare();
      const seen = lightOf(stack, x, y, fx, fy, t / length, view, interior && !porous && layer == 0, weight);
      const pass = add(scale(transmitted, opacity), f32x4.splat(1 - opacity));
      const passAlpha = <f32>1 - opacity + opacity * (X(transmitted) + Y(transmitted) + Z(transmitted)) * <f32>(1.0 / 3.0);
      const before = f32x4.extract_lane(through, 3);
      out = add(out, f32x4.replace_lane(scale(mul(through, seen), opacity), 3, before * (1 - passAlpha)));
      through = f32x4.replace_lane(mul(through, pass), 3, before * passAlpha);
      if (!porous || f32x4.extract_lane(through, 3) < MIN_THROUGH) break;
    } else if (!porous) break;
    tMin = t * (1 + STEP) + STEP;
  }
  return out;
}

/**
 * Sum of all samples of a pixel. Visibility is sampled in full, but opaque samples on the same material at about the
 * same distance and with about the same normal are shaded once, in the one nearest to their middle, with a texture filter as wide as their share: most
 * edge pixels then take two shadings instead of eight.
 */
function tracePixel(stack: usize, x: i32, y: i32, samples: i32): v128 {
  const zero = f32x4.splat(0), lens = hasLens();
  const single = <f32>1 / sqrt<f32>(<f32>samples);
  let sum = zero;
  kept = 0;
  for (let i = 0; i < samples; i++) {
    const s = stack + SAMPLES + <usize>i * SAMPLE_BYTES;
    const fx = <f32>x + (samples == 1 ? <f32>0.5 : point0(i, 0x2545f491)), fy = <f32>y + (samples == 1 ? <f32>0.5 : point1(i, 0x2545f491));
    store<i32>(s, -1, S_MATERIAL);
    if (lens) {
      // Points of the lens in another order than those of the pixel: where both grow together, the blur would be wrong.
      const seed = <u32>patternOf(x, y) * 0x9e3779b1;
      const j = shuffled(i, seed ^ 0x68bc21eb);
      cameraRay(fx, fy, point0(j, seed + 0x02e5be93), point1(j, seed + 0x02e5be93));
      sum = add(sum, traceSample(stack, x, y, fx, fy, single, false));
      continue;
    }
    pinholeRay(fx, fy);
    raysTraced++;
    if (!closest(stack, X(rayOrigin), Y(rayOrigin), Z(rayOrigin), X(rayDirection), Y(rayDirection), Z(rayDirection), 0, 1e30)) {
      const shadow = groundShadow(stack, x, y, fx, fy, rayOrigin, rayDirection, rayLength, false, 1);
      sum = f32x4.replace_lane(sum, 3, f32x4.extract_lane(sum, 3) + shadow);
      continue;
    }
    // Shadows of lights have edges of their own, which samples shaded together would lose.
    if ((hitId & ID_POROUS) != 0 || load<i32>(HEADER + H_LIGHT_COUNT) != 0) {
      sum = add(sum, traceSample(stack, x, y, fx, fy, single, false));
      continue;
    }
    loadSurface(rayOrigin, rayDirection, rayPlane, zero, zero, false);
    v128.store(s, f32x4.replace_lane(normal, 3, hitT), S_NORMAL);
    store<i32>(s, materialIndex, S_MATERIAL);
    store<u32>(s, hitId, S_ID);
    store<f32>(s, hitU, S_U);
    store<f32>(s, hitV, S_V);
    store<usize>(s, hitBlock, S_BLOCK);
    store<i32>(s, hitLane, S_LANE);
    store<i32>(s, hitInstance, S_INSTANCE);
    store<f32>(s, fx, S_X);
    store<f32>(s, fy, S_Y);
  }
  const end = stack + SAMPLES + <usize>samples * SAMPLE_BYTES;
  for (let s = stack + SAMPLES; s < end; s += SAMPLE_BYTES) {
    const group = load<i32>(s, S_MATERIAL);
    if (group < 0) continue;
    const n = v128.load(s, S_NORMAL);
    let count = 0;
    let mx: f32 = 0, my: f32 = 0;
    for (let o = s; o < end; o += SAMPLE_BYTES) {
      if (!belongs(o, group, n)) continue;
      count++;
      mx += load<f32>(o, S_X);
      my += load<f32>(o, S_Y);
    }
    mx /= <f32>count;
    my /= <f32>count;
    let best = s;
    let near: f32 = Infinity;
    for (let o = s; o < end; o += SAMPLE_BYTES) {
      if (!belongs(o, group, n)) continue;
      store<i32>(o, -1, S_MATERIAL);
      const dx = load<f32>(o, S_X) - mx, dy = load<f32>(o, S_Y) - my;
      if (dx * dx + dy * dy < near) {
        near = dx * dx + dy * dy;
        best = o;
      }
    }
    const fx = load<f32>(best, S_X), fy = load<f32>(best, S_Y);
    pinholeRay(fx, fy);
    restoreHit(
      load<f32>(best, S_NORMAL + 12), load<f32>(best, S_U), load<f32>(best, S_V), load<u32>(best, S_ID),
      load<usize>(best, S_BLOCK), load<i32>(best, S_LANE), load<i32>(best, S_INSTANCE),
    );
    footprintNow = sqrt<f32>(<f32>count) * single * INTERIOR_FOOTPRINT;
    const footprint = footprintNow * stepScale(hitT);
    loadSurface(rayOrigin, rayDirection, rayPlane, scale(pixelRight(), footprint), scale(pixelDown(), footprint), true);
    loadOpacity();
    const seen = lightOf(stack, x, y, fx, fy, hitT / rayLength, scale(rayDirection, -1), false, 1);
    sum = add(sum, scale(f32x4.replace_lane(seen, 3, 1), <f32>count));
  }
  return sum;
}

/** Whether a sample is of this material, faces about the way of `n` and lies at about its distance (fourth lane). */
// @ts-ignore: decorator
@inline
function belongs(sample: usize, group: i32, n: v128): bool {
  if (load<i32>(sample, S_MATERIAL) != group) return false;
  const m = v128.load(sample, S_NORMAL);
  const t = f32x4.extract_lane(n, 3);
  return dot(n, m) > <f32>0.93 && abs<f32>(f32x4.extract_lane(m, 3) - t) < <f32>0.006 * t;
}

/** Shades the tile and writes its pixels, alpha not premultiplied; or the means of its light, where there is a film. */
export function shadeTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_SHADE_END));
  const samples = load<i32>(HEADER + H_SAMPLES);
  const pixels = <usize>load<u32>(HEADER + H_PIXELS), shadeFirst = load<i32>(HEADER + H_SHADE_FIRST);
  const coloured = load<i32>(HEADER + H_BACKGROUND_MODE) != 0;
  const background = v128.load(HEADER + H_BACKGROUND);
  const lens = hasLens();
  const film = <usize>load<u32>(HEADER + H_FILM);
  raysTraced = -shadowRays;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      let sum = f32x4.splat(0);
      const need = lens ? PIXEL_EDGE : load<u8>(interiorAt(x, y));
      if (need == PIXEL_INTERIOR) {
        kept = 0;
        pinholeRay(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
        sum = traceSample(stack, x, y, <f32>x + <f32>0.5, <f32>y + <f32>0.5, INTERIOR_FOOTPRINT, true);
      } else if (need == PIXEL_EDGE) {
        sum = scale(tracePixel(stack, x, y, samples), <f32>1 / <f32>samples);
      }
      if (film) {
        v128.store(film + (<usize>(y * width + x) << 4), sum);
        continue;
      }
      let alpha = min<f32>(f32x4.extract_lane(sum, 3), 1);
      let c: v128;
      if (coloured) {
        c = madd(sum, background, 1 - alpha);
        alpha = 1;
      } else {
        c = alpha > 0 ? scale(sum, <f32>1 / alpha) : f32x4.splat(0);
      }
      store<u32>(pixels + (<usize>((y - shadeFirst) * width + x) << 2), displayPixel(c, alpha));
    }
  }
  atomic.add<i32>(HEADER + H_RAYS, raysTraced + shadowRays);
}
