// The octahedral square that environments are kept in (Cigolle et al., "A survey of efficient representations for
// independent unit vectors", 2014), with +Y in its middle. Its area element is 4 · |d|₁³ steradians.

import { H_ENV_COS, H_ENV_SIN, HEADER } from './layout';
import { add, bilinear, scale, vec3, X, Y, Z } from './vec';

/** Coordinates of the last direction, in [0, 1], and its solid angle per area of the square. */
export let octU: f32 = 0;
export let octV: f32 = 0;
export let spread: f32 = 0;

/** X and Z in the environment's own space of a world direction. */
// @ts-ignore: decorator
@inline
export function turnedX(d: v128): f32 {
  return X(d) * load<f32>(HEADER + H_ENV_COS) - Z(d) * load<f32>(HEADER + H_ENV_SIN);
}
// @ts-ignore: decorator
@inline
export function turnedZ(d: v128): f32 {
  return X(d) * load<f32>(HEADER + H_ENV_SIN) + Z(d) * load<f32>(HEADER + H_ENV_COS);
}

/** Coordinates of a world direction. */
export function project(d: v128): void {
  projectUnturned(turnedX(d), Y(d), turnedZ(d));
}

/** Coordinates of a direction in the environment's own space. */
// @ts-ignore: decorator
@inline
export function projectUnturned(x: f32, y: f32, z: f32): void {
  const l1 = max<f32>(abs<f32>(x) + abs<f32>(y) + abs<f32>(z), 1e-20);
  const n = <f32>1 / l1;
  let a = x * n, b = z * n;
  if (y < 0) {
    const oa = a;
    a = (<f32>1 - abs<f32>(b)) * (oa >= 0 ? <f32>1 : <f32>-1);
    b = (<f32>1 - abs<f32>(oa)) * (b >= 0 ? <f32>1 : <f32>-1);
  }
  octU = a * <f32>0.5 + <f32>0.5;
  octV = b * <f32>0.5 + <f32>0.5;
  spread = <f32>4 * l1 * l1 * l1;
}

/** Unit direction of coordinates, in the environment's own space; sets `octU`, `octV` and `spread`. */
export function unprojectUnturned(u: f32, v: f32): v128 {
  octU = u;
  octV = v;
  let x = u * 2 - 1, z = v * 2 - 1;
  const y = <f32>1 - abs<f32>(x) - abs<f32>(z);
  if (y < 0) {
    const ox = x;
    x = (<f32>1 - abs<f32>(z)) * (ox >= 0 ? <f32>1 : <f32>-1);
    z = (<f32>1 - abs<f32>(ox)) * (z >= 0 ? <f32>1 : <f32>-1);
  }
  const n = <f32>1 / sqrt<f32>(x * x + y * y + z * z);
  spread = <f32>4 * n * n * n;
  return vec3(x * n, y * n, z * n);
}

/** World direction of coordinates. */
export function unproject(u: f32, v: f32): v128 {
  const d = unprojectUnturned(u, v);
  const c = load<f32>(HEADER + H_ENV_COS), s = load<f32>(HEADER + H_ENV_SIN);
  return vec3(X(d) * c + Z(d) * s, Y(d), Z(d) * c - X(d) * s);
}

/** Steradians per area of the square at the middle of a texel; `k` is 1 over the texels a side. */
export function texelSpread(column: i32, row: i32, k: f32): f32 {
  const a = abs<f32>((<f32>column + <f32>0.5) * k * 2 - 1), b = abs<f32>((<f32>row + <f32>0.5) * k * 2 - 1);
  const c = <f32>1 - a - b;
  // On the lower half the square is folded: |x| there is 1 − |b|.
  const x = c < 0 ? <f32>1 - b : a, z = c < 0 ? <f32>1 - a : b;
  const l = x * x + z * z + c * c;
  const n = <f32>1 / sqrt<f32>(l);
  return <f32>4 * n * n * n;
}

/** Bytes from one row of a map of `size` texels a side to the next: a border of one texel lies on every side. */
// @ts-ignore: decorator
@inline
export function strideOf(size: i32): usize {
  return <usize>(size + 2) << 4;
}

