// How the bytes of texels are spread over lanes.

/** Places of the bytes of two texels of four bytes in eight 16-bit lanes, for `swizzle`: negative means zero. */
const SPREAD_RGBA: v128 = i8x16(0, -1, 1, -1, 2, -1, 3, -1, 4, -1, 5, -1, 6, -1, 7, -1);
/** The same of three bytes. */
const SPREAD_RGB: v128 = i8x16(0, -1, 1, -1, 2, -1, -1, -1, 3, -1, 4, -1, 5, -1, -1, -1);

/** The same with each channel of the one texel beside that of the other. */
export const PAIRS_RGBA: v128 = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
export const PAIRS_RGB: v128 = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);

/** Order that spreads the bytes of two texels of `size` bytes, 3 or 4, over eight 16-bit lanes; missing alpha is 0. */
// @ts-ignore: decorator
@inline
export function spreadOf(size: i32): v128 {
  return size == 4 ? SPREAD_RGBA : SPREAD_RGB;
}
