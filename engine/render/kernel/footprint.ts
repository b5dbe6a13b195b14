// Which texels a footprint takes, and how much of each. One set of taps serves all textures of a material that are laid
// out alike, as most are: finding the taps takes longer than reading them.

import {
  SF_NEAREST, SF_WRAP_U, SF_WRAP_V, TEXTURE_HEIGHT, TEXTURE_LEVELS, TEXTURE_PIXELS, TEXTURE_SRGB, TEXTURE_TEXEL,
  TEXTURE_WIDTH, TAPS, TAPS_STRIDE,
} from './layout';
import { PAIRS_RGB, PAIRS_RGBA } from './texel';
import { madd, scale } from './vec';

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

// A tap: byte offsets from the image's first texel of the upper and the lower left one of four, bytes from a left one to
// the right one; then what each of the four counts, i16: upper left and right, lower left and right.
const TAP_BYTES: usize = 32;
const TAP_LOWER: usize = 4;
const TAP_NEXT: usize = 8;
const TAP_WEIGHTS: usize = 16;
const TAP_TOUCHED: usize = 24;
/** The weight of all texels together, but for rounding. */
const ONE: f32 = 32767;

/** This thread's taps, and the end of those that are planned. */
let taps: usize = TAPS;
let tapsEnd: usize = TAPS;
/** What their texels count together, in four parts. */
let weights: v128 = i32x4.splat(0);
/** What of all lies in one unit of weight. */
let unit: f32 = 1;

/** Chooses the place of this thread's taps; before all else. */
export function useTaps(thread: i32): void {
  taps = <usize>TAPS + <usize>thread * TAPS_STRIDE;
  begin();
}

// @ts-ignore: decorator
@inline
function begin(): void {
  tapsEnd = taps;
  weights = i32x4.splat(0);
}

/** Ends a plan: what was rounded off weights is shared out. */
export function endPlan(): void {
  const pairs = i32x4.add(weights, v128.shuffle<i32>(weights, weights, 2, 3, 0, 1));
  unit = <f32>1 / <f32>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
}

/** Adds the four texels of `size` bytes about (s, t) in the level of w × h that begins `level` bytes into the image. */
// @ts-ignore: decorator
@inline
function addTap(level: i32, w: i32, h: i32, size: i32, s: f32, t: f32, weight: f32, flags: u32): void {
  const wu = (flags >> SF_WRAP_U) & 3, wv = (flags >> SF_WRAP_V) & 3;
  const x = s * <f32>w - <f32>0.5, y = t * <f32>h - <f32>0.5;
  const fx = floor<f32>(x), fy = floor<f32>(y);
  const ix = <i32>fx, iy = <i32>fy;
  const x0 = wrap(ix, w, wu);
  const p = level + x0 * size, row = w * size;
  store<i32>(tapsEnd, p + wrap(iy, h, wv) * row);
  store<i32>(tapsEnd, p + wrap(iy + 1, h, wv) * row, TAP_LOWER);
  store<i32>(tapsEnd, (wrap(ix + 1, w, wu) - x0) * size, TAP_NEXT);
  const right = x - fx, down = (y - fy) * weight, up = weight - down;
  const shares = f32x4.mul(
    v128.shuffle<i32>(f32x4.splat(up), f32x4.splat(down), 0, 1, 4, 5),
    v128.shuffle<i32>(f32x4.splat(<f32>1 - right), f32x4.splat(right), 0, 4, 1, 5),
  );
  const w4 = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(shares, f32x4.splat(ONE)), f32x4.splat(0.5)));
  v128.store64_lane(tapsEnd, i16x8.narrow_i32x4_s(w4, w4), 0, TAP_WEIGHTS);
  weights = i32x4.add(weights, w4);
  tapsEnd += TAP_BYTES;
}

