// Fourth pass: colours. Inside of a smooth opaque surface one sample does; elsewhere a pixel takes all of its samples.

import { MAX_LAYERS, MIN_THROUGH, past } from './layers';
import {
  BACKGROUND_ENVIRONMENT, G_SURFACE, H_BACKGROUND, H_BACKGROUND_MODE, H_EXPOSURE, H_FILM, H_LIGHT_COUNT, H_PIXELS,
  H_SAMPLES, H_SHADE_END, H_SHADE_FIRST, H_WIDTH, HEADER, HIT_GROUND, ID_POROUS, MAX_SAMPLES, PIXEL_EDGE, PIXEL_EMPTY,
  PIXEL_INTERIOR, TILE,
} from './layout';
import { backdrop } from './backdrop';
import {
  cameraRay, hasLens, pinholeRay, pixelDown, pixelRight, pixelSide, rayDirection, rayLength, rayOrigin, rayPlane, stepScale,
} from './camera';
import { forgetFound, lightOf } from './found-light';
import { groundSeen } from './ground-mirror';
import { setPinholeRays } from './camera-four';
import { alike, hitAt, interiorAt, pixelAt, POROUS } from './gbuffer';
import { patternOf, point0, point1, shuffled } from './sampling';
import { stackOf } from './scratch';
import { loadOpacity, mattShare, opacity, transmitted } from './shade';
import { loadSurface, material, materialIndex, normal } from './surface';
import { bends, escaped, traceThrough } from './through';
import { viewTile } from './tile-view';
import { displayPixel, toneMapped } from './tonemap';
import { closestFour, FOUR_BYTES, recallRay } from './traverse-four';
import { closestFrom, hitBlock, hitId, hitInstance, hitLane, hitT, hitU, hitV, restoreHit } from './traverse';
import { add, largest, madd, mul, scale, X, Y, Z } from './vec';

/** Width of the texture filter where a pixel takes one sample, in pixels: a little below 1, since the filter is soft itself. */
const INTERIOR_FOOTPRINT: f32 = 0.75;

/** Samples of a pixel, `MAX_SAMPLES` at most, kept in scratch memory behind the traversal stack. */
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
/** Where rays that are traced four at a time lie, behind the occlusion that `found-light.ts` keeps. */
const FOUR: usize = 12800;
/** Where in a pixel its samples lie: x of all of them, then y. */
const PLACES: usize = FOUR + FOUR_BYTES;
const PLACES_Y: usize = <usize>MAX_SAMPLES << 2;

