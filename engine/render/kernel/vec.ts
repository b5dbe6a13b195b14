// Three-component vectors in four-lane registers; the fourth lane is free (zero, or an alpha).

// @ts-ignore: decorator
@inline
export function vec3(x: f32, y: f32, z: f32): v128 {
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, x), 1, y), 2, z);
}

// @ts-ignore: decorator
@inline
export function vec4(x: f32, y: f32, z: f32, w: f32): v128 {
  return f32x4.replace_lane(vec3(x, y, z), 3, w);
}

// @ts-ignore: decorator
@inline
export function X(a: v128): f32 {
  return f32x4.extract_lane(a, 0);
}
// @ts-ignore: decorator
@inline
export function Y(a: v128): f32 {
  return f32x4.extract_lane(a, 1);
}
// @ts-ignore: decorator
@inline
export function Z(a: v128): f32 {
  return f32x4.extract_lane(a, 2);
}
// @ts-ignore: decorator
@inline
export function W(a: v128): f32 {
  return f32x4.extract_lane(a, 3);
}

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}
// @ts-ignore: decorator
@inline
export function scale(a: v128, s: f32): v128 {
  return f32x4.mul(a, f32x4.splat(s));
}
/** a + b · s */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, s: f32): v128 {
  return f32x4.add(a, f32x4.mul(b, f32x4.splat(s)));
}
/** a + (b − a) · s */
// @ts-ignore: decorator
@inline
export function mix(a: v128, b: v128, s: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(s)));
}

// @ts-ignore: decorator
@inline
export function dot(a: v128, b: v128): f32 {
  const m = f32x4.mul(a, b);
  return f32x4.extract_lane(m, 0) + f32x4.extract_lane(m, 1) + f32x4.extract_lane(m, 2);
}

// @ts-ignore: decorator
@inline
export function cross(a: v128, b: v128): v128 {
  const c = f32x4.sub(
    f32x4.mul(a, v128.shuffle<f32>(b, b, 1, 2, 0, 3)),
    f32x4.mul(v128.shuffle<f32>(a, a, 1, 2, 0, 3), b),
  );
  return v128.shuffle<f32>(c, c, 1, 2, 0, 3);
}

/** Between four vectors in memory: at `p` and behind it, and the same `stride` bytes on. */
// @ts-ignore: decorator
@inline
export function bilinear(p: usize, stride: usize, x: f32, y: f32): v128 {
  return mix(mix(v128.load(p), v128.load(p, 16), x), mix(v128.load(p + stride), v128.load(p + stride, 16), x), y);
}

/** Largest of the three components. */
// @ts-ignore: decorator
@inline
export function largest(c: v128): f32 {
  return max<f32>(X(c), max<f32>(Y(c), Z(c)));
}

/** Smallest of the three components. */
// @ts-ignore: decorator
@inline
export function smallest(c: v128): f32 {
  return min<f32>(X(c), min<f32>(Y(c), Z(c)));
}

/** Three numbers in memory, one behind another. */
// @ts-ignore: decorator
@inline
export function load3(p: usize): v128 {
  return vec3(load<f32>(p), load<f32>(p, 4), load<f32>(p, 8));
}

/** Three numbers in memory in one lane of vectors of four: 16 bytes apart. */
// @ts-ignore: decorator
@inline
export function loadLane(p: usize): v128 {
  return vec3(load<f32>(p), load<f32>(p, 16), load<f32>(p, 32));
}

/** Half of the surface of a box. */
// @ts-ignore: decorator
@inline
export function halfArea(lo: v128, hi: v128): f32 {
  const d = f32x4.sub(hi, lo);
  return X(d) * Y(d) + Y(d) * Z(d) + Z(d) * X(d);
}

/** Unit vector along `a`, or `fallback` where `a` has no direction. */
// @ts-ignore: decorator
@inline
export function normalizeOr(a: v128, fallback: v128): v128 {
  const d = dot(a, a);
  // Also false for NaN.
  return d > 1e-30 ? scale(a, <f32>1 / sqrt<f32>(d)) : fallback;
}

// @ts-ignore: decorator
@inline
export function saturate(x: f32): f32 {
  return min<f32>(max<f32>(x, 0), 1);
}

// @ts-ignore: decorator
@inline
export function luminance(c: v128): f32 {
  return X(c) * <f32>0.2126 + Y(c) * <f32>0.7152 + Z(c) * <f32>0.0722;
}

/** Two snorm16 in 32 bits for a unit vector (octahedral encoding, Cigolle et al. 2014). */
export function packNormal(n: v128): u32 {
  let x = X(n), y = Y(n);
  const z = Z(n);
  const s: f32 = <f32>1 / (abs<f32>(x) + abs<f32>(y) + abs<f32>(z));
  x *= s;
  y *= s;
  if (z < 0) {
    const ox = x;
    x = (<f32>1 - abs<f32>(y)) * (ox >= 0 ? <f32>1 : <f32>-1);
    y = (<f32>1 - abs<f32>(ox)) * (y >= 0 ? <f32>1 : <f32>-1);
  }
  const ix = <i32>nearest<f32>(x * 32767), iy = <i32>nearest<f32>(y * 32767);
  return (<u32>ix & 0xffff) | (<u32>iy << 16);
}

export function unpackNormal(p: u32): v128 {
  let x: f32 = <f32>(<i32>(p << 16) >> 16) * <f32>(1.0 / 32767.0);
  let y: f32 = <f32>(<i32>p >> 16) * <f32>(1.0 / 32767.0);
  const z: f32 = <f32>1 - abs<f32>(x) - abs<f32>(y);
  if (z < 0) {
    const ox = x;
    x = (<f32>1 - abs<f32>(y)) * (ox >= 0 ? <f32>1 : <f32>-1);
    y = (<f32>1 - abs<f32>(ox)) * (y >= 0 ? <f32>1 : <f32>-1);
  }
  const v = vec3(x, y, z);
  return scale(v, <f32>1 / sqrt<f32>(dot(v, v)));
}

/** Adds to four numbers in memory. */
// @ts-ignore: decorator
@inline
export function addTo(address: usize, value: v128): void {
  v128.store(address, f32x4.add(v128.load(address), value));
}
