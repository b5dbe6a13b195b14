// Gaussian splats: projected, sorted by distance, listed by tile, and laid over the picture from front to back.
//
// After Kerbl et al., "3D Gaussian splatting for real-time radiance field rendering" (2023), with the projection of
// Zwicker et al., "EWA splatting" (2002), and opacities that fall as the pixel's filter widens a splat (Yu et al.,
// "Mip-splatting", 2024): small pictures of fine splats are neither too bright nor full of blobs.

import { cameraAxisRight, cameraAxisUp, isOrthographic, pixelDown, pixelRight, pinholeRay, project, imageX, imageY, rayDirection, rayLength, rayOrigin } from './camera';
import {
  H_CAMERA_FORWARD, H_CAMERA_ORIGIN, H_COLOR_SPACE, H_HEIGHT, H_PASS_SURFACE, H_SPLAT_COUNT, H_SPLAT_ENTRIES,
  H_SPLAT_ENTRY_COUNT, H_SPLAT_GROUP_COUNT, H_SPLAT_GROUPS, H_SPLAT_HIDDEN, H_SPLAT_PAIRS, H_SPLAT_TILES, H_SPLAT_VIEW,
  H_SPLAT_VISIBLE, H_SPLATS, H_WIDTH, HEADER, SPACE_DISPLAY_P3, SPLAT_BYTES, SPLAT_GROUP_BYTES, SPLAT_VIEW_BYTES,
  TASK_SPLAT_BIN, TASK_SPLAT_DRAW, TASK_SPLAT_PROJECT, TASK_SPLAT_SORT, TILE,
} from './layout';
import { PAIR_BYTES, sortPairs } from './radix-sort';
import { stackOf } from './scratch';
import { BEHIND, decoded, FRONT, PLANE, SPLAT_DEPTHS, writeSplatTile } from './splat-output';
import { tileColumns, tileRows } from './tiles';
import { toPictureSpace } from './tonemap';
import { closest, hitT } from './traverse';
import { dot, load3, normalizeOr, scale, sub, vec3, X, Y, Z } from './vec';
import { next } from './work';

/** Splats that one item of work projects. */
const CHUNK: i32 = 4096;
/** Variance that a pixel's filter adds, in pixels². */
const FILTER: f32 = 0.3;
/** Opacity below which nothing is drawn. */
const LEAST: f32 = 1.0 / 255.0;
/** Share of light from behind below which a pixel is done. */
const DONE: f32 = 0.0001;
/** In place of the distance of a splat that is not seen. */
const UNSEEN: u32 = 0xffffffff;
/** A splat nearer to the camera than this is not drawn, in render space. */
const NEAR: f32 = 0.01;

// Group of splats (GROUP): first and count, degree of harmonics, whether colours are linear, harmonics, and the turn of
// directions into the space of the harmonics (3 × 3, row by row).
const GROUP_COUNT: usize = 4;
const GROUP_DEGREE: usize = 8;
const GROUP_LINEAR: usize = 12;
const GROUP_HARMONICS: usize = 16;
const GROUP_TURN: usize = 20;

// Projected splat: mean, inverse covariance, opacity, colour, depth, first and last tile.
const V_MEAN: usize = 0;
const V_CONIC: usize = 8;
const V_OPACITY: usize = 20;
const V_RGB: usize = 24;
const V_DEPTH: usize = 36;
const V_RECT: usize = 40;

/** Whether the task is one of the splats'. */
export function isSplatTask(task: i32): bool {
  return task >= TASK_SPLAT_PROJECT && task <= TASK_SPLAT_DRAW;
}

