// Careful denoiser: first-order regression of light on features, with neighbours weighted by how alike their
// surroundings are (Bitterli et al., "Nonlinearly weighted first-order regression for denoising Monte Carlo
// renderings", 2016). The light of every other sample weights the light of the others, so that noise does not confirm
// itself (Rousselle et al., "Adaptive rendering with non-local means filtering", 2012).

import { opacityOf, varianceOf, withOpacity, withStatistics } from './denoise-light';
import { bufferAt } from './image-buffers';
import {
  CLASS_EMPTY, CLASS_GROUND, DENOISE_SCRATCH, H_DENOISE_ALBEDO, H_DENOISE_IN, H_DENOISE_NORMAL, H_DENOISE_OUT, H_DENOISE_SCRATCH,
  H_DENOISE_SECOND, H_HEIGHT, H_WIDTH, HEADER, TILE,
} from './layout';
import { addTo, dot, luminance, scale, sub, vec4, W } from './vec';

/** Neighbours to each side, and pixels to each side of both whose light is compared. */
const RADIUS: i32 = 8;
const PATCH: i32 = 2;
/** How many standard deviations of noise may lie between alike surroundings. */
const BANDWIDTH: f32 = 0.6;
/** Weight below which a neighbour is left out. */
const LEAST_WEIGHT: f32 = 0.01;
/** Keeps coefficients small where features hardly vary. */
const RIDGE: f32 = 0.003;
/** How much less surfaces of other opacity count. */
const OPACITY_FALLOFF: f32 = 12;
/** Most that a single pixel's difference counts in its patch. */
const MOST_DISTANCE: f32 = 20;

// Planes of luminance and its variance around the tile, in the thread's part of the scratch memory.
const BORDER: i32 = RADIUS + PATCH;
const SIDE: i32 = TILE + 2 * BORDER + 4;
const PLANE: usize = <usize>(SIDE * SIDE * 4);
const DISTANCE_SIDE: i32 = TILE + 8;
const DISTANCES: usize = PLANE * 6;
const DISTANCE_PLANE: usize = <usize>(DISTANCE_SIDE * (TILE + 2 * PATCH) * 4);
const WEIGHTS: usize = DISTANCES + 2 * DISTANCE_PLANE;
const WEIGHT_PLANE: usize = <usize>(TILE * TILE * 4);
const SYSTEMS: usize = WEIGHTS + 2 * WEIGHT_PLANE;
// Normal equations of a pixel and a half: 4 rows of 8, 3 rows of 4 for the last features, 7 right sides.
const RIGHT_SIDES: usize = 11 * 16;
const SYSTEM: usize = 18 * 16;
const FEATURES: i32 = 7;

/** Fills a half's planes: luminance, then variance averaged over 3 × 3 pixels. */
function fillPlanes(plane: usize, raw: usize, field: i32, x0: i32, y0: i32, width: i32, height: i32): void {
  for (let j = 0; j < SIDE; j++) {
    const v = min(max(y0 + j - BORDER, 0), height - 1);
    for (let i = 0; i < SIDE; i++) {
      const u = min(max(x0 + i - BORDER, 0), width - 1);
      const light = v128.load(bufferAt(field, <usize>(v * width + u)));
      const to = <usize>(j * SIDE + i) << 2;
      store<f32>(plane + to, luminance(light));
      store<f32>(raw + to, varianceOf(light));
    }
  }
  for (let j = 0; j < SIDE; j++) {
    const a = max(j - 1, 0), b = min(j + 1, SIDE - 1);
    for (let i = 0; i < SIDE; i++) {
      const l = max(i - 1, 0), r = min(i + 1, SIDE - 1);
      let sum: f32 = 0;
      for (let v = a; v <= b; v++) {
        for (let u = l; u <= r; u++) sum += load<f32>(raw + (<usize>(v * SIDE + u) << 2));
      }
      store<f32>(plane + PLANE + (<usize>(j * SIDE + i) << 2), sum / <f32>((b - a + 1) * (r - l + 1)));
    }
  }
}

