// Light of the surroundings, prefiltered for each roughness, in octahedral maps.

import {
  ENV_LEVELS, ENV_SIZE_0, ENV_SIZE_1, ENV_SIZE_2, ENV_SIZE_3, ENV_SIZE_4, ENV_SIZE_5, ENV_SIZE_6, ENV_SIZE_7,
  ENV_SIZE_IRRADIANCE, H_ENV_COS, H_ENV_INTENSITY, H_ENV_SIN, H_ENVIRONMENT, HEADER,
} from './layout';
import { luminance, mix, scale, X, Y, Z } from './vec';

const AMBIENT_LEVEL: i32 = 5;

// @ts-ignore: decorator
@inline
function sizeOf(level: i32): i32 {
  switch (level) {
    case 0: return ENV_SIZE_0;
    case 1: return ENV_SIZE_1;
    case 2: return ENV_SIZE_2;
    case 3: return ENV_SIZE_3;
    case 4: return ENV_SIZE_4;
    case 5: return ENV_SIZE_5;
    case 6: return ENV_SIZE_6;
    case 7: return ENV_SIZE_7;
    default: return ENV_SIZE_IRRADIANCE;
  }
}

// Levels lie behind one another, each with its border; offsets in texels.
const AREA_0: i32 = (ENV_SIZE_0 + 2) * (ENV_SIZE_0 + 2);
const AREA_1: i32 = AREA_0 + (ENV_SIZE_1 + 2) * (ENV_SIZE_1 + 2);
const AREA_2: i32 = AREA_1 + (ENV_SIZE_2 + 2) * (ENV_SIZE_2 + 2);
const AREA_3: i32 = AREA_2 + (ENV_SIZE_3 + 2) * (ENV_SIZE_3 + 2);
const AREA_4: i32 = AREA_3 + (ENV_SIZE_4 + 2) * (ENV_SIZE_4 + 2);
const AREA_5: i32 = AREA_4 + (ENV_SIZE_5 + 2) * (ENV_SIZE_5 + 2);
const AREA_6: i32 = AREA_5 + (ENV_SIZE_6 + 2) * (ENV_SIZE_6 + 2);
const AREA_7: i32 = AREA_6 + (ENV_SIZE_7 + 2) * (ENV_SIZE_7 + 2);

// @ts-ignore: decorator
@inline
function offsetOf(level: i32): i32 {
  switch (level) {
    case 0: return 0;
    case 1: return AREA_0;
    case 2: return AREA_1;
    case 3: return AREA_2;
    case 4: return AREA_3;
    case 5: return AREA_4;
    case 6: return AREA_5;
    case 7: return AREA_6;
    default: return AREA_7;
  }
}

// Octahedral coordinates of the last direction, in [0, 1].
let octU: f32 = 0;
let octV: f32 = 0;

function project(d: v128): void {
  const c = load<f32>(HEADER + H_ENV_COS), s = load<f32>(HEADER + H_ENV_SIN);
  const x = X(d) * c - Z(d) * s, y = Y(d), z = X(d) * s + Z(d) * c;
  const n = <f32>1 / max<f32>(abs<f32>(x) + abs<f32>(y) + abs<f32>(z), 1e-20);
  let a = x * n, b = z * n;
  if (y < 0) {
    const oa = a;
    a = (<f32>1 - abs<f32>(b)) * (oa >= 0 ? <f32>1 : <f32>-1);
    b = (<f32>1 - abs<f32>(oa)) * (b >= 0 ? <f32>1 : <f32>-1);
  }
  octU = a * <f32>0.5 + <f32>0.5;
  octV = b * <f32>0.5 + <f32>0.5;
}

function fetch(level: i32): v128 {
  const n = sizeOf(level);
  const x = octU * <f32>n + <f32>0.5, y = octV * <f32>n + <f32>0.5;
  const ix = <i32>x, iy = <i32>y;
  const stride = <usize>(n + 2) << 4;
  const p = <usize>load<u32>(HEADER + H_ENVIRONMENT) + (<usize>(offsetOf(level) + iy * (n + 2) + ix) << 4);
  const fx = x - <f32>ix;
  return mix(
    mix(v128.load(p), v128.load(p, 16), fx),
    mix(v128.load(p + stride), v128.load(p + stride, 16), fx),
    y - <f32>iy,
  );
}

/** Radiance about direction `d`, averaged over the lobe of a perceptual roughness. */
export function radiance(d: v128, roughness: f32): v128 {
  project(d);
  const l = min<f32>(max<f32>(roughness, 0), 1) * <f32>(ENV_LEVELS - 1);
  const i = min(<i32>l, ENV_LEVELS - 2);
  return scale(mix(fetch(i), fetch(i + 1), l - <f32>i), load<f32>(HEADER + H_ENV_INTENSITY));
}

/**
 * Luminance from direction `d`, blurred to about the share of the hemisphere that one occlusion ray stands for. The
 * nearest texel does: many rays are averaged. Intensity is not applied: only shares of this light are taken.
 */
export function ambient(d: v128): f32 {
  project(d);
  const n = sizeOf(AMBIENT_LEVEL);
  const x = <i32>(octU * <f32>n) + 1, y = <i32>(octV * <f32>n) + 1;
  return luminance(v128.load(<usize>load<u32>(HEADER + H_ENVIRONMENT) + (<usize>(offsetOf(AMBIENT_LEVEL) + y * (n + 2) + x) << 4)));
}

/** Irradiance on a surface facing `n`, divided by π. */
export function irradiance(n: v128): v128 {
  project(n);
  return scale(fetch(ENV_LEVELS), load<f32>(HEADER + H_ENV_INTENSITY));
}
