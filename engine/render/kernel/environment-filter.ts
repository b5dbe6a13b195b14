// From an equirectangular picture to what shading reads: a sharp octahedral map, its half-size levels, and maps averaged
// over the lobes of rising roughness.

import { filteredAt, filteredSize, levelRoughness, sharpLevelAt, sharpLevels } from './environment';
import { buildIrradiance } from './irradiance';
import {
  ENV_FILTERED, ENV_INTEGRATED_SIZE, ENV_LOBE_SAMPLES, H_ENV_DIRECTIONS, H_ENV_LOBES, H_ENV_MAP, H_ENV_MAP_SIZE, H_PANORAMA,
  H_PANORAMA_HEIGHT, H_PANORAMA_WIDTH, HEADER,
} from './layout';
import { fetchMap, projectUnturned, storeTexel, strideOf, texelSpread, unprojectUnturned } from './octahedral';
import { reverseBits } from './sampling';
import { perpendicular } from './surface';
import { add, cross, madd, mix, scale, vec4, W, X, Y, Z } from './vec';

/** Arc tangent of y / x in (−π, π], four at once, within 1e-5 (Abramowitz and Stegun, 4.4.49). */
function arcTangent(y: v128, x: v128): v128 {
  const ax = f32x4.abs(x), ay = f32x4.abs(y);
  const q = f32x4.div(f32x4.pmin(ax, ay), f32x4.pmax(f32x4.pmax(ax, ay), f32x4.splat(1e-30)));
  const s = f32x4.mul(q, q);
  let p = f32x4.splat(0.0208351);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-0.0851330));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.1801410));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-0.3302995));
  p = f32x4.mul(f32x4.add(f32x4.mul(p, s), f32x4.splat(0.9998660)), q);
  p = v128.bitselect(f32x4.sub(f32x4.splat(1.57079633), p), p, f32x4.gt(ay, ax));
  p = v128.bitselect(f32x4.sub(f32x4.splat(3.14159265), p), p, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.neg(p), p, f32x4.lt(y, f32x4.splat(0)));
}

/** The picture at a column and a row, between four pixels; columns repeat. */
function pictureAt(column: f32, row: f32): v128 {
  const width = load<i32>(HEADER + H_PANORAMA_WIDTH), height = load<i32>(HEADER + H_PANORAMA_HEIGHT);
  const fx = floor<f32>(column), fy = floor<f32>(row);
  let x0 = <i32>fx;
  if (x0 < 0) x0 += width;
  if (x0 >= width) x0 -= width;
  const x1 = x0 + 1 == width ? 0 : x0 + 1;
  const y0 = max(<i32>fy, 0), y1 = min(<i32>fy + 1, height - 1);
  const picture = <usize>load<u32>(HEADER + H_PANORAMA), stride = <usize>width << 4;
  const a = picture + <usize>y0 * stride, b = picture + <usize>y1 * stride;
  const s = column - fx;
  return mix(
    mix(v128.load(a + (<usize>x0 << 4)), v128.load(a + (<usize>x1 << 4)), s),
    mix(v128.load(b + (<usize>x0 << 4)), v128.load(b + (<usize>x1 << 4)), s),
    row - fy,
  );
}

/** One row of the sharp map: every texel is the mean of 4 × 4 points. */
export function resampleRow(y: i32): void {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE), map = <usize>load<u32>(HEADER + H_ENV_MAP);
  const width = <f32>load<i32>(HEADER + H_PANORAMA_WIDTH), height = <f32>load<i32>(HEADER + H_PANORAMA_HEIGHT);
  const k = <f32>2 / <f32>size;
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let x = 0; x < size; x++) {
    let sum = zero;
    const px = f32x4.sub(f32x4.mul(f32x4.add(f32x4.splat(<f32>x), vec4(0.125, 0.375, 0.625, 0.875)), f32x4.splat(k)), one);
    for (let i = 0; i < 4; i++) {
      const pz = f32x4.splat((<f32>y + (<f32>i + <f32>0.5) * <f32>0.25) * k - 1);
      const ax = f32x4.abs(px), az = f32x4.abs(pz);
      const dy = f32x4.sub(f32x4.sub(one, ax), az);
      const folded = f32x4.lt(dy, zero);
      const minus = f32x4.splat(-0.0);
      const dx = v128.bitselect(v128.or(f32x4.sub(one, az), v128.and(px, minus)), px, folded);
      const dz = v128.bitselect(v128.or(f32x4.sub(one, ax), v128.and(pz, minus)), pz, folded);
      const flat = f32x4.sqrt(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dz, dz)));
      const column = f32x4.sub(
        f32x4.mul(f32x4.add(f32x4.mul(arcTangent(dz, dx), f32x4.splat(0.159154943)), f32x4.splat(0.5)), f32x4.splat(width)),
        f32x4.splat(0.5),
      );
      const row = f32x4.sub(f32x4.mul(arcTangent(flat, dy), f32x4.splat(height * <f32>0.318309886)), f32x4.splat(0.5));
      sum = add(sum, pictureAt(f32x4.extract_lane(column, 0), f32x4.extract_lane(row, 0)));
      sum = add(sum, pictureAt(f32x4.extract_lane(column, 1), f32x4.extract_lane(row, 1)));
      sum = add(sum, pictureAt(f32x4.extract_lane(column, 2), f32x4.extract_lane(row, 2)));
      sum = add(sum, pictureAt(f32x4.extract_lane(column, 3), f32x4.extract_lane(row, 3)));
    }
    storeTexel(map, size, x, y, f32x4.replace_lane(scale(sum, 0.0625), 3, 0));
  }
}

