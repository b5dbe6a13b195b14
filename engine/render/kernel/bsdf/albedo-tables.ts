// Directional albedos of the lobes, tabulated. What single scattering between microfacets loses is put back by them
// (Turquin, "Practical multiple scattering compensation for microfacet models", 2019), and layers below get what the
// layers above leave.

import {
  BSDF_TABLE_SIZE, GLASS_TABLE_COSINES, GLASS_TABLE_IORS, GLASS_TABLE_OFFSET, GLASS_TABLE_ROUGHNESSES, H_PATH_TABLES, HEADER,
} from '../layout';
import { point0, point1 } from '../sampling';
import { sinCosTurn, turnCos } from '../trigonometry';
import { add, bilinear, dot, normalizeOr, scale, sub, vec3, vec4, X, Y, Z } from '../vec';
import { normalReflectance, schlickWeight } from './fresnel';
import { lambda, MIN_ALPHA, visibleNormal } from './ggx';
import { maskedSheen, MIN_SHEEN_ALPHA, sheenLambda } from './sheen';

/** Samples of an entry: their error lies below 0.3 %. */
const SAMPLES: u32 = 256;
/** Largest (ior − 1) / (ior + 1) of the table for glass. */
const MOST_CONTRAST: f32 = 0.45;
/** Least cosine to the viewer. */
export const MIN_COSINE: f32 = 1e-3;

// @ts-ignore: decorator
@inline
function tables(): usize {
  return <usize>load<u32>(HEADER + H_PATH_TABLES);
}

/** Cosine of an entry: squared, so that grazing angles, where albedos change fast, are close together. */
// @ts-ignore: decorator
@inline
function cosineOf(index: i32, last: i32): f32 {
  const x = <f32>index / <f32>last;
  return max<f32>(x * x, MIN_COSINE);
}

// What the entries of one row have in common, in scratch memory.
const DIRECTION: usize = 0; // f32x4 a sample
const POINT: usize = 4096; // two f32 a sample
const LAMBDA: usize = 6144; // f32 a sample
// In place of directions, for glass: components of microfacets' normals, cosines to the viewer, and 1 + Λ + Λ of what they
// mirror, or 0 where that is lost; f32 a sample each.
const NORMAL_X: usize = 0;
const NORMAL_Y: usize = 1024;
const NORMAL_Z: usize = 2048;
const COSINE: usize = 3072;
const MASKING: usize = 6144;

/** The points of all samples. */
function fillPoints(scratch: usize, seed: u32): void {
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const p = scratch + POINT + (<usize>i << 3);
    store<f32>(p, point0(i, seed));
    store<f32>(p, point1(i, seed), 4);
  }
}

/**
 * Fills row `row` (a perceptual roughness) of the table of opaque lobes. For each cosine: albedo of GGX with reflectance
 * 1 − s and with reflectance s, where s is Schlick's weight; mean cosine between viewer and microfacets; albedo of white
 * sheen. `scratch` is the thread's.
 */
export function buildAlbedoRow(row: i32, scratch: usize): void {
  const roughness = <f32>row / <f32>(BSDF_TABLE_SIZE - 1);
  const alpha = max<f32>(roughness * roughness, MIN_ALPHA), fuzz = max<f32>(roughness * roughness, MIN_SHEEN_ALPHA);
  const up = vec3(0, 0, 1);
  fillPoints(scratch, 7);
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const p = scratch + POINT + (<usize>i << 3), v = load<f32>(p, 4);
    sinCosTurn(load<f32>(p));
    const sl = sqrt<f32>(max<f32>(1 - v * v, 0));
    const light = vec3(sl * turnCos, sl * sqrt<f32>(max<f32>(1 - turnCos * turnCos, 0)), max<f32>(v, 1e-4));
    v128.store(scratch + DIRECTION + (<usize>i << 4), light);
    store<f32>(scratch + LAMBDA + (<usize>i << 2), sheenLambda(Z(light), fuzz));
  }
  for (let column = 0; column < BSDF_TABLE_SIZE; column++) {
    const nv = cosineOf(column, BSDF_TABLE_SIZE - 1);
    const view = vec3(sqrt<f32>(1 - nv * nv), 0, nv);
    const viewLambda = lambda(view, alpha, alpha), viewFuzz = sheenLambda(nv, fuzz);
    let a: f32 = 0, b: f32 = 0, mean: f32 = 0, sheen: f32 = 0;
    for (let i: u32 = 0; i < SAMPLES; i++) {
      const p = scratch + POINT + (<usize>i << 3);
      const h = visibleNormal(view, alpha, alpha, load<f32>(p), load<f32>(p, 4));
      const vh = dot(view, h);
      const l = sub(scale(h, 2 * vh), view);
      if (Z(l) > 0) {
        const g = (<f32>1 + viewLambda) / (<f32>1 + viewLambda + lambda(l, alpha, alpha));
        const s = schlickWeight(vh);
        a += g * (1 - s);
        b += g * s;
        mean += g * vh;
      }
      const light = v128.load(scratch + DIRECTION + (<usize>i << 4));
      const half = normalizeOr(add(light, view), up);
      sheen += maskedSheen(Z(half), nv, Z(light), fuzz, viewFuzz, load<f32>(scratch + LAMBDA + (<usize>i << 2)));
    }
    const k = <f32>1 / <f32>SAMPLES;
    v128.store(
      tables() + ((<usize>(row * BSDF_TABLE_SIZE + column)) << 4),
      vec4(a * k, b * k, mean / max<f32>(a + b, 1e-6), sheen * k * <f32>6.2831853),
    );
  }
}

