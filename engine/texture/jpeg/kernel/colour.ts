// Samples to RGB: chroma is brought to the size of luma with a triangle filter (libjpeg's "fancy upsampling"), then
// YCbCr to RGB (JFIF 1.02) in 16 bits of fraction. Both round as libjpeg does.

/** Products of 16 bits of fraction with what is left of the factors beside whole numbers, so that they fit into 16 bits. */
const RED_OF_CR: i16 = 26345;
const BLUE_OF_CB: i16 = -14942;
const GREEN_OF_CB: i16 = -22554;
const GREEN_OF_CR: i16 = 18734;

// @ts-ignore: decorator
@inline
function pair(cb: i16, cr: i16): v128 {
  return i32x4.splat(<i32>(<u32>(<u16>cb) | (<u32>(<u16>cr) << 16)));
}

/** Weighs Cb and Cr, interleaved in two vectors, and rounds 16 bits away. */
// @ts-ignore: decorator
@inline
function weighed(low: v128, high: v128, cb: i16, cr: i16): v128 {
  const half = i32x4.splat(32768);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, pair(cb, cr)), half), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, pair(cb, cr)), half), 16),
  );
}

/** Writes a row of RGB. Up to seven texels behind it are overwritten. */
export function writeRow(luma: usize, cb: usize, cr: usize, to: usize, width: i32): void {
  const middle = i16x8.splat(128);
  for (let x: usize = 0; x < <usize>width; x += 8, to += 24) {
    const y = v128.load_ext<u8>(luma + x);
    const b = i16x8.sub(v128.load_ext<u8>(cb + x), middle), r = i16x8.sub(v128.load_ext<u8>(cr + x), middle);
    const low = v128.shuffle<i16>(b, r, 0, 8, 1, 9, 2, 10, 3, 11), high = v128.shuffle<i16>(b, r, 4, 12, 5, 13, 6, 14, 7, 15);
    const red = i16x8.add(i16x8.add(y, r), weighed(low, high, 0, RED_OF_CR));
    const green = i16x8.add(i16x8.sub(y, r), weighed(low, high, GREEN_OF_CB, GREEN_OF_CR));
    const blue = i16x8.add(i16x8.add(y, i16x8.add(b, b)), weighed(low, high, BLUE_OF_CB, 0));
    const rg = i8x16.narrow_i16x8_u(red, green), bb = i8x16.narrow_i16x8_u(blue, blue);
    v128.store(to, v128.shuffle<i8>(rg, bb, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5));
    v128.store64_lane(to, v128.shuffle<i8>(rg, bb, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0), 0, 16);
  }
}

/**
 * Doubles the width of a row of chroma.
 *
 * @param other where rows are halved too: the row on the other side of the wanted one, which counts a third as much
 * @param count samples of the row
 * @param sums room for their sums
 */
export function widen(row: usize, other: usize, count: i32, sums: usize, to: usize, halved: bool): void {
  const first = sums + 16;
  const single = !halved;
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const near = v128.load_ext<u8>(row + i);
    const sum = single ? near : i16x8.add(i16x8.mul(near, i16x8.splat(3)), v128.load_ext<u8>(other + i));
    v128.store(first + (i << 1), sum);
  }
  // Beyond its ends the row goes on as it ends.
  store<i16>(first - 2, load<i16>(first));
  const last = first + (<usize>count << 1);
  store<i16>(last, load<i16>(last - 2));
  const shift = single ? 2 : 4;
  const evenRound = i16x8.splat(single ? 1 : 8), oddRound = i16x8.splat(single ? 2 : 7);
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const at = first + (i << 1);
    const three = i16x8.mul(v128.load(at), i16x8.splat(3));
    const even = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at - 2)), evenRound), shift);
    const odd = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at + 2)), oddRound), shift);
    v128.store(to + (i << 1), v128.or(even, i16x8.shl(odd, 8)));
  }
}
