// The three passes over a tile of pixels: visibility and raw occlusion, filtering of occlusion, shading.

import { cameraOrigin, pixelDown, pixelRight, planeDirection } from './camera';
import { occlusionAt, packShares, pixelAt, planeError, setPlane, storePixel } from './gbuffer';
import {G_NORMAL, G_OCCLUSION, G_SURFACE, H_BACKGROUND, 
  H_BACKGROUND_MODE, H_BAND_FIRST, H_BAND_ROWS, H_EXPOSURE,H_HEIGHT, H_PIXELS, H_RAYS, H_SAMPLES, H_SHADE_END, H_SHADE_FIRST, H_WIDTH, 
  HEADER, ID_POROUS, SCRATCH, SCRATCH_STRIDE,TILE, 
} from './layout';
import { opacityAt, triangleAt } from './material';
import { litShare, openShare, traceOcclusion } from './occlusion';
import { patternOf, point0, point1 } from './sampling';
import { loadOpacity, opacity, shade, shaded, transmitted, unlit } from './shade';
import { geometric, loadSurface, materialIndex, normal, position } from './surface';
import { pbrNeutral, srgbByte } from './tonemap';
import { closest, hitBlock, hitId, hitInstance, hitLane, hitT, hitU, hitV, restoreHit } from './traverse';
import { add, dot, madd, mul, normalizeOr, packNormal, scale, sub, unpackNormal, X, Y, Z } from './vec';

/** Surfaces followed behind one another along a ray. */
const MAX_LAYERS: i32 = 48;
/** Relative step past a surface to find the next. */
const STEP: f32 = 1e-6;
/** Width of the texture filter where a pixel takes one sample, in pixels: a little below 1, since the filter is soft itself. */
const INTERIOR_FOOTPRINT: f32 = 0.75;
/** Bit of a pixel's surface: something porous lies before or at it. */
const POROUS: u32 = 0x80000000;
/** Bit of a pixel's surface: rays off the pixel's centre meet something else. */
const MIXED: u32 = 0x40000000;

// @ts-ignore: decorator
@inline
function stackOf(thread: i32): usize {
  return <usize>SCRATCH + <usize>thread * SCRATCH_STRIDE;
}

// @ts-ignore: decorator
@inline
function materialOf(id: u32): u32 {
  return load<u32>(triangleAt(id), 12);
}

/** First surface at each pixel's centre that stops at least half of the light, and the occlusion there. */
export function visibilityTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const x1 = min(x0 + TILE, load<i32>(HEADER + H_WIDTH));
  const y1 = min(y0 + TILE, load<i32>(HEADER + H_BAND_FIRST) + load<i32>(HEADER + H_BAND_ROWS));
  const origin = cameraOrigin();
  const ox = X(origin), oy = Y(origin), oz = Z(origin);
  const zero = f32x4.splat(0);
  let rays = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const plane = planeDirection(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
      const length = sqrt<f32>(dot(plane, plane));
      const ray = scale(plane, <f32>1 / length);
      const g = pixelAt(x, y);
      let tMin: f32 = 0, porous: u32 = 0, hit = false;
      for (let layer = 0; layer < MAX_LAYERS; layer++) {
        rays++;
        hit = closest(stack, ox, oy, oz, X(ray), Y(ray), Z(ray), tMin, 1e30);
        if (!hit || !(hitId & ID_POROUS)) break;
        porous = POROUS;
        if (opacityAt(hitId, hitU, hitV) >= 0.5) break;
        tMin = hitT * (1 + STEP) + STEP;
        hit = false;
      }
      // Two more rays find things thinner than a pixel; where they disagree, shading takes all of its samples.
      let mixed: u32 = 0;
      const centerT = hitT, centerU = hitU, centerV = hitV, centerId = hitId, centerBlock = hitBlock, centerLane = hitLane, centerInstance = hitInstance;
      for (let k = 0; k < 2; k++) {
        rays++;
        const p = planeDirection(<f32>x + (k ? <f32>0.8 : <f32>0.2), <f32>y + (k ? <f32>0.3 : <f32>0.7));
        const d = scale(p, <f32>1 / sqrt<f32>(dot(p, p)));
        const also = closest(stack, ox, oy, oz, X(d), Y(d), Z(d), 0, 1e30);
        if (also != hit || (also && (materialOf(hitId) != materialOf(centerId) || abs<f32>(hitT - centerT) > centerT * <f32>0.01))) mixed = MIXED;
        if (also && (hitId & ID_POROUS)) mixed = MIXED;
      }
      restoreHit(centerT, centerU, centerV, centerId, centerBlock, centerLane, centerInstance);
      if (!hit) {
        storePixel(g, Infinity, 0, porous | mixed);
        store<u32>(g, 0xffffffff, G_OCCLUSION);
        continue;
      }
      const depth = hitT / length;
      loadSurface(origin, ray, plane, zero, zero, false);
      storePixel(g, depth, packNormal(normal), (materialIndex + 1) | porous | mixed);
      rays += traceOcclusion(stack, position, normal, geometric, patternOf(x, y));
      store<u32>(g, packShares(litShare, openShare), G_OCCLUSION);
    }
  }
  atomic.add<i32>(HEADER + H_RAYS, rays);
}