/** Half-size levels of the sharp map, each texel the mean over the solid angle of four; and irradiance. */
export function buildSharpLevels(): void {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE), levels = sharpLevels();
  for (let level = 1; level < levels; level++) {
    const n = size >> level, from = sharpLevelAt(level - 1), to = sharpLevelAt(level), stride = strideOf(n << 1);
    const k = <f32>0.5 / <f32>n;
    for (let y = 0; y < n; y++) {
      let p = from + <usize>(y * 2 + 1) * stride + 16;
      for (let x = 0; x < n; x++, p += 32) {
        const a = texelSpread(x * 2, y * 2, k), b = texelSpread(x * 2 + 1, y * 2, k);
        const c = texelSpread(x * 2, y * 2 + 1, k), d = texelSpread(x * 2 + 1, y * 2 + 1, k);
        let sum = madd(scale(v128.load(p), a), v128.load(p, 16), b);
        sum = madd(madd(sum, v128.load(p + stride), c), v128.load(p + stride, 16), d);
        storeTexel(to, n, x, y, scale(sum, <f32>1 / (a + b + c + d)));
      }
    }
  }
  const coarse = integratedLevel();
  buildIrradiance(sharpLevelAt(coarse), size >> coarse);
}

/** The bits of a number as a fraction, mirrored at the point (van der Corput). */
// @ts-ignore: decorator
@inline
function radicalInverse(i: u32): f32 {
  return <f32>(reverseBits(i) >> 8) * <f32>(1.0 / 16777216.0);
}

/** The level of the sharp map that wide lobes are integrated over. */
// @ts-ignore: decorator
@inline
function integratedLevel(): i32 {
  let level = 0;
  while (load<i32>(HEADER + H_ENV_MAP_SIZE) >> level > ENV_INTEGRATED_SIZE) level++;
  return level;
}

/** Filtered maps below this one are sampled; the others are wide enough to integrate over a coarse level. */
const FIRST_INTEGRATED: i32 = 2;

/**
 * Tables for `filterRow`: samples of the narrow lobes about +Z with the level of the map that each reads (Karis, "Real
 * shading in Unreal Engine 4", 2013; Křivánek and Colbert, "Real-time shading with filtered importance sampling", 2008),
 * and directions and light of the coarse level, four directions together.
 */
export function buildFilterTables(): void {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE);
  const texel = <f32>12.5663706 / (<f32>size * <f32>size);
  for (let level = 0; level < FIRST_INTEGRATED; level++) {
    const roughness = levelRoughness(level);
    const a = roughness * roughness, a2 = a * a;
    const table = <usize>load<u32>(HEADER + H_ENV_LOBES) + (<usize>(level * ENV_LOBE_SAMPLES) << 5);
    for (let i = 0; i < ENV_LOBE_SAMPLES; i++) {
      const e = (<f32>i + <f32>0.5) / <f32>ENV_LOBE_SAMPLES, phi = <f32>6.28318531 * radicalInverse(i);
      const cosine = sqrt<f32>((1 - e) / (1 + (a2 - 1) * e)), sine = sqrt<f32>(max<f32>(1 - cosine * cosine, 0));
      const q = cosine * cosine * (a2 - 1) + 1;
      // Density of the light's direction is D / 4 where the viewer stands on the normal.
      const solidAngle = <f32>4 * <f32>3.14159265 * q * q / (a2 * <f32>ENV_LOBE_SAMPLES);
      const z = max<f32>(2 * cosine * cosine - 1, 0);
      v128.store(table + (<usize>i << 5), vec4(2 * cosine * sine * Mathf.cos(phi), 2 * cosine * sine * Mathf.sin(phi), z, z));
      store<f32>(table + (<usize>i << 5), max<f32>(<f32>0.5 * Mathf.log2(solidAngle / texel) + <f32>0.5, 0), 16);
    }
  }
  const coarse = integratedLevel(), n = size >> coarse, map = sharpLevelAt(coarse);
  let out = <usize>load<u32>(HEADER + H_ENV_DIRECTIONS);
  for (let y = 0; y < n; y++) {
    let p = map + <usize>(y + 1) * strideOf(n) + 16;
    for (let x = 0; x < n; x++, p += 16) {
      const d = unprojectUnturned((<f32>x + <f32>0.5) / <f32>n, (<f32>y + <f32>0.5) / <f32>n);
      const weight = texelSpread(x, y, <f32>1 / <f32>n), lane = <usize>(x & 3) << 2;
      store<f32>(out + lane, X(d));
      store<f32>(out + lane, Y(d), 16);
      store<f32>(out + lane, Z(d), 32);
      v128.store(out + 48 + (lane << 2), f32x4.replace_lane(scale(v128.load(p), weight), 3, weight));
      if ((x & 3) == 3) out += 112;
    }
  }
}