export function runSplats(task: i32, thread: i32): void {
  if (task == TASK_SPLAT_SORT || task == TASK_SPLAT_BIN) {
    if (next() != 0) return;
    if (task == TASK_SPLAT_SORT) sort();
    else bin();
    return;
  }
  const count = load<i32>(HEADER + H_SPLAT_COUNT);
  const columns = tileColumns(), rows = tileRows();
  const end = task == TASK_SPLAT_PROJECT ? (count + CHUNK - 1) / CHUNK : columns * rows;
  for (let i = next(); i < end; i = next()) {
    if (task == TASK_SPLAT_PROJECT) projectChunk(i * CHUNK, min((i + 1) * CHUNK, count));
    else drawTile(i, (i % columns) * TILE, (i / columns) * TILE, stackOf(thread));
  }
}

/** Distance and index of a splat; where all are sorted, of the one of that rank. */
// @ts-ignore: decorator
@inline
function pairAt(index: i32): usize {
  return <usize>load<u32>(HEADER + H_SPLAT_PAIRS) + <usize>index * PAIR_BYTES;
}

// @ts-ignore: decorator
@inline
function viewAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_SPLAT_VIEW) + <usize>index * SPLAT_VIEW_BYTES;
}

// The camera, as one chunk of splats sees it: axes of the picture, pixels a unit at depth 1 (or of render space), and how
// far beside the picture's middle the projection is taken to be linear.
let right: v128 = f32x4.splat(0);
let up: v128 = f32x4.splat(0);
let forward: v128 = f32x4.splat(0);
let sx: f32 = 0;
let sy: f32 = 0;
let limitX: f32 = 0;
let limitY: f32 = 0;

function loadCamera(): void {
  right = cameraAxisRight();
  up = cameraAxisUp();
  forward = v128.load(HEADER + H_CAMERA_FORWARD);
  sx = <f32>1 / sqrt<f32>(dot(pixelRight(), pixelRight()));
  sy = <f32>1 / sqrt<f32>(dot(pixelDown(), pixelDown()));
  limitX = <f32>1.3 * <f32>load<i32>(HEADER + H_WIDTH) / (2 * sx);
  limitY = <f32>1.3 * <f32>load<i32>(HEADER + H_HEIGHT) / (2 * sy);
}

function projectChunk(first: i32, end: i32): void {
  loadCamera();
  const groups = load<i32>(HEADER + H_SPLAT_GROUP_COUNT);
  let group = <usize>load<u32>(HEADER + H_SPLAT_GROUPS);
  let left = groups;
  for (let i = first; i < end; i++) {
    while (left > 1 && i >= load<i32>(group) + load<i32>(group, GROUP_COUNT)) {
      group += SPLAT_GROUP_BYTES;
      left--;
    }
    store<u32>(pairAt(i), projectSplat(i, group));
    store<i32>(pairAt(i), i, 4);
  }
}

