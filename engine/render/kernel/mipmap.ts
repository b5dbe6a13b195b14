// Makes the half-size levels of a texture, band by band of its rows.

import {
  H_CANCEL, H_MIPMAP_TEXTURE, H_TEXTURES, HEADER, MIPMAP_ROWS, TEXTURE_BANDS_OPEN, TEXTURE_BYTES, TEXTURE_HEIGHT,
  TEXTURE_LEVELS, TEXTURE_PIXELS, TEXTURE_SRGB, TEXTURE_TEXEL, TEXTURE_WIDTH,
} from './layout';
import { spreadOf } from './texel';
import { next } from './work';

/** Levels that a band makes of its rows alone. */
const BAND_LEVELS: i32 = ctz(MIPMAP_ROWS);

/**
 * Mean of four texels: `top` and `bottom` hold two each as eight 16-bit lanes. Colour of sRGB textures is averaged as
 * squares of the encoded values: close enough to sRGB's curve, and cheap to invert.
 */
// @ts-ignore: decorator
@inline
function average(top: v128, bottom: v128, srgb: bool): v128 {
  const rows = i16x8.add(top, bottom);
  const sum = i16x8.add(rows, v128.shuffle<i64>(rows, rows, 1, 0));
  const linear = i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2);
  if (!srgb) return linear;
  const squares = i32x4.add(
    i32x4.add(i32x4.extmul_low_i16x8_u(top, top), i32x4.extmul_high_i16x8_u(top, top)),
    i32x4.add(i32x4.extmul_low_i16x8_u(bottom, bottom), i32x4.extmul_high_i16x8_u(bottom, bottom)),
  );
  const root = i32x4.trunc_sat_f32x4_u(
    f32x4.add(f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_u(squares), f32x4.splat(0.25))), f32x4.splat(0.5)),
  );
  // Alpha is linear in any texture.
  return v128.shuffle<i16>(i16x8.narrow_i32x4_u(root, root), linear, 0, 1, 2, 11, 4, 5, 6, 15);
}

/** Mean of two by two texels as bytes, `size` bytes each; rows of one texel have it twice (`wide` is false). */
// @ts-ignore: decorator
@inline
function quarter(upper: usize, lower: usize, wide: bool, spread: v128, srgb: bool): v128 {
  const top = i8x16.swizzle(v128.load64_zero(upper), spread), bottom = i8x16.swizzle(v128.load64_zero(lower), spread);
  const m = wide ? average(top, bottom, srgb)
    : average(v128.shuffle<i64>(top, top, 0, 0), v128.shuffle<i64>(bottom, bottom, 0, 0), srgb);
  return i8x16.narrow_i16x8_u(m, m);
}

/** Makes rows [first, end) of a level `dw` texels wide at `dst` from the level of w × h texels at `src`. */
function buildRows(src: usize, w: i32, h: i32, dst: usize, dw: i32, first: i32, end: i32, size: i32, srgb: bool): void {
  const spread = spreadOf(size), row = <usize>(w * size);
  const wide = w > 1, below: usize = h > 1 ? row : 0, step: usize = wide ? <usize>size << 1 : <usize>size;
  for (let y = first; y < end; y++) {
    let s = src + <usize>(y << 1) * row;
    let d = dst + <usize>(y * dw * size);
    // A texel of three bytes is written as four where the next one follows: the last of a row is followed by another
    // band's.
    for (let x = 1; x < dw; x++) {
      v128.store32_lane(d, quarter(s, s + below, wide, spread, srgb), 0);
      s += step;
      d += size;
    }
    const last = quarter(s, s + below, wide, spread, srgb);
    if (size == 4) v128.store32_lane(d, last, 0);
    else {
      v128.store16_lane(d, last, 0);
      v128.store8_lane(d, last, 2, 2);
    }
  }
}

/** Makes what follows from the rows of a band of `rows` rows in level `from`, `levels` levels down. */
function buildBand(texture: usize, band: i32, rows: i32, from: i32, levels: i32): void {
  const size = load<i32>(texture, TEXTURE_TEXEL), srgb = load<i32>(texture, TEXTURE_SRGB) != 0;
  let src = <usize>load<u32>(texture, TEXTURE_PIXELS);
  let w = load<i32>(texture, TEXTURE_WIDTH), h = load<i32>(texture, TEXTURE_HEIGHT);
  const end = min(from + levels, load<i32>(texture, TEXTURE_LEVELS) - 1);
  for (let level = 0; level < end; level++) {
    const dst = src + <usize>(w * h * size);
    const dw = max(w >> 1, 1), dh = max(h >> 1, 1);
    if (level >= from) {
      rows >>= 1;
      buildRows(src, w, h, dst, dw, min(band * rows, dh), min((band + 1) * rows, dh), size, srgb);
    }
    src = dst;
    w = dw;
    h = dh;
  }
}

/**
 * Box-filters each level from the one above it. An odd last row or column is left out. Bands of rows are taken by all
 * threads; whoever ends the last one makes the small levels that take rows of several.
 */
export function buildMipmaps(): void {
  const texture = <usize>load<u32>(HEADER + H_TEXTURES) + <usize>load<i32>(HEADER + H_MIPMAP_TEXTURE) * TEXTURE_BYTES;
  const bands = (load<i32>(texture, TEXTURE_HEIGHT) + MIPMAP_ROWS - 1) / MIPMAP_ROWS;
  for (let band = next(); band < bands; band = next()) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    buildBand(texture, band, MIPMAP_ROWS, 0, BAND_LEVELS);
    if (atomic.sub<i32>(texture, 1, TEXTURE_BANDS_OPEN) == 1) buildBand(texture, 0, i32.MAX_VALUE >> 1, BAND_LEVELS, 32);
  }
}
