// How the bytes of texels are spread over lanes.

/** Places of the bytes of two texels of four bytes in eight 16-bit lanes, for `swizzle`: beyond 15 means zero. */
const SPREAD_RGBA: v128 = i8x16(0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16);
/** The same of three bytes. */
const SPREAD_RGB: v128 = i8x16(0, 16, 1, 16, 2, 16, 16, 16, 3, 16, 4, 16, 5, 16, 16, 16);

/** Order that spreads the bytes of two texels of `size` bytes, 3 or 4, over eight 16-bit lanes; missing alpha is 0. */
// @ts-ignore: decorator
@inline
export function spreadOf(size: i32): v128 {
  return size == 4 ? SPREAD_RGBA : SPREAD_RGB;
}

/** What missing alpha takes to be 255: to be combined with texels that are spread over lanes. */
// @ts-ignore: decorator
@inline
export function opaqueOf(size: i32): v128 {
  return i64x2.splat(size == 4 ? 0 : 0x00ff000000000000);
}