/** Projects a splat; returns the bits of its distance, which sort as it does, or `UNSEEN`. */
function projectSplat(index: i32, group: usize): u32 {
  const s = <usize>load<u32>(HEADER + H_SPLATS) + <usize>index * SPLAT_BYTES, v = viewAt(index);
  const p = load3(s);
  const depth = project(p);
  if (!(depth > NEAR)) return UNSEEN;
  const mx = imageX, my = imageY;
  // Rows of the projection's derivative, in pixels a unit of render space.
  let rowX: v128, rowY: v128;
  const d = sub(p, v128.load(HEADER + H_CAMERA_ORIGIN));
  if (isOrthographic()) {
    rowX = scale(right, sx);
    rowY = scale(up, -sy);
  } else {
    // Far beside the picture the linear projection would blow splats up.
    const k = <f32>1 / depth;
    const tx = min<f32>(max<f32>(dot(d, right) * k, -limitX), limitX), ty = min<f32>(max<f32>(dot(d, up) * k, -limitY), limitY);
    rowX = scale(sub(right, scale(forward, tx)), sx * k);
    rowY = scale(sub(up, scale(forward, ty)), -sy * k);
  }
  const c0 = load<f32>(s, 12), c1 = load<f32>(s, 16), c2 = load<f32>(s, 20), c3 = load<f32>(s, 24), c4 = load<f32>(s, 28), c5 = load<f32>(s, 32);
  const k0 = vec3(c0, c1, c2), k1 = vec3(c1, c3, c4), k2 = vec3(c2, c4, c5);
  const wx = vec3(dot(k0, rowX), dot(k1, rowX), dot(k2, rowX)), wy = vec3(dot(k0, rowY), dot(k1, rowY), dot(k2, rowY));
  const a0 = dot(wx, rowX), b = dot(wx, rowY), e0 = dot(wy, rowY);
  const a = a0 + FILTER, e = e0 + FILTER;
  const det = a * e - b * b, before = max<f32>(a0 * e0 - b * b, 0);
  if (!(det > 0)) return UNSEEN;
  const opacity = load<f32>(s, 36) * sqrt<f32>(max<f32>(before / det, 0.000025));
  if (!(opacity > LEAST)) return UNSEEN;
  const reach = <f32>2 * Mathf.log(opacity * 255);
  const rx = sqrt<f32>(a * reach), ry = sqrt<f32>(e * reach);
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  if (!(mx + rx > 0) || !(my + ry > 0) || !(mx - rx < <f32>width) || !(my - ry < <f32>height)) return UNSEEN;
  const x0 = <i32>max<f32>(mx - rx, 0) / TILE, y0 = <i32>max<f32>(my - ry, 0) / TILE;
  const x1 = <i32>min<f32>(mx + rx, <f32>(width - 1)) / TILE, y1 = <i32>min<f32>(my + ry, <f32>(height - 1)) / TILE;
  const inv = <f32>1 / det;
  store<f32>(v, mx, V_MEAN);
  store<f32>(v, my, V_MEAN + 4);
  store<f32>(v, e * inv, V_CONIC);
  store<f32>(v, -b * inv, V_CONIC + 4);
  store<f32>(v, a * inv, V_CONIC + 8);
  store<f32>(v, min<f32>(opacity, 1), V_OPACITY);
  store<f32>(v, depth, V_DEPTH);
  store<u16>(v, x0, V_RECT);
  store<u16>(v, y0, V_RECT + 2);
  store<u16>(v, x1, V_RECT + 4);
  store<u16>(v, y1, V_RECT + 6);
  const view = isOrthographic() ? forward : normalizeOr(d, forward);
  const turn = group + GROUP_TURN;
  const color = harmonics(
    group, index - load<i32>(group),
    dot(load3(turn), view), dot(load3(turn + 12), view), dot(load3(turn + 24), view),
  );
  const out = shown(color, load<i32>(group, GROUP_LINEAR) != 0);
  store<f32>(v, X(out), V_RGB);
  store<f32>(v, Y(out), V_RGB + 4);
  store<f32>(v, Z(out), V_RGB + 8);
  const distance = isOrthographic() ? depth : sqrt<f32>(dot(d, d));
  return reinterpret<u32>(distance);
}

// @ts-ignore: decorator
@inline
function encoded(c: f32): f32 {
  return c <= <f32>0.0031308 ? max<f32>(c, 0) * <f32>12.92 : <f32>1.055 * Mathf.pow(c, <f32>(1.0 / 2.4)) - <f32>0.055;
}

/** A colour as the picture's display shows it: splats are blended as displays blend. */
function shown(c: v128, linear: bool): v128 {
  const positive = f32x4.pmax(c, f32x4.splat(0));
  const narrow = load<i32>(HEADER + H_COLOR_SPACE) != SPACE_DISPLAY_P3;
  if (narrow && !linear) return positive;
  const light = toPictureSpace(linear ? positive : vec3(decoded(X(positive)), decoded(Y(positive)), decoded(Z(positive))));
  return vec3(encoded(X(light)), encoded(Y(light)), encoded(Z(light)));
}

