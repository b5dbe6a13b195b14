// Texture lookups, filtered over the footprint of the pixel.

import {
  H_LUT_SRGB, H_TEXTURES, HEADER, M_SLOTS, SF_NEAREST, SF_UV1, SF_WRAP_U, SF_WRAP_V, SLOT_BYTES, SLOT_FLAGS,
  SLOT_TEXTURE, SLOT_TRANSFORM, TEXTURE_BYTES, TEXTURE_HEIGHT, TEXTURE_LEVELS, TEXTURE_PIXELS, TEXTURE_SRGB,
  TEXTURE_WIDTH,
} from './layout';
import { add, mix, scale, vec4 } from './vec';

// Coordinates of the hit and how they change per sample step to the right (x) and down (y), both sets.
export let u0: f32 = 0, v0: f32 = 0, u1: f32 = 0, v1: f32 = 0;
let u0x: f32 = 0, v0x: f32 = 0, u0y: f32 = 0, v0y: f32 = 0;
let u1x: f32 = 0, v1x: f32 = 0, u1y: f32 = 0, v1y: f32 = 0;

export function setCoordinates(a: f32, b: f32, c: f32, d: f32): void {
  u0 = a;
  v0 = b;
  u1 = c;
  v1 = d;
}

/** First set of texture coordinates of the loaded surface. */
// @ts-ignore: decorator
@inline
export function coordinateU(): f32 {
  return u0;
}
// @ts-ignore: decorator
@inline
export function coordinateV(): f32 {
  return v0;
}

/** Sets the derivatives of set 0 (`set` 0) or set 1: du/dx, dv/dx, du/dy, dv/dy. */
export function setDerivatives(set: i32, ux: f32, vx: f32, uy: f32, vy: f32): void {
  if (set == 0) {
    u0x = ux;
    v0x = vx;
    u0y = uy;
    v0y = vy;
  } else {
    u1x = ux;
    v1x = vx;
    u1y = uy;
    v1y = vy;
  }
}

// @ts-ignore: decorator
@inline
function wrap(i: i32, n: i32, mode: u32): i32 {
  if (<u32>i < <u32>n) return i;
  if (mode == 1) return i < 0 ? 0 : n - 1;
  if (mode == 0) {
    const r = i % n;
    return r < 0 ? r + n : r;
  }
  const period = n << 1;
  let r = i % period;
  if (r < 0) r += period;
  return r < n ? r : period - 1 - r;
}

/** Bytes are multiplied by bytes, so that squares and plain values have one scale. */
const SCALE: f32 = 1.0 / 65025.0;

/**
 * Factors that turn the bytes of a texel into values of the scale 1 / 255²: colours of sRGB textures become squares of
 * the encoded values. Light is filtered in that space, which is nearly linear, and `decode` turns the filtered value
 * into exact linear light, once instead of for each texel. Alpha is linear in any texture.
 */
// @ts-ignore: decorator
@inline
function factors(bytes: v128, srgb: bool): v128 {
  return srgb ? v128.or(bytes, i64x2.splat(0x00ff000000000000)) : i16x8.splat(255);
}

/** A texel, not yet multiplied by `SCALE`. */
// @ts-ignore: decorator
@inline
function texel(address: usize, srgb: bool): v128 {
  const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(address));
  return f32x4.convert_i32x4_s(i32x4.extmul_low_i16x8_u(bytes, factors(bytes, srgb)));
}

/** Between the texel at `address` and the one `next` bytes on, not yet multiplied by `SCALE`. */
// @ts-ignore: decorator
@inline
function pair(address: usize, next: i32, srgb: bool, a: f32): v128 {
  if (next != 4) return mix(texel(address, srgb), texel(address + next, srgb), a);
  const bytes = i16x8.extend_low_i8x16_u(v128.load64_zero(address));
  const f = factors(bytes, srgb);
  return mix(
    f32x4.convert_i32x4_s(i32x4.extmul_low_i16x8_u(bytes, f)),
    f32x4.convert_i32x4_s(i32x4.extmul_high_i16x8_u(bytes, f)),
    a,
  );
}

// @ts-ignore: decorator
@inline
function decodeChannel(lut: usize, x: f32): f32 {
  const i = <i32>x;
  const a = load<f32>(lut + (<usize>i << 2));
  return a + (load<f32>(lut + (<usize>min(i + 1, 255) << 2)) - a) * (x - <f32>i);
}

/** Linear light for squares of sRGB values. */
function decode(c: v128): v128 {
  const e = f32x4.mul(f32x4.sqrt(f32x4.pmin(f32x4.pmax(c, f32x4.splat(0)), f32x4.splat(1))), f32x4.splat(255));
  const lut = <usize>load<u32>(HEADER + H_LUT_SRGB);
  return vec4(
    decodeChannel(lut, f32x4.extract_lane(e, 0)),
    decodeChannel(lut, f32x4.extract_lane(e, 1)),
    decodeChannel(lut, f32x4.extract_lane(e, 2)),
    f32x4.extract_lane(c, 3),
  );
}