// @ts-ignore: decorator
@inline
function meets(stack: usize, origin: v128, ray: v128, tMin: f32): bool {
  return closestFrom(viewRoot, stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), tMin, 1e30);
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
function traceSample(stack: usize, x: i32, y: i32, fx: f32, fy: f32, sample: i32, footprint: f32, interior: bool): v128 {
  const origin = rayOrigin, plane = rayPlane, length = rayLength, ray = rayDirection, view = scale(ray, -1);
  let out = f32x4.splat(0), through = f32x4.splat(1);
  let tMin: f32 = 0;
  let tinted = false;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const met = interior && layer == 0 && !(load<u32>(pixelAt(x, y), G_SURFACE) & POROUS)
      ? recall(hitAt(x, y)) : meets(stack, origin, ray, tMin);
    if (!met) {
      const before = f32x4.extract_lane(through, 3);
      const ground = groundSeen(stack, x, y, fx, fy, origin, ray, length, interior && layer == 0, before, sample);
      out = add(out, mul(through, ground));
      if (tinted && f32x4.extract_lane(ground, 3) == 0) {
        const open = f32x4.replace_lane(through, 3, 0);
        const tint = escaped(open);
        out = add(out, f32x4.replace_lane(tint, 3, before - f32x4.extract_lane(tint, 3)));
      }
      break;
    }
    const t = hitT;
    const porous = (hitId & ID_POROUS) != 0;
    const step = footprint * stepScale(t);
    loadSurface(origin, ray, plane, scale(pixelRight(), step), scale(pixelDown(), step), true);
    loadOpacity();
    if (opacity > 0) {
      const weight = f32x4.extract_lane(through, 3) * opacity * mattShare();
      const stops = opacity, before = f32x4.extract_lane(through, 3);
      const seen = lightOf(stack, x, y, fx, fy, t / length, view, interior && !porous && layer == 0, weight, footprint);
      out = add(out, f32x4.replace_lane(scale(mul(through, seen), stops), 3, 0));
      if (porous && bends(material) && largest(transmitted) > 0) {
        // What is let through goes its own way from here; what opacity lets past goes straight on.
        const beyond = traceThrough(stack, x, y, sample, ray, t, footprint * pixelSide() / length, scale(mul(through, transmitted), stops));
        out = add(out, f32x4.replace_lane(beyond, 3, before * stops - f32x4.extract_lane(beyond, 3)));
        through = f32x4.replace_lane(scale(through, <f32>1 - stops), 3, before * (<f32>1 - stops));
      } else {
        const pass = add(scale(transmitted, stops), f32x4.splat(<f32>1 - stops));
        const passAlpha = <f32>1 - stops + stops * (X(transmitted) + Y(transmitted) + Z(transmitted)) * <f32>(1.0 / 3.0);
        out = f32x4.replace_lane(out, 3, f32x4.extract_lane(out, 3) + before * (1 - passAlpha));
        through = f32x4.replace_lane(mul(through, pass), 3, before * passAlpha);
        tinted = true;
      }
      if (!porous || f32x4.extract_lane(through, 3) < MIN_THROUGH) break;
    } else if (!porous) break;
    tMin = past(t);
  }
  return out;
}

/** Where sample `i` of a pixel lies in it, within [0, 1): the middle where it is the only one. */
// @ts-ignore: decorator
@inline
function sampleX(i: i32, samples: i32): f32 {
  return samples == 1 ? <f32>0.5 : point0(i, 0x2545f491);
}
// @ts-ignore: decorator
@inline
function sampleY(i: i32, samples: i32): f32 {
  return samples == 1 ? <f32>0.5 : point1(i, 0x2545f491);
}

/** Lays the places of samples out, for a tile. */
function placeSamples(stack: usize, samples: i32): void {
  for (let i = 0; i < samples; i++) {
    store<f32>(stack + PLACES + (<usize>i << 2), sampleX(i, samples));
    store<f32>(stack + PLACES + (<usize>i << 2), sampleY(i, samples), PLACES_Y);
  }
}