let coefficient: usize = 0;
/** The next coefficient, three channels, times `w`. */
// @ts-ignore: decorator
@inline
function term(sum: v128, w: f32): v128 {
  const c = load3(coefficient);
  coefficient += 12;
  return f32x4.add(sum, scale(c, w));
}

/** Colour of a splat seen along a unit direction: real spherical harmonics in the order and signs of 3D Gaussian splatting. */
function harmonics(group: usize, index: i32, x: f32, y: f32, z: f32): v128 {
  const degree = load<i32>(group, GROUP_DEGREE);
  coefficient = <usize>load<u32>(group, GROUP_HARMONICS) + <usize>(index * (degree + 1) * (degree + 1)) * 12;
  let sum = term(f32x4.splat(0.5), 0.28209479177387814);
  if (degree < 1) return sum;
  sum = term(sum, <f32>-0.4886025119029199 * y);
  sum = term(sum, <f32>0.4886025119029199 * z);
  sum = term(sum, <f32>-0.4886025119029199 * x);
  if (degree < 2) return sum;
  const xx = x * x, yy = y * y, zz = z * z;
  sum = term(sum, <f32>1.0925484305920792 * x * y);
  sum = term(sum, <f32>-1.0925484305920792 * y * z);
  sum = term(sum, <f32>0.31539156525252005 * (2 * zz - xx - yy));
  sum = term(sum, <f32>-1.0925484305920792 * x * z);
  sum = term(sum, <f32>0.5462742152960396 * (xx - yy));
  if (degree < 3) return sum;
  sum = term(sum, <f32>-0.5900435899266435 * y * (3 * xx - yy));
  sum = term(sum, <f32>2.890611442640554 * x * y * z);
  sum = term(sum, <f32>-0.4570457994644658 * y * (4 * zz - xx - yy));
  sum = term(sum, <f32>0.3731763325901154 * z * (2 * zz - 3 * xx - 3 * yy));
  sum = term(sum, <f32>-0.4570457994644658 * x * (4 * zz - xx - yy));
  sum = term(sum, <f32>1.445305721320277 * z * (xx - yy));
  return term(sum, <f32>-0.5900435899266435 * x * (xx - 3 * yy));
}

/** Sorts what is seen by distance, equal distances by index, and counts what every tile will list. */
function sort(): void {
  const count = load<i32>(HEADER + H_SPLAT_COUNT);
  let visible = 0;
  for (let i = 0; i < count; i++) {
    if (load<u32>(pairAt(i)) != UNSEEN) store<u64>(pairAt(visible++), load<u64>(pairAt(i)));
  }
  sortPairs(pairAt(0), pairAt(count), stackOf(0), visible);
  store<i32>(HEADER + H_SPLAT_VISIBLE, visible);
  const columns = tileColumns(), rows = tileRows();
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES);
  memory.fill(tiles, 0, <usize>(columns * rows + 1) << 2);
  let entries: u64 = 0;
  for (let i = 0; i < visible; i++) {
    const v = viewAt(load<u32>(pairAt(i), 4));
    const x1 = <i32>load<u16>(v, V_RECT + 4), y1 = <i32>load<u16>(v, V_RECT + 6);
    for (let y = <i32>load<u16>(v, V_RECT + 2); y <= y1; y++) {
      for (let x = <i32>load<u16>(v, V_RECT); x <= x1; x++) {
        const slot = tiles + (<usize>(y * columns + x) << 2);
        store<u32>(slot, load<u32>(slot) + 1);
        entries++;
      }
    }
  }
  store<u32>(HEADER + H_SPLAT_ENTRY_COUNT, entries < 0xffffffff ? <u32>entries : 0xffffffff);
  // Starts of the tiles' lists.
  let sum: u32 = 0;
  for (let i = 0; i <= columns * rows; i++) {
    const slot = tiles + (<usize>i << 2);
    const n = load<u32>(slot);
    store<u32>(slot, sum);
    sum += n;
  }
}