/** Side of a tile with the two border pixels that the filter looks at. */
const FILTER_SIDE: i32 = TILE + 4;

/**
 * Averages occlusion over 5 × 5 pixels whose outermost count half: one full period of the 4 × 4 patterns, which
 * removes their pattern exactly where the surface goes on. Pixels off the plane or turned away do not count.
 */
export function filterTile(x0: i32, y0: i32, thread: i32): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, end);
  const pixel = sqrt<f32>(dot(pixelRight(), pixelRight()));
  // Normals and depths of the tile, unpacked once: each is looked at 25 times.
  const cache = stackOf(thread);
  let any = false;
  for (let y = y0 - 2; y < y1 + 2; y++) {
    for (let x = x0 - 2; x < x1 + 2; x++) {
      let value = f32x4.splat(Infinity);
      if (<u32>x < <u32>width && y >= first && y < end) {
        const g = pixelAt(x, y);
        if (load<f32>(g) != Infinity) {
          value = f32x4.replace_lane(unpackNormal(load<u32>(g, G_NORMAL)), 3, load<f32>(g));
          any = true;
        }
      }
      v128.store(cache + (<usize>((y - y0 + 2) * FILTER_SIDE + x - x0 + 2) << 4), value);
    }
  }
  if (!any) return;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const center = cache + (<usize>((y - y0 + 2) * FILTER_SIDE + x - x0 + 2) << 4);
      const n = v128.load(center), depth = f32x4.extract_lane(n, 3);
      if (depth == Infinity) continue;
      setPlane(<f32>x + <f32>0.5, <f32>y + <f32>0.5, depth, n);
      let lit: f32 = 0, open: f32 = 0, weights: f32 = 0;
      for (let dy = -2; dy <= 2; dy++) {
        let c = center + (dy * FILTER_SIDE - 2) * 16;
        for (let dx = -2; dx <= 2; dx++, c += 16) {
          const m = v128.load(c), d = f32x4.extract_lane(m, 3);
          if (d == Infinity || planeError(<f32>dx, <f32>dy, d) > 6 * pixel) continue;
          const turn = dot(n, m);
          if (turn < <f32>0.8) continue;
          let w = (turn - <f32>0.8) * 5;
          if (dx == 2 || dx == -2) w *= 0.5;
          if (dy == 2 || dy == -2) w *= 0.5;
          const o = load<u32>(pixelAt(x + dx, y + dy), G_OCCLUSION);
          lit += <f32>(o & 0xffff) * w;
          open += <f32>(o >> 16) * w;
          weights += w;
        }
      }
      const k = <f32>1 / (weights * 65535);
      store<u32>(occlusionAt(x, y), weights > 0 ? packShares(lit * k, open * k) : load<u32>(pixelAt(x, y), G_OCCLUSION));
    }
  }
}

let foundLit: f32 = 1;
let foundOpen: f32 = 1;

/** Filtered occlusion of the pixels around image position (fx, fy) that show the same surface; false where none does. */
function findOcclusion(x: i32, y: i32, fx: f32, fy: f32, depth: f32, n: v128): bool {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  setPlane(fx, fy, depth, n);
  const tolerance = <f32>6 * sqrt<f32>(dot(pixelRight(), pixelRight()));
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
      const o = load<u32>(occlusionAt(nx, ny));
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

/** Whether this pixel and all around it show one smooth opaque surface, so that few samples do. */
function isInterior(x: i32, y: i32): bool {
  const width = load<i32>(HEADER + H_WIDTH);
  const first = load<i32>(HEADER + H_BAND_FIRST), end = first + load<i32>(HEADER + H_BAND_ROWS);
  const g = pixelAt(x, y);
  const surface = load<u32>(g, G_SURFACE), depth = load<f32>(g);
  if (surface & (POROUS | MIXED)) return false;
  const empty = depth == Infinity;
  let n = f32x4.splat(0);
  if (!empty) {
    n = unpackNormal(load<u32>(g, G_NORMAL));
    setPlane(<f32>x + <f32>0.5, <f32>y + <f32>0.5, depth, n);
  }
  const tolerance = <f32>6 * sqrt<f32>(dot(pixelRight(), pixelRight()));
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const nx = x + dx, ny = y + dy;
      if (<u32>nx >= <u32>width || ny < first || ny >= end) continue;
      const h = pixelAt(nx, ny);
      if (load<u32>(h, G_SURFACE) != surface) return false;
      if (empty) continue;
      if (planeError(<f32>dx, <f32>dy, load<f32>(h)) > tolerance) return false;
      if (dot(n, unpackNormal(load<u32>(h, G_NORMAL))) < <f32>0.95) return false;
    }
  }
  return true;
}

