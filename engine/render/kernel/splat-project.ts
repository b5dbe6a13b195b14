// Splats projected into the picture (Zwicker et al., "EWA splatting", 2002), with opacities that fall as the pixel's filter
// widens a splat (Yu et al., "Mip-splatting", 2024): small pictures of fine splats are neither too bright nor full of blobs.

import { cameraAxisRight, cameraAxisUp, imageX, imageY, isOrthographic, pixelDown, pixelRight, project } from './camera';
import {
  H_CAMERA_FORWARD, H_CAMERA_ORIGIN, H_COLOR_SPACE, H_HEIGHT, H_SPLAT_GROUP_COUNT, H_SPLAT_GROUPS, H_SPLATS, H_WIDTH,
  HEADER, SPACE_DISPLAY_P3, SPLAT_BYTES, SPLAT_GROUP_BYTES, TILE,
} from './layout';
import { decoded } from './splat-output';
import { LEAST, pairAt, UNSEEN, V_CONIC, V_DEPTH, V_MEAN, V_OPACITY, V_RECT, V_RGB, viewAt } from './splat-view';
import { toPictureSpace } from './tonemap';
import { dot, load3, normalizeOr, scale, sub, vec3, X, Y, Z } from './vec';

/** Variance that a pixel's filter adds, in pixels². */
const FILTER: f32 = 0.3;
/** A splat nearer to the camera than this is not drawn, in render space. */
const NEAR: f32 = 0.01;

// Group of splats (GROUP): first and count, degree of harmonics, whether colours are linear, harmonics, and the turn of
// directions into the space of the harmonics (3 × 3, row by row).
const GROUP_COUNT: usize = 4;
const GROUP_DEGREE: usize = 8;
const GROUP_LINEAR: usize = 12;
const GROUP_HARMONICS: usize = 16;
const GROUP_TURN: usize = 20;

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

/** Projects the splats [first, end). */
export function projectChunk(first: i32, end: i32): void {
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