/** Weights of the neighbours (dx, dy) away, for all pixels of the tile. */
function fillWeights(plane: usize, distances: usize, weights: usize, dx: i32, dy: i32): void {
  const k2 = f32x4.splat(BANDWIDTH * BANDWIDTH), least = f32x4.splat(<f32>1e-7), most = f32x4.splat(MOST_DISTANCE);
  for (let j = 0; j < TILE + 2 * PATCH; j++) {
    const row = plane + (<usize>((j + RADIUS) * SIDE + RADIUS) << 2);
    const other = plane + (<usize>((j + RADIUS + dy) * SIDE + RADIUS + dx) << 2);
    const to = distances + (<usize>(j * DISTANCE_SIDE) << 2);
    for (let i: usize = 0; i < <usize>((TILE + 2 * PATCH) << 2); i += 16) {
      const p = v128.load(row + i), q = v128.load(other + i);
      const vp = v128.load(row + PLANE + i), vq = v128.load(other + PLANE + i);
      const d = f32x4.sub(p, q);
      const excess = f32x4.sub(f32x4.mul(d, d), f32x4.add(vp, f32x4.pmin(vp, vq)));
      const noise = f32x4.add(f32x4.mul(k2, f32x4.add(vp, vq)), f32x4.add(least, f32x4.mul(f32x4.splat(<f32>1e-4), f32x4.mul(p, p))));
      v128.store(to + i, f32x4.pmin(f32x4.div(excess, noise), most));
    }
  }
  const side: i32 = 2 * PATCH + 1;
  const share = <f32>1 / <f32>(side * side);
  for (let j = 0; j < TILE; j++) {
    // Sum of the columns first, in place: rows above are not needed again.
    const row = distances + (<usize>(j * DISTANCE_SIDE) << 2);
    for (let i: usize = 0; i < <usize>((TILE + 2 * PATCH) << 2); i += 16) {
      let sum = v128.load(row + i);
      for (let v = 1; v <= 2 * PATCH; v++) sum = f32x4.add(sum, v128.load(row + i + (<usize>(v * DISTANCE_SIDE) << 2)));
      v128.store(row + i, sum);
    }
    for (let i: usize = 0; i < <usize>(TILE << 2); i += 16) {
      let sum = v128.load(row + i);
      for (let u: usize = 1; u <= <usize>(2 * PATCH); u++) sum = f32x4.add(sum, v128.load(row + i + (u << 2)));
      const x = f32x4.pmax(f32x4.splat(0), f32x4.mul(sum, f32x4.splat(share)));
      // About e^−x.
      const one = f32x4.splat(1);
      const falloff = f32x4.add(f32x4.add(one, x), f32x4.mul(f32x4.mul(x, x), f32x4.add(f32x4.splat(0.48), f32x4.mul(x, f32x4.splat(0.235)))));
      v128.store(weights + (<usize>(j * TILE) << 2) + i, f32x4.div(one, falloff));
    }
  }
}