/** Fills the lists of the tiles in order of distance. Starts move to ends on the way: a tile begins where the one before ends. */
function bin(): void {
  const visible = load<i32>(HEADER + H_SPLAT_VISIBLE);
  const columns = tileColumns();
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES), entries = <usize>load<u32>(HEADER + H_SPLAT_ENTRIES);
  for (let i = 0; i < visible; i++) {
    const index = load<u32>(pairAt(i), 4);
    const v = viewAt(index);
    const x1 = <i32>load<u16>(v, V_RECT + 4), y1 = <i32>load<u16>(v, V_RECT + 6);
    for (let y = <i32>load<u16>(v, V_RECT + 2); y <= y1; y++) {
      for (let x = <i32>load<u16>(v, V_RECT); x <= x1; x++) {
        const slot = tiles + (<usize>(y * columns + x) << 2);
        const to = load<u32>(slot);
        store<u32>(entries + (<usize>to << 2), index);
        store<u32>(slot, to + 1);
      }
    }
  }
}

/** Depth of the surface in each pixel of a tile, behind the traversal stack. */
const DEPTHS: usize = 4608;

/** e to the power of four numbers in [−87, 0], to about 2·10⁻⁶. */
// @ts-ignore: decorator
@inline
function exp4(p: v128): v128 {
  const y = f32x4.mul(p, f32x4.splat(1.4426950408889634));
  const whole = f32x4.floor(y);
  const f = f32x4.sub(y, whole);
  let r = f32x4.splat(0.0013333558);
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.0096181291));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.0555041087));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.2402265070));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(0.6931471806));
  r = f32x4.add(f32x4.mul(r, f), f32x4.splat(1));
  const bits = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(r, bits);
}

/** Lays a splat over the four pixels from (x, y) on; `lanes` says which count. */
// @ts-ignore: decorator
@inline
function blend(at: usize, alpha: v128, lanes: v128, v: usize): void {
  const through = v128.load(at);
  const a = v128.and(alpha, lanes);
  const w = f32x4.mul(through, a);
  v128.store(at, f32x4.sub(through, w));
  v128.store(at, f32x4.add(v128.load(at, PLANE), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB)))), PLANE);
  v128.store(at, f32x4.add(v128.load(at, PLANE * 2), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB + 4)))), PLANE * 2);
  v128.store(at, f32x4.add(v128.load(at, PLANE * 3), f32x4.mul(w, f32x4.splat(load<f32>(v, V_RGB + 8)))), PLANE * 3);
}

/** Notes the depth of the splat at which half of the light is stopped; `before`: what passed the splats nearer than it. */
// @ts-ignore: decorator
@inline
function noteDepth(scratch: usize, o: usize, before: v128, depth: v128): void {
  const half = f32x4.splat(0.5);
  const crossed = v128.and(f32x4.gt(before, half), f32x4.le(v128.load(scratch + FRONT + o), half));
  v128.store(scratch + SPLAT_DEPTHS + o, v128.bitselect(depth, v128.load(scratch + SPLAT_DEPTHS + o), crossed));
}

/** Whether all pixels of the tile are hidden by what is laid over them already. */
function isDone(scratch: usize): bool {
  for (let i: usize = 0; i < 1024; i += 16) {
    if (v128.any_true(f32x4.gt(v128.load(scratch + FRONT + i), f32x4.splat(DONE)))) return false;
  }
  return true;
}

