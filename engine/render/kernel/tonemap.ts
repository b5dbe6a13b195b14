// From scene light to display light.

import { mix, scale, sub, X, Y, Z } from './vec';

/** Khronos PBR Neutral tone mapping (specification of 2024): linear in, linear in [0, 1] out. */
export function pbrNeutral(c: v128): v128 {
  const start: f32 = 0.8 - 0.04,
    desaturation: f32 = 0.15;
  const low = min<f32>(X(c), min<f32>(Y(c), Z(c)));
  const offset = low < <f32>0.08 ? low - <f32>6.25 * low * low : <f32>0.04;
  c = sub(c, f32x4.splat(offset));
  const peak = max<f32>(X(c), max<f32>(Y(c), Z(c)));
  if (peak < start) return c;
  const d = <f32>1 - start;
  const compressed = <f32>1 - (d * d) / (peak + d - start);
  c = scale(c, compressed / peak);
  const g = <f32>1 - <f32>1 / (desaturation * (peak - compressed) + <f32>1);
  return mix(c, f32x4.splat(compressed), g);
}

/** Linear light in [0, 1] to an sRGB byte. */
export function srgbByte(x: f32): u32 {
  if (!(x > 0)) return 0;
  if (x >= 1) return 255;
  const e = x <= <f32>0.0031308 ? x * <f32>12.92 : <f32>1.055 * Mathf.pow(x, <f32>(1.0 / 2.4)) - <f32>0.055;
  return <u32>(e * 255 + <f32>0.5);
}