/** Adds a neighbour with features (z0, z1) and its light to a system. */
// @ts-ignore: decorator
@inline
function accumulate(s: usize, z0: v128, z1: v128, light: v128, w: f32): void {
  const a0 = f32x4.mul(z0, f32x4.splat(w)), a1 = f32x4.mul(z1, f32x4.splat(w));
  const s1 = v128.shuffle<f32>(a0, a0, 1, 1, 1, 1), s2 = v128.shuffle<f32>(a0, a0, 2, 2, 2, 2), s3 = v128.shuffle<f32>(a0, a0, 3, 3, 3, 3);
  const s4 = v128.shuffle<f32>(a1, a1, 0, 0, 0, 0), s5 = v128.shuffle<f32>(a1, a1, 1, 1, 1, 1), s6 = v128.shuffle<f32>(a1, a1, 2, 2, 2, 2);
  addTo(s, a0);
  addTo(s + 16, a1);
  addTo(s + 32, f32x4.mul(s1, z0));
  addTo(s + 48, f32x4.mul(s1, z1));
  addTo(s + 64, f32x4.mul(s2, z0));
  addTo(s + 80, f32x4.mul(s2, z1));
  addTo(s + 96, f32x4.mul(s3, z0));
  addTo(s + 112, f32x4.mul(s3, z1));
  addTo(s + 128, f32x4.mul(s4, z1));
  addTo(s + 144, f32x4.mul(s5, z1));
  addTo(s + 160, f32x4.mul(s6, z1));
  const r = s + RIGHT_SIDES;
  addTo(r, f32x4.mul(f32x4.splat(w), light));
  addTo(r + 16, f32x4.mul(s1, light));
  addTo(r + 32, f32x4.mul(s2, light));
  addTo(r + 48, f32x4.mul(s3, light));
  addTo(r + 64, f32x4.mul(s4, light));
  addTo(r + 80, f32x4.mul(s5, light));
  addTo(r + 96, f32x4.mul(s6, light));
}

/** Entry (i, j) of a system's matrix, i ≤ j. */
// @ts-ignore: decorator
@inline
function entry(s: usize, i: i32, j: i32): usize {
  return i < 4 ? s + (<usize>i << 5) + (<usize>j << 2) : s + 128 + (<usize>(i - 4) << 4) + (<usize>(j - 4) << 2);
}

/**
 * Light at the pixel itself, which is the constant term of the fit: eliminates all other features, last first. The
 * matrix is symmetric and, with the ridge, positive.
 */
function solve(s: usize): v128 {
  const total = load<f32>(s);
  const r = s + RIGHT_SIDES;
  for (let i = FEATURES - 1; i > 0; i--) {
    const pivot = load<f32>(entry(s, i, i)) + RIDGE * total;
    const inverse = <f32>1 / pivot;
    const right = v128.load(r + (<usize>i << 4));
    for (let j = 0; j < i; j++) {
      const f = load<f32>(entry(s, j, i)) * inverse;
      if (f == 0) continue;
      for (let k = j; k < i; k++) store<f32>(entry(s, j, k), load<f32>(entry(s, j, k)) - f * load<f32>(entry(s, k, i)));
      const to = r + (<usize>j << 4);
      v128.store(to, f32x4.sub(v128.load(to), f32x4.mul(right, f32x4.splat(f))));
    }
  }
  const rest = load<f32>(s);
  return rest > <f32>1e-4 * total ? scale(v128.load(r), <f32>1 / rest) : f32x4.splat(0);
}

/** Denoises a tile from the light of both halves. */
export function regressionTile(x0: i32, y0: i32, thread: i32): void {
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, height);
  const scratch = <usize>load<u32>(HEADER + H_DENOISE_SCRATCH) + <usize>thread * DENOISE_SCRATCH;
  let any = false;
  for (let y = y0; y < y1 && !any; y++) {
    for (let x = x0; x < x1 && !any; x++) any = load<f32>(bufferAt(H_DENOISE_ALBEDO, <usize>(y * width + x)), 12) != <f32>CLASS_EMPTY;
  }
  if (!any) return;
  fillPlanes(scratch, scratch + 4 * PLANE, H_DENOISE_IN, x0, y0, width, height);
  fillPlanes(scratch + 2 * PLANE, scratch + 4 * PLANE, H_DENOISE_SECOND, x0, y0, width, height);
  const systems = scratch + SYSTEMS;
  memory.fill(systems, 0, <usize>(TILE * TILE * 2) * SYSTEM);
  const wA = scratch + WEIGHTS, wB = wA + WEIGHT_PLANE;
  for (let dy = -RADIUS; dy <= RADIUS; dy++) {
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      fillWeights(scratch, scratch + DISTANCES, wA, dx, dy);
      fillWeights(scratch + 2 * PLANE, scratch + DISTANCES + DISTANCE_PLANE, wB, dx, dy);
      addNeighbours(systems, wA, wB, x0, y0, x1, y1, dx, dy, width, height);
    }
  }
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = <usize>(y * width + x);
      if (load<f32>(bufferAt(H_DENOISE_ALBEDO, pixel), 12) == <f32>CLASS_EMPTY) continue;
      const s = systems + <usize>(((y - y0) * TILE + x - x0) * 2) * SYSTEM;
      const light = scale(f32x4.add(solve(s), solve(s + SYSTEM)), 0.5);
      // Below 0 is what tinted glass takes from the background; the fit alone does not make light so.
      const traced = f32x4.pmin(v128.load(bufferAt(H_DENOISE_IN, pixel)), v128.load(bufferAt(H_DENOISE_SECOND, pixel)));
      const least = f32x4.pmin(f32x4.splat(0), traced);
      v128.store(bufferAt(H_DENOISE_OUT, pixel), withStatistics(f32x4.pmax(least, light), 0, W(light)));
    }
  }
}

