// Inverse cosine transform of a block: the accurate integer one of the Independent JPEG Group (jidctint.c, after Loeffler,
// Ligtenberg and Moschytz 1989), which decoders use by default, so that all of them give the same samples. Sums of two
// products are one instruction and what lies between the passes has 16 bits, as in libjpeg-turbo.

import { WIDE } from './layout';

// Constants in 13 bits of fraction.
const C_0_298: i16 = 2446;
const C_0_390: i16 = 3196;
const C_0_541: i16 = 4433;
const C_0_765: i16 = 6270;
const C_0_899: i16 = 7373;
const C_1_175: i16 = 9633;
const C_1_501: i16 = 12299;
const C_1_847: i16 = 15137;
const C_1_961: i16 = 16069;
const C_2_053: i16 = 16819;
const C_2_562: i16 = 20995;
const C_3_072: i16 = 25172;
const ONE: i16 = 8192;

/** Bits that the passes round away: the first leaves two more than samples have, the second none. */
const SHIFT_COLUMNS: i32 = 11;
const SHIFT_ROWS: i32 = 18;

/** Two factors for neighbouring lanes. */
// @ts-ignore: decorator
@inline
function factors(even: i16, odd: i16): v128 {
  return i32x4.splat(<i32>(<u32>(<u16>even) | (<u32>(<u16>odd) << 16)));
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Transforms four columns, whose rows come as pairs, and stores the eight rows 32 bytes apart. */
// @ts-ignore: decorator
@inline
function fourColumns(x04: v128, x26: v128, z34: v128, x71: v128, x53: v128, shift: i32, to: usize): void {
  const round = i32x4.splat(1 << (shift - 1));
  const even0 = i32x4.add(i32x4.dot_i16x8_s(x04, factors(ONE, ONE)), round);
  const even1 = i32x4.add(i32x4.dot_i16x8_s(x04, factors(ONE, -ONE)), round);
  const even2 = i32x4.dot_i16x8_s(x26, factors(C_0_541, C_0_541 - C_1_847));
  const even3 = i32x4.dot_i16x8_s(x26, factors(C_0_541 + C_0_765, C_0_541));
  const z3 = i32x4.dot_i16x8_s(z34, factors(C_1_175 - C_1_961, C_1_175));
  const z4 = i32x4.dot_i16x8_s(z34, factors(C_1_175, C_1_175 - C_0_390));
  const odd0 = i32x4.add(i32x4.dot_i16x8_s(x71, factors(C_0_298 - C_0_899, -C_0_899)), z3);
  const odd3 = i32x4.add(i32x4.dot_i16x8_s(x71, factors(-C_0_899, C_1_501 - C_0_899)), z4);
  const odd1 = i32x4.add(i32x4.dot_i16x8_s(x53, factors(C_2_053 - C_2_562, -C_2_562)), z4);
  const odd2 = i32x4.add(i32x4.dot_i16x8_s(x53, factors(-C_2_562, C_3_072 - C_2_562)), z3);
  const e0 = i32x4.add(even0, even3), e3 = i32x4.sub(even0, even3);
  const e1 = i32x4.add(even1, even2), e2 = i32x4.sub(even1, even2);
  v128.store(to, i32x4.shr_s(i32x4.add(e0, odd3), shift));
  v128.store(to, i32x4.shr_s(i32x4.add(e1, odd2), shift), 32);
  v128.store(to, i32x4.shr_s(i32x4.add(e2, odd1), shift), 64);
  v128.store(to, i32x4.shr_s(i32x4.add(e3, odd0), shift), 96);
  v128.store(to, i32x4.shr_s(i32x4.sub(e3, odd0), shift), 128);
  v128.store(to, i32x4.shr_s(i32x4.sub(e2, odd1), shift), 160);
  v128.store(to, i32x4.shr_s(i32x4.sub(e1, odd2), shift), 192);
  v128.store(to, i32x4.shr_s(i32x4.sub(e0, odd3), shift), 224);
}

/** Transforms eight columns. */
// @ts-ignore: decorator
@inline
function eightColumns(
  a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, shift: i32, to: usize,
): void {
  const z3 = i16x8.add(a7, a3), z4 = i16x8.add(a5, a1);
  fourColumns(low(a0, a4), low(a2, a6), low(z3, z4), low(a7, a1), low(a5, a3), shift, to);
  fourColumns(high(a0, a4), high(a2, a6), high(z3, z4), high(a7, a1), high(a5, a3), shift, to + 16);
}

/** A row of eight numbers that `eightColumns` left, in 16 bits. */
// @ts-ignore: decorator
@inline
function narrowed(from: usize, row: i32): v128 {
  const at = from + (<usize>row << 5);
  return i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
}

/** Two columns of samples, each eight bytes. */
// @ts-ignore: decorator
@inline
function samples(from: usize, column: i32): v128 {
  const signed = i8x16.narrow_i16x8_s(narrowed(from, column), narrowed(from, column + 1));
  return v128.xor(signed, i8x16.splat(-128));
}

/** Turns the 64 coefficients of a block, row by row, into samples at `to`, in rows of `stride` bytes. */
export function transform(block: usize, to: usize, stride: usize): void {
  const wide = block + WIDE;
  eightColumns(
    v128.load(block), v128.load(block, 16), v128.load(block, 32), v128.load(block, 48), v128.load(block, 64),
    v128.load(block, 80), v128.load(block, 96), v128.load(block, 112), SHIFT_COLUMNS, wide,
  );
  const r0 = narrowed(wide, 0), r1 = narrowed(wide, 1), r2 = narrowed(wide, 2), r3 = narrowed(wide, 3);
  const r4 = narrowed(wide, 4), r5 = narrowed(wide, 5), r6 = narrowed(wide, 6), r7 = narrowed(wide, 7);
  const p0 = low(r0, r4), p1 = high(r0, r4), p2 = low(r1, r5), p3 = high(r1, r5);
  const p4 = low(r2, r6), p5 = high(r2, r6), p6 = low(r3, r7), p7 = high(r3, r7);
  const q0 = low(p0, p4), q1 = high(p0, p4), q2 = low(p1, p5), q3 = high(p1, p5);
  const q4 = low(p2, p6), q5 = high(p2, p6), q6 = low(p3, p7), q7 = high(p3, p7);
  eightColumns(
    low(q0, q4), high(q0, q4), low(q1, q5), high(q1, q5), low(q2, q6), high(q2, q6), low(q3, q7), high(q3, q7),
    SHIFT_ROWS, wide,
  );
  // Columns become rows again.
  const c01 = samples(wide, 0), c23 = samples(wide, 2), c45 = samples(wide, 4), c67 = samples(wide, 6);
  const s04a = v128.shuffle<i8>(c01, c45, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const s15a = v128.shuffle<i8>(c01, c45, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const s26a = v128.shuffle<i8>(c23, c67, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const s37a = v128.shuffle<i8>(c23, c67, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const even0 = v128.shuffle<i8>(s04a, s26a, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const even1 = v128.shuffle<i8>(s04a, s26a, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const odd0 = v128.shuffle<i8>(s15a, s37a, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const odd1 = v128.shuffle<i8>(s15a, s37a, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  store2(v128.shuffle<i8>(even0, odd0, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), to, stride);
  store2(
    v128.shuffle<i8>(even0, odd0, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), to + 2 * stride, stride,
  );
  store2(v128.shuffle<i8>(even1, odd1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), to + 4 * stride, stride);
  store2(
    v128.shuffle<i8>(even1, odd1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), to + 6 * stride, stride,
  );
}

/** Stores two rows of eight samples. */
// @ts-ignore: decorator
@inline
function store2(rows: v128, to: usize, stride: usize): void {
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + stride, rows, 1);
}

/** The samples of a block that has a mean alone, as the two passes would make them. */
export function fillSamples(dc: i32, to: usize, stride: usize): void {
  const row = i8x16.splat(<i8>(max(-128, min(127, ((<i32>(<i16>(max(-32768, min(32767, dc << 2))))) + 16) >> 5)) + 128));
  for (let y = 0; y < 8; y++, to += stride) v128.store64_lane(to, row, 0);
}