function drawTile(tile: i32, x0: i32, y0: i32, scratch: usize): void {
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES) + (<usize>tile << 2);
  const first = tile == 0 ? 0 : load<i32>(tiles - 4), end = load<i32>(tiles);
  if (first == end) return;
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const hidden = load<i32>(HEADER + H_SPLAT_HIDDEN) != 0;
  for (let i: usize = 0; i < 256; i++) {
    let depth: f32 = Infinity;
    const x = x0 + (<i32>i & 15), y = y0 + (<i32>i >> 4);
    if (hidden && x < width && y < height) {
      pinholeRay(<f32>x + 0.5, <f32>y + 0.5);
      const o = rayOrigin, d = rayDirection;
      if (closest(scratch, X(o), Y(o), Z(o), X(d), Y(d), Z(d), 0, 1e30)) depth = hitT / rayLength;
    }
    store<f32>(scratch + DEPTHS + (i << 2), depth);
  }
  memory.fill(scratch + FRONT, 0, PLANE * 8);
  for (let i: usize = 0; i < 1024; i += 16) {
    v128.store(scratch + FRONT + i, f32x4.splat(1));
    v128.store(scratch + BEHIND + i, f32x4.splat(1));
    // In the place of the traversal stack, which has done its work here.
    v128.store(scratch + SPLAT_DEPTHS + i, f32x4.splat(Infinity));
  }
  const measures = load<u32>(HEADER + H_PASS_SURFACE) != 0;
  const entries = <usize>load<u32>(HEADER + H_SPLAT_ENTRIES);
  const steps = f32x4(0.5, 1.5, 2.5, 3.5);
  for (let e = first; e < end; e++) {
    if (((e - first) & 63) == 63 && isDone(scratch)) break;
    const v = viewAt(load<u32>(entries + (<usize>e << 2)));
    const mx = load<f32>(v, V_MEAN), my = load<f32>(v, V_MEAN + 4), opacity = load<f32>(v, V_OPACITY);
    const ca = load<f32>(v, V_CONIC), cb = load<f32>(v, V_CONIC + 4), cc = load<f32>(v, V_CONIC + 8);
    // Extent: where the inverse covariance makes the exponent the least that shows.
    const reach = <f32>2 * Mathf.log(opacity * 255), inv = <f32>1 / (ca * cc - cb * cb);
    const rx = sqrt<f32>(cc * inv * reach), ry = sqrt<f32>(ca * inv * reach);
    const fromY = max(<i32>floor<f32>(my - ry) - y0, 0), toY = min(<i32>floor<f32>(my + ry) - y0, TILE - 1);
    const fromX = max(<i32>floor<f32>(mx - rx) - x0, 0) & ~3, toX = min(<i32>floor<f32>(mx + rx) - x0, TILE - 1);
    const depth = f32x4.splat(load<f32>(v, V_DEPTH));
    for (let y = fromY; y <= toY; y++) {
      const dy = <f32>(y0 + y) + <f32>0.5 - my;
      for (let x = fromX; x <= toX; x += 4) {
        const dx = f32x4.add(f32x4.splat(<f32>(x0 + x) - mx), steps);
        const power = f32x4.mul(
          f32x4.splat(-0.5),
          f32x4.add(
            f32x4.mul(dx, f32x4.add(f32x4.mul(dx, f32x4.splat(ca)), f32x4.splat(2 * cb * dy))),
            f32x4.splat(cc * dy * dy),
          ),
        );
        const alpha = f32x4.pmin(f32x4.splat(0.99), f32x4.mul(f32x4.splat(opacity), exp4(f32x4.pmax(f32x4.pmin(power, f32x4.splat(0)), f32x4.splat(-80)))));
        const seen = f32x4.ge(alpha, f32x4.splat(LEAST));
        if (!v128.any_true(seen)) continue;
        const o = <usize>(y * TILE + x) << 2;
        const before = f32x4.lt(depth, v128.load(scratch + DEPTHS + o));
        const passed = v128.load(scratch + FRONT + o);
        blend(scratch + FRONT + o, alpha, v128.and(seen, before), v);
        if (measures) noteDepth(scratch, o, passed, depth);
        if (hidden) blend(scratch + BEHIND + o, alpha, v128.andnot(seen, before), v);
      }
    }
  }
  writeSplatTile(x0, y0, min(x0 + TILE, width), min(y0 + TILE, height), scratch);
}