/** One level, between four texels. `s` and `t` in [0, 1) repeat. */
function bilinear(pixels: usize, w: i32, h: i32, s: f32, t: f32, srgb: bool, wu: u32, wv: u32): v128 {
  const x = s * <f32>w - <f32>0.5, y = t * <f32>h - <f32>0.5;
  const fx = floor<f32>(x), fy = floor<f32>(y);
  const ix = <i32>fx, iy = <i32>fy;
  const x0 = wrap(ix, w, wu), next = (wrap(ix + 1, w, wu) - x0) << 2;
  const p = pixels + (<usize>x0 << 2);
  const r0 = p + <usize>(wrap(iy, h, wv) * w << 2), r1 = p + <usize>(wrap(iy + 1, h, wv) * w << 2);
  const a = x - fx;
  return scale(mix(pair(r0, next, srgb, a), pair(r1, next, srgb, a), y - fy), SCALE);
}

/** Between two levels. `level` 0 is the full image. */
function trilinear(texture: usize, s: f32, t: f32, level: f32, flags: u32): v128 {
  let pixels = <usize>load<u32>(texture, TEXTURE_PIXELS);
  let w = load<i32>(texture, TEXTURE_WIDTH), h = load<i32>(texture, TEXTURE_HEIGHT);
  const srgb = load<i32>(texture, TEXTURE_SRGB) != 0;
  const wu = (flags >> SF_WRAP_U) & 3, wv = (flags >> SF_WRAP_V) & 3;
  if (!(level > 0)) {
    if (flags & SF_NEAREST) {
      const x = wrap(<i32>floor<f32>(s * <f32>w), w, wu), y = wrap(<i32>floor<f32>(t * <f32>h), h, wv);
      return scale(texel(pixels + (<usize>(y * w + x) << 2), srgb), SCALE);
    }
    return bilinear(pixels, w, h, s, t, srgb, wu, wv);
  }
  const top = load<i32>(texture, TEXTURE_LEVELS) - 1;
  const l = min(<i32>level, top);
  for (let i = 0; i < l; i++) {
    pixels += <usize>(w * h) << 2;
    w = max(w >> 1, 1);
    h = max(h >> 1, 1);
  }
  const a = bilinear(pixels, w, h, s, t, srgb, wu, wv);
  const f = level - <f32>l;
  if (l == top || f < <f32>0.02) return a;
  return mix(a, bilinear(pixels + (<usize>(w * h) << 2), max(w >> 1, 1), max(h >> 1, 1), s, t, srgb, wu, wv), f);
}

/** Base-2 logarithm, within 0.01: enough to choose a level. Read off the bits of the number. */
// @ts-ignore: decorator
@inline
export function log2Fast(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  const m = reinterpret<f32>((bits & 0x7fffff) | 0x3f800000);
  return <f32>((bits >> 23) - 127) + (<f32>-0.344845 * m + <f32>2.024658) * m - <f32>1.674873;
}

// @ts-ignore: decorator
@inline
function finiteCoordinate(x: f32): f32 {
  // Keeps repeats within what i32 arithmetic and f32 precision can take; also turns NaN into 0.
  return abs<f32>(x) < <f32>65536 ? x : 0;
}

/** Whether the material at `material` has a texture in `slot`. */
// @ts-ignore: decorator
@inline
export function hasTexture(material: usize, slot: i32): bool {
  return load<i32>(material + M_SLOTS + <usize>(slot * SLOT_BYTES), SLOT_TEXTURE) >= 0;
}

/** Most taps along the longer axis of a footprint. */
const MAX_TAPS: i32 = 8;
/** Length of the row of taps over that of the axis. */
const SPREAD: f32 = 1.25;

/**
 * The texture in `slot`, filtered over the footprint set by `setDerivatives`: up to eight trilinear taps along its
 * longer axis (McCormack et al., "Feline", 1999, in small), so that slanted surfaces stay sharp without noise.
 */