/** Adds what lies about (s, t) between two levels; `level` 0 is the full image. */
function addLevels(texture: usize, s: f32, t: f32, level: f32, weight: f32, flags: u32): void {
  let w = load<i32>(texture, TEXTURE_WIDTH), h = load<i32>(texture, TEXTURE_HEIGHT);
  const size = load<i32>(texture, TEXTURE_TEXEL);
  if (!(level > 0)) {
    if (flags & SF_NEAREST) {
      // The middle of a texel is all of that texel.
      s = (floor<f32>(s * <f32>w) + <f32>0.5) / <f32>w;
      t = (floor<f32>(t * <f32>h) + <f32>0.5) / <f32>h;
    }
    addTap(0, w, h, size, s, t, weight, flags);
    return;
  }
  const top = load<i32>(texture, TEXTURE_LEVELS) - 1;
  const l = min(<i32>level, top);
  let offset = 0;
  for (let i = 0; i < l; i++) {
    offset += w * h * size;
    w = max(w >> 1, 1);
    h = max(h >> 1, 1);
  }
  const f = level - <f32>l;
  if (l == top || f < <f32>0.02) {
    addTap(offset, w, h, size, s, t, weight, flags);
    return;
  }
  addTap(offset, w, h, size, s, t, weight * (1 - f), flags);
  addTap(offset + w * h * size, max(w >> 1, 1), max(h >> 1, 1), size, s, t, weight * f, flags);
}

/** Base-2 logarithm, within 0.01: enough to choose a level. Read off the bits of the number. */
// @ts-ignore: decorator
@inline
export function log2Fast(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  const m = reinterpret<f32>((bits & 0x7fffff) | 0x3f800000);
  return <f32>((bits >> 23) - 127) + (<f32>-0.344845 * m + <f32>2.024658) * m - <f32>1.674873;
}

/** Most taps along the longer axis of a footprint. */
const MAX_TAPS: i32 = 8;
/** Length of the row of taps over that of the axis. */
const SPREAD: f32 = 1.25;

/** Plans the taps of one point of the full image. */
export function planPoint(texture: usize, u: f32, v: f32, flags: u32): void {
  begin();
  addLevels(texture, u, v, 0, 1, flags);
}

/**
 * Plans the taps of an ellipse: squared lengths of its axes in texels, and the longer one as (du, dv). Taps along the longer
 * axis lie a little farther apart than the ellipse is long, which was made smaller for the sake of sharpness: along
 * this axis no magnified direction hides the beats of fine patterns.
 */
export function planFootprint(texture: usize, u: f32, v: f32, du: f32, dv: f32, long2: f32, short2: f32, flags: u32): void {
  begin();
  if (!(long2 < 1e12)) return addLevels(texture, u, v, 30, 1, flags);
  const slanted = long2 > 4 * short2;
  if (long2 <= (slanted ? <f32>0.5 : <f32>1)) return addLevels(texture, u, v, 0, 1, flags);
  const short = max<f32>(short2, 1);
  // Up to 2 : 1 a round filter of the same area does, unless the shorter axis is magnified: a coarser level would blur it.
  if (long2 <= 4 * short && !(slanted && short2 < 1)) {
    return addLevels(texture, u, v, max<f32>(<f32>0.25 * (log2Fast(long2) + log2Fast(short)), 0), 1, flags);
  }
  const count = min(max(<i32>ceil<f32>(sqrt<f32>(long2 / short) * <f32>1.3), 2), MAX_TAPS);
  const level = max<f32>(<f32>0.5 * log2Fast(long2 / <f32>(count * count)), 0);
  const step = <f32>1 / <f32>count;
  for (let i = 0; i < count; i++) {
    const o = ((<f32>i + <f32>0.5) * step - <f32>0.5) * SPREAD;
    addLevels(texture, u + du * o, v + dv * o, level, step, flags);
  }
}

/** Most that a footprint is taken to be longer than wide when one point stands for it, squared. */
const MOST_STRETCH2: f32 = 256;

/**
 * Plans one tap at a point of the ellipse, `along` its longer axis and in one of the two levels that are about as
 * coarse as the shorter one, chosen by `between`; both in [0, 1). The mean over many is the filtered image (Pharr et
 * al., "Filtering after shading with stochastic texture filtering", 2024).
 */
export function planByChance(
  texture: usize, u: f32, v: f32, du: f32, dv: f32, long2: f32, short2: f32, flags: u32, along: f32, between: f32,
): void {
  begin();
  if (!(long2 < 1e12)) return addLevels(texture, u, v, 30, 1, flags);
  if (long2 <= 1) return addLevels(texture, u, v, 0, 1, flags);
  const across = max<f32>(short2, long2 * (<f32>1 / MOST_STRETCH2));
  const level = across > 1 ? floor<f32>(<f32>0.5 * log2Fast(across) + between) : <f32>0;
  addLevels(texture, u + du * (along - <f32>0.5), v + dv * (along - <f32>0.5), level, 1, flags);
}

