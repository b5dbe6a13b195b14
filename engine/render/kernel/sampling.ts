// Low-discrepancy points and directions. Everything is a function of indices: nothing depends on threads or time.

import { H_HEMISPHERE, H_OCCLUSION_RAYS, HEADER, PATTERNS } from './layout';
import { vec3 } from './vec';

/** The bits of a number in reversed order. */
// @ts-ignore: decorator
@inline
export function reverseBits(x: u32): u32 {
  x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >> 16) | (x << 16);
}

/** Owen scrambling of a base-2 fraction by hashing (Burley, "Practical hash-based Owen scrambling", 2020). */
function owen(x: u32, seed: u32): u32 {
  x = reverseBits(x);
  x ^= x * 0x3d20adea;
  x += seed;
  x *= (seed >> 16) | 1;
  x ^= x * 0x05526c56;
  x ^= x * 0x53a22864;
  return reverseBits(x);
}

/** Second dimension of Sobol's sequence as 32-bit fraction. */
function sobol1(index: u32): u32 {
  let r: u32 = 0, v: u32 = 0x80000000;
  while (index) {
    if (index & 1) r ^= v;
    index >>= 1;
    v ^= v >> 1;
  }
  return r;
}

/** Point `index` of a scrambled (0, 2)-sequence, first and second coordinate in [0, 1). */
// @ts-ignore: decorator
@inline
export function point0(index: u32, seed: u32): f32 {
  return <f32>(owen(reverseBits(index), seed) >> 8) * <f32>(1.0 / 16777216.0);
}
// @ts-ignore: decorator
@inline
export function point1(index: u32, seed: u32): f32 {
  return <f32>(owen(sobol1(index), seed ^ 0x9e3779b9) >> 8) * <f32>(1.0 / 16777216.0);
}

/**
 * Index in another order, such that powers of two at the beginning stay together: two dimensions more of one sample are
 * then independent of its first two (Burley 2020).
 */
// @ts-ignore: decorator
@inline
export function shuffled(index: u32, seed: u32): u32 {
  return owen(index, seed);
}

/** Cosine-distributed direction about +Z for a point of the unit square. */
export function cosineDirection(a: f32, b: f32): v128 {
  const r = sqrt<f32>(a), phi = b * <f32>6.2831853;
  return vec3(r * Mathf.cos(phi), r * Mathf.sin(phi), sqrt<f32>(max<f32>(1 - a, 0)));
}

/**
 * Fills the table of occlusion directions: pattern p takes points [p × rays, (p + 1) × rays) of one sequence, so that
 * the patterns of a 4 × 4 block of pixels, which follow one another, are well spread together, and those of 8 × 8
 * pixels are one finer set. Four times as many follow, for surfaces whose pixels take several patterns each and
 * together should not repeat any.
 */
export function buildHemisphere(): void {
  const rays = load<i32>(HEADER + H_OCCLUSION_RAYS);
  const table = <usize>load<u32>(HEADER + H_HEMISPHERE);
  for (let i = 0; i < rays * PATTERNS * 4; i++) {
    v128.store(table + (<usize>i << 4), cosineDirection(point0(i, 0x51633e2d), point1(i, 0x51633e2d)));
  }
}

/** Pattern of a pixel: a 4 × 4 block has sixteen that follow one another, neighbours get sets that differ much. */
// @ts-ignore: decorator
@inline
export function patternOf(x: i32, y: i32): i32 {
  // Bit-interleaved Bayer order within the block, and for the block among its neighbours.
  const a = x ^ y;
  return ((a & 4) << 3) | ((y & 4) << 2) | ((a & 1) << 3) | ((y & 1) << 2) | (a & 2) | ((y >> 1) & 1);
}
