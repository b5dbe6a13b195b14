// A pixel of what is denoised: light, the variance of its luminance, and how much of what covers the pixel is opaque.
// The last two share a lane: the upper half of the variance's bits, and opacity in sixteen bits.

/** What alpha counts for in the film's squared luminance, beside light. */
export const ALPHA_LUMINANCE: f32 = 0.25;

/** Reflectance that even the blackest surface counts with: of what it mirrors, none is in its albedo. */
export const LEAST_ALBEDO: f32 = 0.02;

/** `light` with its variance and opacity. */
// @ts-ignore: decorator
@inline
export function withStatistics(light: v128, variance: f32, opacity: f32): v128 {
  const share = <u32>(min<f32>(max<f32>(opacity, 0), 1) * 65535 + <f32>0.5);
  return i32x4.replace_lane(light, 3, (reinterpret<u32>(variance) & 0xffff0000) | share);
}

// @ts-ignore: decorator
@inline
export function varianceOf(light: v128): f32 {
  return reinterpret<f32>(<u32>i32x4.extract_lane(light, 3) & 0xffff0000);
}

// @ts-ignore: decorator
@inline
export function opacityOf(light: v128): f32 {
  return <f32>(i32x4.extract_lane(light, 3) & 0xffff) * <f32>(1.0 / 65535.0);
}

/** Light with opacity as fourth lane. */
// @ts-ignore: decorator
@inline
export function withOpacity(light: v128): v128 {
  return f32x4.replace_lane(light, 3, opacityOf(light));
}