/** Traces the rays of four samples of a pixel, from `first` on. */
function traceFour(stack: usize, x: i32, y: i32, first: i32): void {
  const places = stack + PLACES + (<usize>first << 2);
  setPinholeRays(
    stack + FOUR, f32x4.add(f32x4.splat(<f32>x), v128.load(places)), f32x4.add(f32x4.splat(<f32>y), v128.load(places, PLACES_Y)),
  );
  closestFour(viewRoot, stack, stack + FOUR);
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
  forgetFound();
  for (let i = 0; i < samples; i++) {
    const s = stack + SAMPLES + <usize>i * SAMPLE_BYTES;
    const place = stack + PLACES + (<usize>i << 2);
    const fx = <f32>x + load<f32>(place), fy = <f32>y + load<f32>(place, PLACES_Y);
    store<i32>(s, -1, S_MATERIAL);
    if (lens) {
      // Points of the lens in another order than those of the pixel: where both grow together, the blur would be wrong.
      const seed = <u32>patternOf(x, y) * 0x9e3779b1;
      const j = shuffled(i, seed ^ 0x68bc21eb);
      cameraRay(fx, fy, point0(j, seed + 0x02e5be93), point1(j, seed + 0x02e5be93));
      sum = add(sum, traceSample(stack, x, y, fx, fy, i, single, false));
      continue;
    }
    // The last ones go alone where there are not four of them.
    const alone = (i | 3) >= samples;
    if (!alone && (i & 3) == 0) traceFour(stack, x, y, i);
    pinholeRay(fx, fy);
    if (!(alone ? meets(stack, rayOrigin, rayDirection, 0) : recallRay(stack + FOUR, i & 3))) {
      sum = add(sum, groundSeen(stack, x, y, fx, fy, rayOrigin, rayDirection, rayLength, false, 1, i));
      continue;
    }
    // Shadows of lights have edges of their own, which samples shaded together would lose.
    if ((hitId & ID_POROUS) != 0 || load<i32>(HEADER + H_LIGHT_COUNT) != 0) {
      sum = add(sum, traceSample(stack, x, y, fx, fy, i, single, false));
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
    const share = sqrt<f32>(<f32>count) * single * INTERIOR_FOOTPRINT, footprint = share * stepScale(hitT);
    loadSurface(rayOrigin, rayDirection, rayPlane, scale(pixelRight(), footprint), scale(pixelDown(), footprint), true);
    loadOpacity();
    const seen = lightOf(stack, x, y, fx, fy, hitT / rayLength, scale(rayDirection, -1), false, 1, share);
    sum = add(sum, scale(f32x4.replace_lane(seen, 3, 1), <f32>count));
  }
  return sum;
}

/** Whether a sample is of this material, faces about the way of `n` and lies at about its distance (fourth lane). */
// @ts-ignore: decorator
@inline
function belongs(sample: usize, group: i32, n: v128): bool {
  if (load<i32>(sample, S_MATERIAL) != group) return false;
  return alike(n, v128.load(sample, S_NORMAL));
}

/** Node at which the camera's rays of the tile begin. */
let viewRoot: u32 = 0;

/** Shades the tile and writes its pixels, alpha not premultiplied; or the means of its light, where there is a film. */
export function shadeTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_SHADE_END));
  const samples = min(load<i32>(HEADER + H_SAMPLES), MAX_SAMPLES);
  const pixels = <usize>load<u32>(HEADER + H_PIXELS), shadeFirst = load<i32>(HEADER + H_SHADE_FIRST);
  const mode = load<i32>(HEADER + H_BACKGROUND_MODE);
  const coloured = mode != 0, surroundings = mode == BACKGROUND_ENVIRONMENT;
  let background = v128.load(HEADER + H_BACKGROUND);
  const lens = hasLens();
  const film = <usize>load<u32>(HEADER + H_FILM);
  viewRoot = viewTile(<f32>x0, <f32>y0, <f32>x1, <f32>y1, thread);
  placeSamples(stack, samples);
  const clear = displayPixel(coloured ? background : f32x4.splat(0), coloured ? 1 : 0);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      let sum = f32x4.splat(0);
      const need = lens ? PIXEL_EDGE : load<u8>(interiorAt(x, y));
      const to = pixels + (<usize>((y - shadeFirst) * width + x) << 2);
      if (need == PIXEL_EMPTY && !film && !surroundings) {
        store<u32>(to, clear);
        continue;
      }
      if (need == PIXEL_INTERIOR) {
        forgetFound();
        pinholeRay(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
        sum = traceSample(stack, x, y, <f32>x + <f32>0.5, <f32>y + <f32>0.5, 0, INTERIOR_FOOTPRINT, true);
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
        if (surroundings && alpha < 1) {
          background = toneMapped(scale(backdrop(<f32>x + <f32>0.5, <f32>y + <f32>0.5), load<f32>(HEADER + H_EXPOSURE)));
        }
        c = madd(sum, background, 1 - alpha);
        alpha = 1;
      } else {
        c = alpha > 0 ? scale(sum, <f32>1 / alpha) : f32x4.splat(0);
      }
      store<u32>(to, displayPixel(c, alpha));
    }
  }
}