/** Mean over a narrow lobe about a direction. */
function sampled(level: i32, n: v128): v128 {
  const t = perpendicular(n), b = cross(n, t);
  const last = sharpLevels() - 1;
  const table = <usize>load<u32>(HEADER + H_ENV_LOBES) + (<usize>(level * ENV_LOBE_SAMPLES) << 5);
  let sum = f32x4.splat(0), total: f32 = 0;
  for (let p = table; p < table + (ENV_LOBE_SAMPLES << 5); p += 32) {
    const s = v128.load(p), weight = W(s);
    if (!(weight > 0)) continue;
    const d = add(add(scale(t, X(s)), scale(b, Y(s))), scale(n, Z(s)));
    projectUnturned(X(d), Y(d), Z(d));
    const lod = load<f32>(p, 16);
    const i = min(<i32>lod, last), f = lod - <f32>i;
    const size = load<i32>(HEADER + H_ENV_MAP_SIZE);
    let light = fetchMap(sharpLevelAt(i), size >> i);
    if (i < last) light = mix(light, fetchMap(sharpLevelAt(i + 1), size >> (i + 1)), f);
    sum = madd(sum, light, weight);
    total += weight;
  }
  return scale(sum, <f32>1 / total);
}

/** Mean over all of the coarse level, weighted by the lobe. */
function integrated(level: i32, n: v128): v128 {
  const roughness = levelRoughness(level);
  const a = roughness * roughness;
  const half = f32x4.splat((a * a - 1) * <f32>0.5), one = f32x4.splat(1), zero = f32x4.splat(0);
  const nx = f32x4.splat(X(n)), ny = f32x4.splat(Y(n)), nz = f32x4.splat(Z(n));
  const side = load<i32>(HEADER + H_ENV_MAP_SIZE) >> integratedLevel();
  let sum = zero;
  let p = <usize>load<u32>(HEADER + H_ENV_DIRECTIONS);
  for (let i = (side * side) >> 2; i > 0; i--, p += 112) {
    const c = f32x4.add(
      f32x4.add(f32x4.mul(nx, v128.load(p)), f32x4.mul(ny, v128.load(p, 16))), f32x4.mul(nz, v128.load(p, 32)),
    );
    if (!v128.any_true(f32x4.gt(c, zero))) continue;
    // Density of mirrored directions times the cosine; the half vector's squared cosine is (1 + c) / 2.
    const q = f32x4.add(f32x4.mul(f32x4.add(one, c), half), one);
    const w = f32x4.div(f32x4.pmax(c, zero), f32x4.mul(q, q));
    sum = add(sum, f32x4.mul(v128.load(p, 48), v128.shuffle<f32>(w, w, 0, 0, 0, 0)));
    sum = add(sum, f32x4.mul(v128.load(p, 64), v128.shuffle<f32>(w, w, 1, 1, 1, 1)));
    sum = add(sum, f32x4.mul(v128.load(p, 80), v128.shuffle<f32>(w, w, 2, 2, 2, 2)));
    sum = add(sum, f32x4.mul(v128.load(p, 96), v128.shuffle<f32>(w, w, 3, 3, 3, 3)));
  }
  return scale(sum, <f32>1 / W(sum));
}

/** Row `index` of all filtered maps behind one another; false when there are no more. */
export function filterRow(index: i32): bool {
  let level = 0, row = index;
  while (level < ENV_FILTERED && row >= filteredSize(level)) row -= filteredSize(level++);
  if (level == ENV_FILTERED) return false;
  const n = filteredSize(level), k = <f32>1 / <f32>n, map = filteredAt(level);
  for (let x = 0; x < n; x++) {
    const d = unprojectUnturned((<f32>x + <f32>0.5) * k, (<f32>row + <f32>0.5) * k);
    const light = level < FIRST_INTEGRATED ? sampled(level, d) : integrated(level, d);
    storeTexel(map, n, x, row, f32x4.replace_lane(light, 3, 0));
  }
  return true;
}
