// Fills the half-size levels of a texture.

import { HEADER, H_LUT_SRGB, H_CANCEL, TEXTURE_PIXELS, TEXTURE_WIDTH, TEXTURE_HEIGHT, TEXTURE_LEVELS, TEXTURE_SRGB } from './layout';

/** Square of the encoded value: close enough to sRGB's curve to average light with, and cheap to invert. */
// @ts-ignore: decorator
@inline
function average4(a: v128, b: v128, c: v128, d: v128, srgb: bool): v128 {
  // Four texels as unsigned 32-bit lanes.
  if (srgb) {
    const s = i32x4.add(i32x4.add(i32x4.mul(a, a), i32x4.mul(b, b)), i32x4.add(i32x4.mul(c, c), i32x4.mul(d, d)));
    const r = i32x4.trunc_sat_f32x4_u(
      f32x4.add(f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_u(s), f32x4.splat(0.25))), f32x4.splat(0.5)),
    );
    const linear = i32x4.shr_u(i32x4.add(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)), i32x4.splat(2)), 2);
    // Alpha is linear in any texture.
    return v128.shuffle<i32>(r, linear, 0, 1, 2, 7);
  }
  return i32x4.shr_u(i32x4.add(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)), i32x4.splat(2)), 2);
}

// @ts-ignore: decorator
@inline
function widen(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
}

/** Box-filters each level from the one above it. An odd last row or column is weighed into its neighbour's cell. */
export function buildMipmaps(texture: usize): void {
  let src = <usize>load<u32>(texture, TEXTURE_PIXELS);
  let w = load<i32>(texture, TEXTURE_WIDTH), h = load<i32>(texture, TEXTURE_HEIGHT);
  const srgb = load<i32>(texture, TEXTURE_SRGB) != 0;
  const levels = load<i32>(texture, TEXTURE_LEVELS);
  for (let level = 1; level < levels; level++) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    const dst = src + (<usize>(w * h) << 2);
    const dw = max(w >> 1, 1), dh = max(h >> 1, 1);
    const right: usize = w > 1 ? 4 : 0, below: usize = h > 1 ? <usize>w << 2 : 0;
    for (let y = 0; y < dh; y++) {
      let s = src + (<usize>(h > 1 ? (y << 1) * w : <i32>0) << 2);
      let d = dst + (<usize>(y * dw) << 2);
      const stepX: usize = w > 1 ? 8 : 4;
      for (let x = 0; x < dw; x++) {
        const m = average4(widen(s), widen(s + right), widen(s + below), widen(s + below + right), srgb);
        const n = i16x8.narrow_i32x4_u(m, m);
        v128.store32_lane(d, i8x16.narrow_i16x8_u(n, n), 0);
        s += stepX;
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
