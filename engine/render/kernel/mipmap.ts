// Fills the half-size levels of a texture.

import {
  H_CANCEL, H_LUT_SRGB, HEADER, TEXTURE_HEIGHT, TEXTURE_LEVELS, TEXTURE_PIXELS, TEXTURE_SRGB, TEXTURE_WIDTH,
} from './layout';

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

/** Two texels as 16-bit lanes; one column wide images have the same texel twice. */
// @ts-ignore: decorator
@inline
function pair(address: usize, wide: bool): v128 {
  return i16x8.extend_low_i8x16_u(wide ? v128.load64_zero(address) : v128.load32_splat(address));
}

/** Box-filters each level from the one above it. An odd last row or column is left out. */
export function buildMipmaps(texture: usize): void {
  let src = <usize>load<u32>(texture, TEXTURE_PIXELS);
  let w = load<i32>(texture, TEXTURE_WIDTH), h = load<i32>(texture, TEXTURE_HEIGHT);
  const srgb = load<i32>(texture, TEXTURE_SRGB) != 0;
  const levels = load<i32>(texture, TEXTURE_LEVELS);
  for (let level = 1; level < levels; level++) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    const dst = src + (<usize>(w * h) << 2);
    const dw = max(w >> 1, 1), dh = max(h >> 1, 1);
    const wide = w > 1, below: usize = h > 1 ? <usize>w << 2 : 0, step: usize = wide ? 8 : 4;
    for (let y = 0; y < dh; y++) {
      let s = src + (<usize>(h > 1 ? (y << 1) * w : <i32>0) << 2);
      let d = dst + (<usize>(y * dw) << 2);
      for (let x = 0; x < dw; x++) {
        const m = average(pair(s, wide), pair(s + below, wide), srgb);
        v128.store32_lane(d, i8x16.narrow_i16x8_u(m, m), 0);
        s += step;
        d += 4;
      }
    }
    src = dst;
    w = dw;
    h = dh;
  }
}

/** Fills the table from sRGB bytes to linear light (256 f32). */
export function buildSrgbTable(): void {
  const lut = <usize>load<u32>(HEADER + H_LUT_SRGB);
  for (let i = 0; i < 256; i++) {
    const c = <f64>i / 255;
    store<f32>(lut + (<usize>i << 2), <f32>(c <= 0.04045 ? c / 12.92 : NativeMath.pow((c + 0.055) / 1.055, 2.4)));
  }
}
