// Light of the surroundings, prefiltered for each roughness, in octahedral maps.
//
// The sharp map and its half-size levels serve small roughness, for which a lobe is hardly wider than their texels.
// Beside them lie the filtered maps, of rising roughness.

import { log2Fast } from './footprint';
import {
  ENV_FILTERED, ENV_SIZE_1, ENV_SIZE_2, ENV_SIZE_3, ENV_SIZE_4, ENV_SIZE_5, ENV_SIZE_6, ENV_SIZE_7,
  ENV_SMALLEST_LEVEL, H_ENV_INTENSITY, H_ENV_MAP, H_ENV_MAP_SIZE, H_ENVIRONMENT, HEADER,
} from './layout';
import { fetchMap, fetchSmooth, mapBytes, octU, octV, project } from './octahedral';
import { luminance, mix, scale } from './vec';

/** The map that `ambient` reads. */
export const AMBIENT_LEVEL: i32 = 4;
/** Base-2 logarithm of the first filtered map's side. */
const FIRST_DEPTH: i32 = 7;

/** Texels a side of a filtered map. */
// @ts-ignore: decorator
@inline
export function filteredSize(level: i32): i32 {
  switch (level) {
    case 0: return ENV_SIZE_1;
    case 1: return ENV_SIZE_2;
    case 2: return ENV_SIZE_3;
    case 3: return ENV_SIZE_4;
    case 4: return ENV_SIZE_5;
    case 5: return ENV_SIZE_6;
    default: return ENV_SIZE_7;
  }
}

// Filtered maps lie behind one another, each with its border; offsets in texels.
const AREA_1: i32 = (ENV_SIZE_1 + 2) * (ENV_SIZE_1 + 2);
const AREA_2: i32 = AREA_1 + (ENV_SIZE_2 + 2) * (ENV_SIZE_2 + 2);
const AREA_3: i32 = AREA_2 + (ENV_SIZE_3 + 2) * (ENV_SIZE_3 + 2);
const AREA_4: i32 = AREA_3 + (ENV_SIZE_4 + 2) * (ENV_SIZE_4 + 2);
const AREA_5: i32 = AREA_4 + (ENV_SIZE_5 + 2) * (ENV_SIZE_5 + 2);
const AREA_6: i32 = AREA_5 + (ENV_SIZE_6 + 2) * (ENV_SIZE_6 + 2);

// @ts-ignore: decorator
@inline
function offsetOf(level: i32): i32 {
  switch (level) {
    case 0: return 0;
    case 1: return AREA_1;
    case 2: return AREA_2;
    case 3: return AREA_3;
    case 4: return AREA_4;
    case 5: return AREA_5;
    default: return AREA_6;
  }
}

// @ts-ignore: decorator
@inline
export function filteredAt(level: i32): usize {
  return <usize>load<u32>(HEADER + H_ENVIRONMENT) + (<usize>offsetOf(level) << 4);
}

/** Perceptual roughness that a filtered map is made for. */
// @ts-ignore: decorator
@inline
export function levelRoughness(level: i32): f32 {
  return <f32>(level + 1) / <f32>ENV_FILTERED;
}

/** Number of levels of the sharp map, itself counted. */
export function sharpLevels(): i32 {
  let levels = 1;
  for (let n = load<i32>(HEADER + H_ENV_MAP_SIZE); n > ENV_SMALLEST_LEVEL; n >>= 1) levels++;
  return levels;
}

/** A level of the sharp map; they lie behind one another. */
export function sharpLevelAt(level: i32): usize {
  let at = <usize>load<u32>(HEADER + H_ENV_MAP);
  let n = load<i32>(HEADER + H_ENV_MAP_SIZE);
  for (let i = 0; i < level; i++, n >>= 1) at += mapBytes(n);
  return at;
}

// @ts-ignore: decorator
@inline
function fetch(map: usize, size: i32, soft: bool): v128 {
  return soft ? fetchSmooth(map, size) : fetchMap(map, size);
}

// @ts-ignore: decorator
@inline
function filtered(level: i32, soft: bool): v128 {
  return fetch(filteredAt(level), filteredSize(level), soft);
}

// @ts-ignore: decorator
@inline
function sharp(level: i32, soft: bool): v128 {
  return fetch(sharpLevelAt(level), load<i32>(HEADER + H_ENV_MAP_SIZE) >> level, soft);
}

/**
 * Radiance at `octU`, `octV` for less roughness than that of the first filtered map, whose share `l` is. A lobe is about
 * as wide as its α = roughness², so that a level suits whose texels are to the first filtered map's as the squares of
 * roughness.
 */
function glossy(l: f32, soft: bool): v128 {
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE);
  if (size <= ENV_SIZE_1) return mix(sharp(0, soft), filtered(0, soft), l);
  // Half-size levels between the sharp map and the first filtered one.
  const last: i32 = 31 - clz(size) - FIRST_DEPTH;
  const lod = <f32>last + 2 * log2Fast(max<f32>(l, 1e-4));
  if (lod <= 0) return sharp(0, soft);
  const i = min(<i32>lod, last - 1);
  return mix(sharp(i, soft), i + 1 < last ? sharp(i + 1, soft) : filtered(0, soft), min<f32>(lod - <f32>i, 1));
}

/** Radiance about direction `d`, averaged over the lobe of a perceptual roughness; `soft`: texels do not show. */
export function radianceBy(d: v128, roughness: f32, soft: bool): v128 {
  project(d);
  const l = min<f32>(max<f32>(roughness, 0), 1) * <f32>ENV_FILTERED;
  const i = min(<i32>l, ENV_FILTERED - 1);
  const light = i == 0 ? glossy(l, soft) : mix(filtered(i - 1, soft), filtered(i, soft), l - <f32>i);
  return scale(light, load<f32>(HEADER + H_ENV_INTENSITY));
}

/** Radiance about direction `d`, averaged over the lobe of a perceptual roughness. */
export function radiance(d: v128, roughness: f32): v128 {
  return radianceBy(d, roughness, false);
}

/**
 * Luminance from direction `d`, blurred to about the share of the hemisphere that one occlusion ray stands for. The
 * nearest texel does: many rays are averaged. Intensity is not applied: only shares of this light are taken.
 */
export function ambient(d: v128): f32 {
  project(d);
  const n = filteredSize(AMBIENT_LEVEL);
  const x = <i32>(octU * <f32>n) + 1, y = <i32>(octV * <f32>n) + 1;
  return luminance(v128.load(filteredAt(AMBIENT_LEVEL) + (<usize>(y * (n + 2) + x) << 4)));
}
