// Directions that light comes from, chosen in proportion to how much light comes from them.
//
// Over the octahedral square the density is the luminance of the bilinear radiance map itself times the solid angle of
// the texel. A quadtree of sums over the texels leads to a texel, half a texel at a time within it, and the inverse of
// the bilinear density to a point (hierarchical sample warping: Clarberg et al., "Wavelet importance sampling", 2005;
// the bilinear inverse: Pharr, Jakob and Humphreys, "Physically based rendering", 4th edition, A.5). Every step maps
// strata to strata, so that well-spread points give well-spread directions.

import {
  H_ENV_INTENSITY, H_ENV_MAP, H_ENV_MAP_SIZE, H_ENV_TABLE, H_ENV_TABLE_DONE, HEADER,
} from './layout';
import { fetchMap, octU, octV, project, spread, strideOf, texelSpread, unproject } from './octahedral';
import { luminance, scale, vec4 } from './vec';

/** Parts of the table that threads build apart: level 3 of the quadtree has so many nodes. */
export const ENVIRONMENT_TABLE_PARTS: i32 = 64;
const PART_LEVEL: i32 = 3;

/** Least density that counts; below it the quotient of radiance and density could overflow. */
const LEAST_PDF: f32 = 1e-12;

/** First float of a level of the quadtree; from level 1 on children of one node are 16 bytes together. */
// @ts-ignore: decorator
@inline
function levelAt(level: i32): usize {
  return <usize>load<u32>(HEADER + H_ENV_TABLE) + (<usize>((((<u32>1 << (level << 1)) - 1) / 3 + 3) << 2));
}

// @ts-ignore: decorator
@inline
function depth(): i32 {
  return 32 - clz(load<i32>(HEADER + H_ENV_MAP_SIZE) - 1);
}

// @ts-ignore: decorator
@inline
function evenBits(x: u32): i32 {
  x &= 0x55555555;
  x = (x | (x >> 1)) & 0x33333333;
  x = (x | (x >> 2)) & 0x0f0f0f0f;
  x = (x | (x >> 4)) & 0x00ff00ff;
  return <i32>((x | (x >> 8)) & 0xffff);
}

/** Sums of four each, from the level below, for `count` nodes from `first` on. */
function sumLevel(level: i32, first: u32, count: u32): void {
  const from = levelAt(level + 1), to = levelAt(level);
  for (let i = first; i < first + count; i++) {
    const q = v128.load(from + (<usize>i << 4));
    store<f32>(
      to + (<usize>i << 2),
      (f32x4.extract_lane(q, 0) + f32x4.extract_lane(q, 1)) + (f32x4.extract_lane(q, 2) + f32x4.extract_lane(q, 3)),
    );
  }
}

// @ts-ignore: decorator
@inline
function rowSum(p: usize): f32 {
  return luminance(v128.load(p)) * <f32>0.125 + luminance(v128.load(p, 16)) * <f32>0.75 + luminance(v128.load(p, 32)) * <f32>0.125;
}

// @ts-ignore: decorator
@inline
function fetch(): v128 {
  return fetchMap(<usize>load<u32>(HEADER + H_ENV_MAP), load<i32>(HEADER + H_ENV_MAP_SIZE));
}

/** Builds part `part` of `ENVIRONMENT_TABLE_PARTS`; who ends last builds the levels above. */
export function buildEnvironmentTable(part: i32): void {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE), deepest = depth();
  const map = <usize>load<u32>(HEADER + H_ENV_MAP), stride = strideOf(size);
  const k = <f32>1 / <f32>size;
  const bits = (deepest - PART_LEVEL) << 1;
  const first = <u32>part << bits, count = <u32>1 << bits;
  const leaves = levelAt(deepest);
  for (let i = first; i < first + count; i++) {
    const x = evenBits(i), y = evenBits(i >> 1);
    let w: f32 = 0;
    if (x < size && y < size) {
      // Mean over the texel of the bilinear map: a tent over its neighbours.
      const p = map + <usize>y * stride + (<usize>x << 4);
      w = (rowSum(p) * <f32>0.125 + rowSum(p + stride) * <f32>0.75 + rowSum(p + stride + stride) * <f32>0.125) * texelSpread(x, y, k);
    }
    store<f32>(leaves + (<usize>i << 2), w > 0 ? w : 0);
  }
  for (let level = deepest - 1; level >= PART_LEVEL; level--) {
    const b = (level - PART_LEVEL) << 1;
    sumLevel(level, <u32>part << b, <u32>1 << b);
  }
  if (atomic.add<i32>(HEADER + H_ENV_TABLE_DONE, 1) != ENVIRONMENT_TABLE_PARTS - 1) return;
  atomic.store<i32>(HEADER + H_ENV_TABLE_DONE, 0);
  for (let level = PART_LEVEL - 1; level >= 0; level--) sumLevel(level, 0, <u32>1 << (level << 1));
}

/**
 * Radiance that arrives from the unit direction `d`, sharp as the map is, rotation and intensity applied. The fourth
 * lane is zero.
 */
export function environmentRadiance(d: v128): v128 {
  project(d);
  return f32x4.replace_lane(scale(fetch(), load<f32>(HEADER + H_ENV_INTENSITY)), 3, 0);
}