export function sample(material: usize, slot: i32): v128 {
  const s = material + M_SLOTS + <usize>(slot * SLOT_BYTES);
  const texture = <usize>load<u32>(HEADER + H_TEXTURES) + <usize>load<i32>(s, SLOT_TEXTURE) * TEXTURE_BYTES;
  const flags = load<u32>(s, SLOT_FLAGS);
  const second = (flags & SF_UV1) != 0;
  const a = load<f32>(s, SLOT_TRANSFORM), b = load<f32>(s, SLOT_TRANSFORM + 4), c = load<f32>(s, SLOT_TRANSFORM + 8);
  const d = load<f32>(s, SLOT_TRANSFORM + 12), e = load<f32>(s, SLOT_TRANSFORM + 16), f = load<f32>(s, SLOT_TRANSFORM + 20);
  const iu = second ? u1 : u0, iv = second ? v1 : v0;
  const u = finiteCoordinate(a * iu + b * iv + c), v = finiteCoordinate(d * iu + e * iv + f);
  const ux = second ? u1x : u0x, vx = second ? v1x : v0x, uy = second ? u1y : u0y, vy = second ? v1y : v0y;
  const w = <f32>load<i32>(texture, TEXTURE_WIDTH), h = <f32>load<i32>(texture, TEXTURE_HEIGHT);
  let sx = (a * ux + b * vx) * w, tx = (d * ux + e * vx) * h;
  let sy = (a * uy + b * vy) * w, ty = (d * uy + e * vy) * h;
  let long2 = sx * sx + tx * tx, short2 = sy * sy + ty * ty;
  if (short2 > long2) {
    const t = long2;
    long2 = short2;
    short2 = t;
    sx = sy;
    tx = ty;
  }
  const srgb = load<i32>(texture, TEXTURE_SRGB) != 0;
  const filtered = footprint(texture, u, v, sx / w, tx / h, long2, short2, flags);
  return srgb ? decode(filtered) : filtered;
}

/**
 * Filters over an ellipse: squared lengths of its axes in texels, and the longer one as (du, dv). Taps along the longer
 * axis lie a little farther apart than the ellipse is long, which was made smaller for the sake of sharpness: along
 * this axis no magnified direction hides the beats of fine patterns.
 */
// @ts-ignore: decorator
@inline
function footprint(texture: usize, u: f32, v: f32, du: f32, dv: f32, long2: f32, short2: f32, flags: u32): v128 {
  if (!(long2 < 1e12)) return trilinear(texture, u, v, 30, flags);
  const slanted = long2 > 4 * short2;
  if (long2 <= (slanted ? <f32>0.5 : <f32>1)) return trilinear(texture, u, v, 0, flags);
  const short = max<f32>(short2, 1);
  // Up to 2 : 1 a round filter of the same area does, unless the shorter axis is magnified: a coarser level would blur it.
  if (long2 <= 4 * short && !(slanted && short2 < 1)) return trilinear(texture, u, v, max<f32>(<f32>0.25 * (log2Fast(long2) + log2Fast(short)), 0), flags);
  const taps = min(max(<i32>ceil<f32>(sqrt<f32>(long2 / short) * <f32>1.3), 2), MAX_TAPS);
  const level = max<f32>(<f32>0.5 * log2Fast(long2 / <f32>(taps * taps)), 0);
  let sum = f32x4.splat(0);
  const step = <f32>1 / <f32>taps;
  for (let i = 0; i < taps; i++) {
    const o = ((<f32>i + <f32>0.5) * step - <f32>0.5) * SPREAD;
    sum = add(sum, trilinear(texture, u + du * o, v + dv * o, level, flags));
  }
  return scale(sum, step);
}

/** The texture in `slot` at given coordinates, without filtering: for opacity along occlusion rays. */
export function sampleAt(material: usize, slot: i32, a0: f32, b0: f32, a1: f32, b1: f32): v128 {
  const s = material + M_SLOTS + <usize>(slot * SLOT_BYTES);
  const texture = <usize>load<u32>(HEADER + H_TEXTURES) + <usize>load<i32>(s, SLOT_TEXTURE) * TEXTURE_BYTES;
  const flags = load<u32>(s, SLOT_FLAGS);
  const second = (flags & SF_UV1) != 0;
  const iu = second ? a1 : a0, iv = second ? b1 : b0;
  const u = finiteCoordinate(load<f32>(s, SLOT_TRANSFORM) * iu + load<f32>(s, SLOT_TRANSFORM + 4) * iv + load<f32>(s, SLOT_TRANSFORM + 8));
  const v = finiteCoordinate(load<f32>(s, SLOT_TRANSFORM + 12) * iu + load<f32>(s, SLOT_TRANSFORM + 16) * iv + load<f32>(s, SLOT_TRANSFORM + 20));
  const c = trilinear(texture, u, v, 0, flags);
  return load<i32>(texture, TEXTURE_SRGB) ? decode(c) : c;
}

/** Whether two slots read the same texels. */
// @ts-ignore: decorator
@inline
export function sameTexture(material: usize, a: i32, b: i32): bool {
  const p = material + M_SLOTS + <usize>(a * SLOT_BYTES), q = material + M_SLOTS + <usize>(b * SLOT_BYTES);
  return !v128.any_true(v128.or(
    v128.xor(v128.load(p), v128.load(q)),
    v128.xor(v128.load(p, 16), v128.load(q, 16)),
  ));
}