/** Fills the entries of one roughness of the table for rough glass: all that it reflects and lets through. `scratch` is the thread's. */
export function buildGlassRow(row: i32, scratch: usize): void {
  const roughness = <f32>row / <f32>(GLASS_TABLE_ROUGHNESSES - 1);
  const alpha = max<f32>(roughness * roughness, MIN_ALPHA);
  fillPoints(scratch, 11);
  for (let column = 0; column < GLASS_TABLE_COSINES; column++) {
    const nv = cosineOf(column, GLASS_TABLE_COSINES - 1);
    const view = vec3(sqrt<f32>(1 - nv * nv), 0, nv);
    const viewLambda = lambda(view, alpha, alpha);
    for (let i: u32 = 0; i < SAMPLES; i++) {
      const p = scratch + POINT + (<usize>i << 3), at = scratch + (<usize>i << 2);
      const h = visibleNormal(view, alpha, alpha, load<f32>(p), load<f32>(p, 4));
      const vh = dot(view, h);
      const l = sub(scale(h, 2 * vh), view);
      store<f32>(at, X(h), NORMAL_X);
      store<f32>(at, Y(h), NORMAL_Y);
      store<f32>(at, Z(h), NORMAL_Z);
      store<f32>(at, vh, COSINE);
      store<f32>(at, Z(l) > 0 ? <f32>1 + viewLambda + lambda(l, alpha, alpha) : <f32>0, MASKING);
    }
    for (let side = 0; side < 2; side++) {
      for (let step = 0; step < GLASS_TABLE_IORS; step++) {
        const contrast = max<f32>(<f32>step / <f32>(GLASS_TABLE_IORS - 1) * MOST_CONTRAST, 0.0015);
        const ior = (<f32>1 + contrast) / (<f32>1 - contrast);
        const index = ((side * GLASS_TABLE_IORS + step) * GLASS_TABLE_ROUGHNESSES + row) * GLASS_TABLE_COSINES + column;
        store<f32>(
          tables() + GLASS_TABLE_OFFSET + (<usize>index << 2),
          glassSum(scratch, view, <f32>1 + viewLambda, alpha, side ? <f32>1 / ior : ior) / <f32>(SAMPLES),
        );
      }
    }
  }
}

/**
 * Sum over the microfacets in scratch memory of what they reflect and let through at a relative index `eta`; `open` is
 * 1 + Λ of the viewer.
 */