/** Density over the square at `octU`, `octV` by solid angle, for luminance `l` there (intensity not applied). */
function density(l: f32): f32 {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE);
  const x = min(<i32>(octU * <f32>size), size - 1), y = min(<i32>(octV * <f32>size), size - 1);
  const total = load<f32>(levelAt(0));
  if (!(total > 0)) return 0;
  const n = <f32>size;
  return l * texelSpread(x, y, <f32>1 / n) * n * (n / total) / spread;
}

/** Density by solid angle with which `sampleEnvironment` gives the direction of the last `environmentLight`; 0 where it never does. */
export let environmentPdf: f32 = 0;

/** `environmentRadiance`, and `environmentPdf` with it. */
export function environmentLight(d: v128): v128 {
  project(d);
  const light = fetch();
  const p = density(luminance(light));
  environmentPdf = p > LEAST_PDF ? p : 0;
  return f32x4.replace_lane(scale(light, load<f32>(HEADER + H_ENV_INTENSITY)), 3, 0);
}

// Remainder of the coordinate last split, in [0, 1), and whether it fell to the second part.
let rest: f32 = 0;
// @ts-ignore: decorator
@inline
function split(u: f32, a: f32, b: f32): bool {
  const share = a / (a + b);
  if (u < share) {
    rest = min<f32>(u / share, 0.99999994);
    return false;
  }
  rest = min<f32>((u - share) / (<f32>1 - share), 0.99999994);
  return true;
}

/** Inverse of the distribution whose density on [0, 1] goes linearly from `a` to `b`. */
// @ts-ignore: decorator
@inline
function linear(u: f32, a: f32, b: f32): f32 {
  const c = a + sqrt<f32>(a * a + (b * b - a * a) * u);
  return c > 0 ? min<f32>(u * (a + b) / c, 1) : u;
}

/**
 * A unit direction in x, y, z for a point (u, v) of [0, 1)², chosen in proportion to luminance, and its density by
 * solid angle in w. The density is 0 where nothing can be chosen: the environment is black.
 */
export function sampleEnvironment(u: f32, v: f32): v128 {
  const deepest = depth();
  if (!(load<f32>(levelAt(0)) > 0)) return vec4(0, 1, 0, 0);
  u = min<f32>(u, 0.99999994);
  v = min<f32>(v, 0.99999994);
  let node: usize = 0;
  for (let level = 1; level <= deepest; level++) {
    const q = v128.load(levelAt(level) + (node << 4));
    const q0 = f32x4.extract_lane(q, 0), q1 = f32x4.extract_lane(q, 1), q2 = f32x4.extract_lane(q, 2), q3 = f32x4.extract_lane(q, 3);
    node <<= 2;
    const low = split(v, q0 + q1, q2 + q3);
    v = rest;
    if (split(u, low ? q2 : q0, low ? q3 : q1)) node += 1;
    u = rest;
    if (low) node += 2;
  }
  const x = evenBits(<u32>node), y = evenBits(<u32>node >> 1);
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE), stride = strideOf(size);
  // Luminance of the texel and its neighbours, doubled at every edge: corners of the four quarters that are bilinear.
  let p = <usize>load<u32>(HEADER + H_ENV_MAP) + <usize>y * stride + (<usize>x << 4);
  const a0 = luminance(v128.load(p)), a1 = luminance(v128.load(p, 16)), a2 = luminance(v128.load(p, 32));
  p += stride;
  const b0 = luminance(v128.load(p)), b1 = luminance(v128.load(p, 16)), b2 = luminance(v128.load(p, 32));
  p += stride;
  const c0 = luminance(v128.load(p)), c1 = luminance(v128.load(p, 16)), c2 = luminance(v128.load(p, 32));
  // Means over the upper and the lower half of the texel, for its three columns.
  const w0 = a0 + b0 * 3, w1 = a1 + b1 * 3, w2 = a2 + b2 * 3, e0 = c0 + b0 * 3, e1 = c1 + b1 * 3, e2 = c2 + b2 * 3;
  const below = split(v, w0 + w1 * 6 + w2, e0 + e1 * 6 + e2);
  v = rest;
  const right = below ? split(u, e0 + e1 * 3, e2 + e1 * 3) : split(u, w0 + w1 * 3, w2 + w1 * 3);
  u = rest;
  // Corners of that quarter from its outer to its inner side, four times their values.
  const side = right ? b2 : b0, end = below ? c1 : a1, far = below ? (right ? c2 : c0) : right ? a2 : a0;
  const inner = b1 * 4, alongX = (b1 + side) * 2, alongY = (b1 + end) * 2, outer = b1 + side + end + far;
  // Distances from the texel's middle to its edges.
  let t = linear(below ? v : <f32>1 - v, inner + alongX, alongY + outer);
  const fy = t * <f32>0.5;
  t = linear(right ? u : <f32>1 - u, inner + (alongY - inner) * t, alongX + (outer - alongX) * t);
  const fx = t * <f32>0.5;
  const k = <f32>1 / <f32>size;
  const d = unproject(
    (<f32>x + (right ? <f32>0.5 + fx : <f32>0.5 - fx)) * k,
    (<f32>y + (below ? <f32>0.5 + fy : <f32>0.5 - fy)) * k,
  );
  const pdf = density(luminance(fetch()));
  return f32x4.replace_lane(d, 3, pdf > LEAST_PDF ? pdf : 0);
}