/** Bytes of a map with its border. */
// @ts-ignore: decorator
@inline
export function mapBytes(size: i32): usize {
  return <usize>((size + 2) * (size + 2)) << 4;
}

/** The map at `octU`, `octV`, between four texels. */
export function fetchMap(map: usize, size: i32): v128 {
  const x = octU * <f32>size + <f32>0.5, y = octV * <f32>size + <f32>0.5;
  const ix = <i32>x, iy = <i32>y;
  const stride = strideOf(size);
  const p = map + <usize>iy * stride + (<usize>ix << 4);
  return bilinear(p, stride, x - <f32>ix, y - <f32>iy);
}

/** Weights of the cubic B-spline at a place between two texels. */
// @ts-ignore: decorator
@inline
function splineWeights(t: f32): v128 {
  const s = <f32>1 - t, t2 = t * t, s2 = s * s;
  let w = f32x4.splat(s2 * s);
  w = f32x4.replace_lane(w, 1, 3 * t2 * t - 6 * t2 + 4);
  w = f32x4.replace_lane(w, 2, 3 * s2 * s - 6 * s2 + 4);
  w = f32x4.replace_lane(w, 3, t2 * t);
  return scale(w, <f32>(1.0 / 6.0));
}

/** A map at `octU`, `octV`, smooth over 4 × 4 texels: where texels are larger than pixels, nothing shows of them. */
export function fetchSmooth(map: usize, size: i32): v128 {
  const x = octU * <f32>size + <f32>0.5, y = octV * <f32>size + <f32>0.5;
  const ix = <i32>x, iy = <i32>y;
  const wx = splineWeights(x - <f32>ix), wy = splineWeights(y - <f32>iy);
  const stride = strideOf(size), last = size + 1;
  // The border has one texel; the second beyond an edge repeats it.
  const c0 = <usize>max(ix - 1, 0) << 4, c1 = <usize>ix << 4, c2 = <usize>min(ix + 1, last) << 4, c3 = <usize>min(ix + 2, last) << 4;
  let sum = f32x4.splat(0);
  for (let j = -1; j < 3; j++) {
    const row = map + <usize>min(max(iy + j, 0), last) * stride;
    let r = scale(v128.load(row + c0), f32x4.extract_lane(wx, 0));
    r = add(r, scale(v128.load(row + c1), f32x4.extract_lane(wx, 1)));
    r = add(r, scale(v128.load(row + c2), f32x4.extract_lane(wx, 2)));
    r = add(r, scale(v128.load(row + c3), f32x4.extract_lane(wx, 3)));
    const w = j == -1 ? f32x4.extract_lane(wy, 0) : j == 0 ? f32x4.extract_lane(wy, 1) : j == 1 ? f32x4.extract_lane(wy, 2) : f32x4.extract_lane(wy, 3);
    sum = add(sum, scale(r, w));
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function put(map: usize, stride: usize, x: i32, y: i32, value: v128): void {
  v128.store(map + <usize>y * stride + (<usize>x << 4), value);
}

/**
 * Writes a texel, and where it lies at an edge also the places in the border that repeat it: across an edge of the
 * square lies the mirrored position of the same edge.
 */
export function storeTexel(map: usize, size: i32, column: i32, row: i32, value: v128): void {
  const stride = strideOf(size);
  const x = column + 1, y = row + 1, end = size + 1;
  put(map, stride, x, y, value);
  const left = x == 1, right = x == size, top = y == 1, bottom = y == size;
  if (top) put(map, stride, end - x, 0, value);
  if (bottom) put(map, stride, end - x, end, value);
  if (left) put(map, stride, 0, end - y, value);
  if (right) put(map, stride, end, end - y, value);
  // At a corner of the border lies the corner diagonally across.
  if (left && top) put(map, stride, end, end, value);
  if (right && top) put(map, stride, 0, end, value);
  if (left && bottom) put(map, stride, end, 0, value);
  if (right && bottom) put(map, stride, 0, 0, value);
}