let raysTraced: i32 = 0;

/** Colour of one ray: linear display light, premultiplied; the fourth lane is coverage. */
function traceSample(stack: usize, x: i32, y: i32, fx: f32, fy: f32, footprint: f32, interior: bool): v128 {
  const origin = cameraOrigin();
  const plane = planeDirection(fx, fy);
  const length = sqrt<f32>(dot(plane, plane));
  const ray = scale(plane, <f32>1 / length), view = scale(ray, -1);
  const right = scale(pixelRight(), footprint), down = scale(pixelDown(), footprint);
  const exposure = load<f32>(HEADER + H_EXPOSURE);
  let out = f32x4.splat(0), through = f32x4.splat(1);
  let tMin: f32 = 0;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    raysTraced++;
    if (!closest(stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), tMin, 1e30)) break;
    const t = hitT;
    const porous = (hitId & ID_POROUS) != 0;
    loadSurface(origin, ray, plane, right, down, true);
    loadOpacity();
    if (opacity > 0) {
      const p = position, n = normal, g = geometric;
      if (interior) {
        const o = load<u32>(occlusionAt(x, y));
        foundLit = <f32>(o & 0xffff) * <f32>(1.0 / 65535.0);
        foundOpen = <f32>(o >> 16) * <f32>(1.0 / 65535.0);
      } else if (!findOcclusion(x, y, fx, fy, t / length, n)) {
        if (porous && opacity < <f32>0.5) {
          foundLit = 1;
          foundOpen = 1;
        } else {
          raysTraced += traceOcclusion(stack, p, n, g, patternOf(x, y));
          foundLit = litShare;
          foundOpen = openShare;
        }
      }
      shade(view, foundLit, foundOpen);
      const seen = unlit ? f32x4.pmin(shaded, f32x4.splat(1)) : pbrNeutral(scale(shaded, exposure));
      // Coverage rides in the fourth lane.
      const light = scale(f32x4.replace_lane(mul(through, seen), 3, f32x4.extract_lane(through, 3)), opacity);
      const pass = add(scale(transmitted, opacity), f32x4.splat(1 - opacity));
      const passAlpha = <f32>1 - opacity + opacity * (X(transmitted) + Y(transmitted) + Z(transmitted)) * <f32>(1.0 / 3.0);
      const before = f32x4.extract_lane(through, 3);
      out = add(out, f32x4.replace_lane(light, 3, before * (1 - passAlpha)));
      through = f32x4.replace_lane(mul(through, pass), 3, before * passAlpha);
      if (!porous || f32x4.extract_lane(through, 3) < <f32>0.002) break;
    } else if (!porous) break;
    tMin = t * (1 + STEP) + STEP;
  }
  return out;
}

/** Shades the tile and writes its pixels: sRGB, alpha not premultiplied. */
export function shadeTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_SHADE_END));
  const samples = load<i32>(HEADER + H_SAMPLES);
  const pixels = <usize>load<u32>(HEADER + H_PIXELS), shadeFirst = load<i32>(HEADER + H_SHADE_FIRST);
  const coloured = load<i32>(HEADER + H_BACKGROUND_MODE) != 0;
  const background = v128.load(HEADER + H_BACKGROUND);
  raysTraced = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      let sum = f32x4.splat(0);
      if (isInterior(x, y)) {
        if (load<f32>(pixelAt(x, y)) != Infinity) {
          sum = traceSample(stack, x, y, <f32>x + <f32>0.5, <f32>y + <f32>0.5, INTERIOR_FOOTPRINT, true);
        }
      } else {
        const footprint = <f32>1 / sqrt<f32>(<f32>samples);
        for (let i = 0; i < samples; i++) {
          const jx = samples == 1 ? <f32>0.5 : point0(i, 0x2545f491), jy = samples == 1 ? <f32>0.5 : point1(i, 0x2545f491);
          sum = add(sum, traceSample(stack, x, y, <f32>x + jx, <f32>y + jy, footprint, false));
        }
        sum = scale(sum, <f32>1 / <f32>samples);
      }
      let alpha = min<f32>(f32x4.extract_lane(sum, 3), 1);
      let c: v128;
      if (coloured) {
        c = madd(sum, background, 1 - alpha);
        alpha = 1;
      } else {
        c = alpha > 0 ? scale(sum, <f32>1 / alpha) : f32x4.splat(0);
      }
      store<u32>(
        pixels + (<usize>((y - shadeFirst) * width + x) << 2),
        srgbByte(X(c)) | (srgbByte(Y(c)) << 8) | (srgbByte(Z(c)) << 16) | (<u32>(alpha * 255 + <f32>0.5) << 24),
      );
    }
  }
  atomic.add<i32>(HEADER + H_RAYS, raysTraced);
}
