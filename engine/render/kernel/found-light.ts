// Light of a surface that a ray meets: occlusion found or traced for it, then shading.

import { hasLens, imageX, imageY, pixelSide, project } from './camera';
import { displayColor } from './display';
import { alike, pixelAt, planeError, setPlane } from './gbuffer';
import { loadGroundHit, meetsGround, shadowCoverage } from './ground';
import {
  G_NORMAL, G_OCCLUSION, H_BAND_FIRST, H_BAND_ROWS, H_DISPLAY, H_EXPOSURE, H_FILM, H_LIGHT_COUNT, H_WIDTH, HEADER,
} from './layout';
import { traceLights } from './lights';
import { litShareOf, traceOcclusion, traced } from './occlusion';
import { patternOf } from './sampling';
import { letNothingThrough, shade, shaded, unlit } from './shade';
import { geometric, materialIndex, normal, position } from './surface';
import { displayable, toneMapped } from './tonemap';
import { hitT } from './traverse';
import { dot, scale, unpackNormal, Z } from './vec';

/** Share in the pixel below which nobody sees whether a surface's matt light is blocked. */
const MIN_WEIGHT: f32 = 0.02;

// Occlusion traced for this pixel, kept for its other samples on the same surface.
const KEPT: usize = 12288;
const KEPT_BYTES: usize = 32;
const MAX_KEPT: i32 = 16;
const K_MATERIAL: usize = 16;
const K_LIT: usize = 20;
const K_OPEN: usize = 24;
let kept: i32 = 0;

/** Forgets occlusion that was kept: a new pixel begins. */
// @ts-ignore: decorator
@inline
export function forgetFound(): void {
  kept = 0;
}

let foundLit: f32 = 1;
let foundOpen: f32 = 1;

/**
 * Traces occlusion of the loaded surface, whose matt light makes up `weight` of the pixel. Eight patterns at once where
 * it is all that is seen, or specks appear along edges; more behind half clear surfaces, which pixels that take one
 * sample show too; what is seen faintly takes fewer.
 */
function traceFound(stack: usize, x: i32, y: i32, weight: f32): void {
  const n = f32x4.replace_lane(normal, 3, hitT);
  for (let i = 0; i < kept; i++) {
    const k = stack + KEPT + <usize>i * KEPT_BYTES;
    const m = v128.load(k);
    if (load<i32>(k, K_MATERIAL) != materialIndex || !alike(n, m)) continue;
    foundLit = load<f32>(k, K_LIT);
    foundOpen = load<f32>(k, K_OPEN);
    return;
  }
  const t = hitT;
  const patterns = weight > <f32>0.5 ? 8 : weight > <f32>0.1 ? 16 : weight > <f32>0.05 ? 8 : 4;
  traceOcclusion(stack, position, normal, geometric, patternOf(x, y) * 4 & ~(patterns - 1), patterns);
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
  traceUnlessFaint(stack, x, y, weight);
}

function traceUnlessFaint(stack: usize, x: i32, y: i32, weight: f32): void {
  if (weight < MIN_WEIGHT) {
    foundLit = 1;
    foundOpen = 1;
  } else traceFound(stack, x, y, weight);
}

/**
 * Light of the loaded surface towards the viewer as it will be shown, linear in [0, 1]: mapped before samples are
 * averaged, edges of bright things stay smooth. With a film it is the light as it is. `footprint` is the width of the
 * sample in pixels.
 */
export function lightOf(stack: usize, x: i32, y: i32, fx: f32, fy: f32, depth: f32, view: v128, interior: bool, weight: f32, footprint: f32): v128 {
  const display = load<i32>(HEADER + H_DISPLAY);
  if (display) {
    letNothingThrough();
    return displayColor(display, view, footprint);
  }
  findLight(stack, x, y, fx, fy, depth, interior, weight);
  return lightFound(stack, view);
}

// @ts-ignore: decorator
@inline
function lightFound(stack: usize, view: v128): v128 {
  shade(view, foundLit, foundOpen, load<i32>(HEADER + H_LIGHT_COUNT) ? traceLights(stack) : 0);
  if (load<u32>(HEADER + H_FILM)) return shaded;
  return unlit ? displayable(shaded) : toneMapped(scale(shaded, load<f32>(HEADER + H_EXPOSURE)));
}

/** `lightOf` for a surface that is seen around a corner: its occlusion is looked up where the camera sees it straight. */
export function lightAround(stack: usize, x: i32, y: i32, view: v128, weight: f32): v128 {
  const depth = project(position);
  const ix = <i32>floor<f32>(imageX), iy = <i32>floor<f32>(imageY);
  const seen = depth > 0 && <u32>ix < <u32>load<i32>(HEADER + H_WIDTH) && findOcclusion(ix, iy, imageX, imageY, depth, normal);
  if (!seen) traceUnlessFaint(stack, x, y, weight);
  return lightFound(stack, view);
}

/** Coverage of the ground's shadow at the end of a ray that met nothing else; `weight` is its share in the pixel. */
export function groundShadow(stack: usize, x: i32, y: i32, fx: f32, fy: f32, origin: v128, ray: v128, length: f32, interior: bool, weight: f32): f32 {
  if (!meetsGround(origin, ray)) return 0;
  loadGroundHit(origin, ray);
  findLight(stack, x, y, fx, fy, hitT / length, interior, weight);
  return shadowCoverage(foundLit);
}
