// Numbers for a path: for each pair of dimensions the first two of Sobol's, Owen-scrambled by hashing and shuffled
// against the other pairs (Burley, "Practical hash-based Owen scrambling", 2020). Four numbers, two pairs, at once.
// All is a function of pixel, sample index, seed and dimension: nothing depends on threads or on the order of work.

// @ts-ignore: decorator
@inline
function mixBits(x: u32): u32 {
  // lowbias32, a bijection found by search (Wellons 2018).
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ (x >> 16);
}

let pixelSeed: u32 = 0;
/** Index of the sample with its bits reversed, in every lane. */
let reversedIndex: v128 = i32x4.splat(0);
let dimension: u32 = 0;
/** Index of the sample, shuffled for the numbers given last: aligned runs of 2ᵏ samples stay such runs. */
export let shuffledIndex: u32 = 0;

/** Bits of four 32-bit numbers reversed: nibbles by table, then bytes. */
// @ts-ignore: decorator
@inline
function reverseBits(x: v128): v128 {
  const low = v128.and(x, i8x16.splat(15)), high = v128.and(i16x8.shr_u(x, 4), i8x16.splat(15));
  const toHigh = i8x16.swizzle(i8x16(0, -128, 64, -64, 32, -96, 96, -32, 16, -112, 80, -48, 48, -80, 112, -16), low);
  const toLow = i8x16.swizzle(i8x16(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), high);
  const r = v128.or(toHigh, toLow);
  return v128.shuffle<i8>(r, r, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Nested uniform scrambling of numbers whose bits are reversed (Laine and Karras 2011, constants by Vegdahl). */
// @ts-ignore: decorator
@inline
function scramble(x: v128, seed: v128): v128 {
  x = v128.xor(x, i32x4.mul(x, i32x4.splat(0x3d20adea)));
  x = i32x4.add(x, seed);
  x = i32x4.mul(x, v128.or(i32x4.shr_u(seed, 16), i32x4.splat(1)));
  x = v128.xor(x, i32x4.mul(x, i32x4.splat(0x05526c56)));
  return v128.xor(x, i32x4.mul(x, i32x4.splat(0x53a22864)));
}

/** The second dimension of Sobol's sequence: Pascal's triangle modulo 2, a factor a step. */
// @ts-ignore: decorator
@inline
function pascal(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(v128.and(x, i32x4.splat(0xaaaaaaaa)), 1));
  x = v128.xor(x, i32x4.shr_u(v128.and(x, i32x4.splat(0xcccccccc)), 2));
  x = v128.xor(x, i32x4.shr_u(v128.and(x, i32x4.splat(0xf0f0f0f0)), 4));
  x = v128.xor(x, i32x4.shr_u(v128.and(x, i32x4.splat(0xff00ff00)), 8));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** Begins sample `index` of pixel (x, y). */
export function startSample(x: i32, y: i32, index: u32, seed: u32): void {
  pixelSeed = mixBits(<u32>x ^ mixBits(<u32>y ^ mixBits(seed)));
  reversedIndex = reverseBits(i32x4.splat(index));
  dimension = 0;
}

/** The next four numbers in [0, 1): lanes 0 and 1 are a pair that fills the unit square evenly, so are 2 and 3. */
export function nextFour(): v128 {
  dimension++;
  const s = mixBits(pixelSeed + dimension * 0x9e3779b9);
  // Two seeds of the shuffle, then four of the scrambling.
  const seeds = i32x4.mul(
    v128.xor(i32x4.splat(s), i32x4(0x68bc21eb, 0x68bc21eb, 0x02e5be93, 0x02e5be93)),
    i32x4.splat(0x7feb352d),
  );
  const shuffled = reverseBits(scramble(reversedIndex, v128.xor(seeds, i32x4.shr_u(seeds, 15))));
  shuffledIndex = i32x4.extract_lane(shuffled, 2);
  const points = v128.bitselect(pascal(shuffled), shuffled, i32x4(0, -1, 0, -1));
  const more = i32x4.mul(
    v128.xor(i32x4.splat(s), i32x4(0x2545f491, 0x5bd1e995, 0x1b873593, 0x38495ab5)),
    i32x4.splat(0x846ca68b),
  );
  const bits = reverseBits(scramble(points, v128.xor(more, i32x4.shr_u(more, 16))));
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(bits, 8)), f32x4.splat(1.0 / 16777216.0));
}

/**
 * A number in [0, 1) for the decision numbered `salt`, spread evenly over the samples of a pixel: of any 2ᵏ in a row, each
 * 2ᵏth of the range gets one. It takes none of the dimensions that `nextFour` counts.
 */
export function nextEven(salt: u32): f32 {
  const s = mixBits(pixelSeed ^ mixBits(salt * 0x9e3779b9 + 1));
  const shuffled = reverseBits(scramble(reversedIndex, i32x4.splat(s)));
  const bits = reverseBits(scramble(shuffled, i32x4.splat(mixBits(s + 1))));
  return <f32>(<u32>i32x4.extract_lane(bits, 0) >> 8) * <f32>(1.0 / 16777216.0);
}

/** A number in [0, 1) for a decision that needs no even spread. */
export function nextLoose(salt: u32): f32 {
  const index = i32x4.extract_lane(reversedIndex, 0);
  return <f32>(mixBits(pixelSeed ^ mixBits(<u32>index ^ (salt * 0x9e3779b9))) >> 8) * <f32>(1.0 / 16777216.0);
}