function addNeighbours(systems: usize, wA: usize, wB: usize, x0: i32, y0: i32, x1: i32, y1: i32, dx: i32, dy: i32, width: i32, height: i32): void {
  const fromX = max(x0, -dx), toX = min(x1, width - dx), fromY = max(y0, -dy), toY = min(y1, height - dy);
  const sx = <f32>dx / <f32>RADIUS, sy = <f32>dy / <f32>RADIUS;
  for (let y = fromY; y < toY; y++) {
    for (let x = fromX; x < toX; x++) {
      const local = (y - y0) * TILE + x - x0;
      const a = load<f32>(wA + (<usize>local << 2)), b = load<f32>(wB + (<usize>local << 2));
      if (a < LEAST_WEIGHT && b < LEAST_WEIGHT) continue;
      const p = <usize>(y * width + x), q = <usize>((y + dy) * width + x + dx);
      const albedoP = v128.load(bufferAt(H_DENOISE_ALBEDO, p)), albedoQ = v128.load(bufferAt(H_DENOISE_ALBEDO, q));
      if (W(albedoP) == <f32>CLASS_EMPTY || W(albedoP) != W(albedoQ)) continue;
      const normalP = v128.load(bufferAt(H_DENOISE_NORMAL, p)), normalQ = v128.load(bufferAt(H_DENOISE_NORMAL, q));
      const facing = dot(normalP, normalQ);
      if (facing <= 0) continue;
      const lightQ = v128.load(bufferAt(H_DENOISE_IN, q)), secondQ = v128.load(bufferAt(H_DENOISE_SECOND, q));
      const clear = opacityOf(v128.load(bufferAt(H_DENOISE_IN, p))) + opacityOf(v128.load(bufferAt(H_DENOISE_SECOND, p))) - opacityOf(lightQ) - opacityOf(secondQ);
      // The ground's light is its alpha, which is compared already.
      const apart: f32 = W(albedoP) == <f32>CLASS_GROUND ? 1 : <f32>1 + OPACITY_FALLOFF * clear * clear;
      const gate = facing * facing * facing * facing / (apart * apart);
      const n = sub(normalQ, normalP);
      const z0 = v128.shuffle<f32>(f32x4.splat(1), n, 0, 4, 5, 6);
      const z1 = vec4(luminance(albedoQ) - luminance(albedoP), sx, sy, 0);
      const s = systems + <usize>(local * 2) * SYSTEM;
      // Each half is weighted by what the other looks like.
      if (b >= LEAST_WEIGHT) accumulate(s, z0, z1, withOpacity(lightQ), b * gate);
      if (a >= LEAST_WEIGHT) accumulate(s + SYSTEM, z0, z1, withOpacity(secondQ), a * gate);
    }
  }
}