/** Asks for the texels of an image that `readTaps` will read, and waits for none of them. */
export function touchTaps(texture: usize): void {
  const pixels = <usize>load<u32>(texture, TEXTURE_PIXELS);
  let bytes: u32 = 0;
  for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
    bytes ^= load<u8>(pixels + <usize>load<u32>(tap)) ^ load<u8>(pixels + <usize>load<u32>(tap, TAP_LOWER));
  }
  // Kept, so that no compiler finds touching them idle.
  store<u32>(taps, bytes, TAP_TOUCHED);
}

// What texels are: type parameters, so that the loop over taps has no branches for the other kinds.
type Rgb = i32;
type Rgba = bool;
type Squares = f32;
type Values = f64;

/** Weighted sum of two texels beside each other, `next` bytes apart; colours of sRGB textures squared, 32,768 less each. */
// @ts-ignore: decorator
@inline
function pair<Texel, Colour>(address: usize, next: i32, weights: v128): v128 {
  let bytes: v128;
  if (isBoolean<Texel>()) {
    bytes = next == 4 ? v128.load64_zero(address)
      : v128.shuffle<i32>(v128.load32_zero(address), v128.load32_zero(address + next), 0, 4, 0, 4);
    bytes = i8x16.swizzle(bytes, PAIRS_RGBA);
  } else if (next == 3) bytes = i8x16.swizzle(v128.load64_zero(address), PAIRS_RGB);
  else {
    bytes = v128.shuffle<i32>(v128.load32_zero(address), v128.load32_zero(address + next), 0, 4, 0, 4);
    bytes = i8x16.swizzle(bytes, PAIRS_RGBA);
  }
  if (isFloat<Colour>() && sizeof<Colour>() == 4) {
    // Alpha is linear in any texture, and of the same scale.
    const factors = isBoolean<Texel>() ? v128.or(bytes, i16x8(0, 0, 0, 0, 0, 0, 255, 255)) : bytes;
    bytes = v128.xor(i16x8.mul(bytes, factors), i16x8.splat(-32768));
  }
  return i32x4.dot_i16x8_s(bytes, weights);
}

// @ts-ignore: decorator
@inline
function sumOf<Texel, Colour>(pixels: usize): v128 {
  let sum = i32x4.splat(0);
  for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
    const next = load<i32>(tap, TAP_NEXT);
    const upper = pair<Texel, Colour>(pixels + <usize>load<u32>(tap), next, v128.load32_splat(tap, TAP_WEIGHTS));
    const lower = pair<Texel, Colour>(
      pixels + <usize>load<u32>(tap, TAP_LOWER), next, v128.load32_splat(tap, TAP_WEIGHTS + 4),
    );
    sum = i32x4.add(sum, i32x4.add(upper, lower));
  }
  return f32x4.convert_i32x4_s(sum);
}

/**
 * An image through the planned taps. Colours of sRGB textures come as squares of the encoded values: light is filtered
 * in that space, which is nearly linear, and turned into exact light afterwards, once instead of for each texel.
 */
export function readTaps(texture: usize): v128 {
  const pixels = <usize>load<u32>(texture, TEXTURE_PIXELS);
  const rgba = load<i32>(texture, TEXTURE_TEXEL) == 4;
  let c: v128;
  if (load<i32>(texture, TEXTURE_SRGB)) {
    c = rgba ? sumOf<Rgba, Squares>(pixels) : sumOf<Rgb, Squares>(pixels);
    c = madd(f32x4.splat(<f32>(32768.0 / 65025.0)), c, unit * <f32>(1.0 / 65025.0));
  } else {
    c = rgba ? sumOf<Rgba, Values>(pixels) : sumOf<Rgb, Values>(pixels);
    c = scale(c, unit * <f32>(1.0 / 255.0));
  }
  return rgba ? c : f32x4.replace_lane(c, 3, 1);
}