function glassSum(scratch: usize, view: v128, open: f32, alpha: f32, eta: f32): f32 {
  const zero = f32x4.splat(0), half = f32x4.splat(0.5), one = f32x4.splat(1);
  const eta1 = f32x4.splat(eta), eta2 = f32x4.splat(eta * eta), masked = f32x4.splat(open), a = f32x4.splat(alpha);
  const r0 = f32x4.splat(normalReflectance(eta)), rest = f32x4.splat(<f32>1 - normalReflectance(eta));
  const thinner = eta < 1;
  const behind = scale(view, <f32>1 / eta);
  const bx = f32x4.splat(X(behind)), by = f32x4.splat(Y(behind)), bz = f32x4.splat(Z(behind));
  let sum: f32 = 0;
  for (let p = scratch; p < scratch + (SAMPLES << 2); p += 16) {
    const vh = v128.load(p, COSINE);
    const c2 = f32x4.sub(one, f32x4.div(f32x4.sub(one, f32x4.mul(vh, vh)), eta2));
    const lets = f32x4.gt(c2, zero), c = f32x4.sqrt(f32x4.pmax(c2, zero));
    const m = f32x4.sub(one, thinner ? c : vh), m2 = f32x4.mul(m, m);
    const f = f32x4.add(r0, f32x4.mul(rest, f32x4.mul(f32x4.mul(m2, m2), m)));
    const masking = v128.load(p, MASKING);
    const reflected = v128.and(f32x4.div(f32x4.mul(f, masked), masking), f32x4.gt(masking, zero));
    const k = f32x4.sub(f32x4.div(vh, eta1), c);
    const x = f32x4.mul(f32x4.sub(f32x4.mul(v128.load(p, NORMAL_X), k), bx), a);
    const y = f32x4.mul(f32x4.sub(f32x4.mul(v128.load(p, NORMAL_Y), k), by), a);
    const z = f32x4.sub(f32x4.mul(v128.load(p, NORMAL_Z), k), bz);
    const slope2 = f32x4.div(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.pmax(f32x4.mul(z, z), f32x4.splat(1e-12)));
    const beyond = f32x4.sub(f32x4.mul(half, f32x4.sqrt(f32x4.add(one, slope2))), half);
    const passed = v128.and(f32x4.div(f32x4.sub(one, f), f32x4.add(one, beyond)), v128.and(lets, f32x4.lt(z, zero)));
    sum = sum + f32x4.extract_lane(reflected, 0) + f32x4.extract_lane(passed, 0);
    sum = sum + f32x4.extract_lane(reflected, 1) + f32x4.extract_lane(passed, 1);
    sum = sum + f32x4.extract_lane(reflected, 2) + f32x4.extract_lane(passed, 2);
    sum = sum + f32x4.extract_lane(reflected, 3) + f32x4.extract_lane(passed, 3);
  }
  return sum;
}

/** The entry of the table of opaque lobes for a cosine and a perceptual roughness. */
export function albedoOf(cosine: f32, roughness: f32): v128 {
  const last = <f32>(BSDF_TABLE_SIZE - 1);
  const x = min<f32>(sqrt<f32>(max<f32>(cosine, 0)) * last, last - <f32>0.001);
  const y = min<f32>(max<f32>(roughness, 0) * last, last - <f32>0.001);
  const ix = <i32>x, iy = <i32>y;
  const p = tables() + ((<usize>(iy * BSDF_TABLE_SIZE + ix)) << 4);
  return bilinear(p, BSDF_TABLE_SIZE * 16, x - <f32>ix, y - <f32>iy);
}

// @ts-ignore: decorator
@inline
function glassRow(p: usize, fx: f32): f32 {
  const a = load<f32>(p);
  return a + (load<f32>(p, 4) - a) * fx;
}

// @ts-ignore: decorator
@inline
function glassPlane(p: usize, fx: f32, fy: f32): f32 {
  const a = glassRow(p, fx);
  return a + (glassRow(p + GLASS_TABLE_COSINES * 4, fx) - a) * fy;
}

/** All that rough glass of relative index `eta` reflects and lets through by single scattering. */
export function glassAlbedo(cosine: f32, roughness: f32, eta: f32): f32 {
  const x = min<f32>(sqrt<f32>(max<f32>(cosine, 0)) * <f32>(GLASS_TABLE_COSINES - 1), <f32>(GLASS_TABLE_COSINES - 1) - <f32>0.001);
  const y = min<f32>(max<f32>(roughness, 0) * <f32>(GLASS_TABLE_ROUGHNESSES - 1), <f32>(GLASS_TABLE_ROUGHNESSES - 1) - <f32>0.001);
  const contrast = abs<f32>((eta - 1) / (eta + 1));
  const z = min<f32>(contrast * (<f32>(GLASS_TABLE_IORS - 1) / MOST_CONTRAST), <f32>(GLASS_TABLE_IORS - 1) - <f32>0.001);
  const ix = <i32>x, iy = <i32>y, iz = <i32>z + (eta < 1 ? GLASS_TABLE_IORS : 0);
  const p = tables() + GLASS_TABLE_OFFSET + (<usize>((iz * GLASS_TABLE_ROUGHNESSES + iy) * GLASS_TABLE_COSINES + ix) << 2);
  const fx = x - <f32>ix, fy = y - <f32>iy;
  const a = glassPlane(p, fx, fy);
  return a + (glassPlane(p + GLASS_TABLE_ROUGHNESSES * GLASS_TABLE_COSINES * 4, fx, fy) - a) * (z - floor<f32>(z));
}
