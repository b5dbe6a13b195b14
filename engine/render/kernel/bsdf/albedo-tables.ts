// Directional albedos of the lobes, tabulated. What single scattering between microfacets loses is put back by them
// (Turquin, "Practical multiple scattering compensation for microfacet models", 2019), and layers below get what the
// layers above leave.

import {
  BSDF_TABLE_SIZE, GLASS_TABLE_COSINES, GLASS_TABLE_IORS, GLASS_TABLE_OFFSET, GLASS_TABLE_ROUGHNESSES, H_PATH_TABLES, HEADER,
} from '../layout';
import { point0, point1 } from '../sampling';
import { sinCosTurn, turnCos } from '../trigonometry';
import { dot, mix, normalizeOr, add, scale, sub, vec3, vec4, X, Y, Z } from '../vec';
import { normalReflectance, pow5, schlickWeight, thinnerCosine } from './fresnel';
import { lambda, MIN_ALPHA, visibleNormal } from './ggx';
import { MIN_SHEEN_ALPHA, sheenLambda, sheenLobe } from './sheen';

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

/**
 * Fills row `row` (a perceptual roughness) of the table of opaque lobes. For each cosine: albedo of GGX with reflectance
 * 1 − s and with reflectance s, where s is Schlick's weight; mean cosine between viewer and microfacets; albedo of white
 * sheen.
 */
export function buildAlbedoRow(row: i32): void {
  const roughness = <f32>row / <f32>(BSDF_TABLE_SIZE - 1);
  const alpha = max<f32>(roughness * roughness, MIN_ALPHA), fuzz = max<f32>(roughness * roughness, MIN_SHEEN_ALPHA);
  const up = vec3(0, 0, 1);
  for (let column = 0; column < BSDF_TABLE_SIZE; column++) {
    const nv = cosineOf(column, BSDF_TABLE_SIZE - 1);
    const view = vec3(sqrt<f32>(1 - nv * nv), 0, nv);
    const viewLambda = lambda(view, alpha, alpha), viewFuzz = sheenLambda(nv, fuzz);
    let a: f32 = 0, b: f32 = 0, mean: f32 = 0, sheen: f32 = 0;
    for (let i: u32 = 0; i < SAMPLES; i++) {
      const u = point0(i, 7), v = point1(i, 7);
      const h = visibleNormal(view, alpha, alpha, u, v);
      const vh = dot(view, h);
      const l = sub(scale(h, 2 * vh), view);
      if (Z(l) > 0) {
        const g = (<f32>1 + viewLambda) / (<f32>1 + viewLambda + lambda(l, alpha, alpha));
        const s = schlickWeight(vh);
        a += g * (1 - s);
        b += g * s;
        mean += g * vh;
      }
      sinCosTurn(u);
      const sl = sqrt<f32>(max<f32>(1 - v * v, 0));
      const light = vec3(sl * turnCos, sl * sqrt<f32>(max<f32>(1 - turnCos * turnCos, 0)), max<f32>(v, 1e-4));
      const half = normalizeOr(add(light, view), up);
      sheen += sheenLobe(Z(half), nv, Z(light), fuzz, viewFuzz);
    }
    const k = <f32>1 / <f32>SAMPLES;
    v128.store(
      tables() + ((<usize>(row * BSDF_TABLE_SIZE + column)) << 4),
      vec4(a * k, b * k, mean / max<f32>(a + b, 1e-6), sheen * k * <f32>6.2831853),
    );
  }
}

/** Fills the entries of one roughness of the table for rough glass: all that it reflects and lets through. */
export function buildGlassRow(row: i32): void {
  const roughness = <f32>row / <f32>(GLASS_TABLE_ROUGHNESSES - 1);
  const alpha = max<f32>(roughness * roughness, MIN_ALPHA);
  for (let side = 0; side < 2; side++) {
    for (let step = 0; step < GLASS_TABLE_IORS; step++) {
      const contrast = max<f32>(<f32>step / <f32>(GLASS_TABLE_IORS - 1) * MOST_CONTRAST, 0.0015);
      const ior = (<f32>1 + contrast) / (<f32>1 - contrast);
      const eta = side ? <f32>1 / ior : ior;
      for (let column = 0; column < GLASS_TABLE_COSINES; column++) {
        const nv = cosineOf(column, GLASS_TABLE_COSINES - 1);
        const view = vec3(sqrt<f32>(1 - nv * nv), 0, nv);
        const viewLambda = lambda(view, alpha, alpha);
        let sum: f32 = 0;
        for (let i: u32 = 0; i < SAMPLES; i++) {
          const h = visibleNormal(view, alpha, alpha, point0(i, 11), point1(i, 11));
          const vh = dot(view, h);
          const s = pow5(<f32>1 - thinnerCosine(vh, eta));
          const r0 = normalReflectance(eta);
          const f = r0 + (<f32>1 - r0) * s;
          const l = sub(scale(h, 2 * vh), view);
          if (Z(l) > 0) sum += f * (<f32>1 + viewLambda) / (<f32>1 + viewLambda + lambda(l, alpha, alpha));
          const c2 = <f32>1 - (<f32>1 - vh * vh) / (eta * eta);
          if (c2 <= 0) continue;
          const t = sub(scale(h, vh / eta - sqrt<f32>(c2)), scale(view, <f32>1 / eta));
          if (Z(t) < 0) sum += (<f32>1 - f) / (<f32>1 + lambda(t, alpha, alpha));
        }
        const index = ((side * GLASS_TABLE_IORS + step) * GLASS_TABLE_ROUGHNESSES + row) * GLASS_TABLE_COSINES + column;
        store<f32>(tables() + GLASS_TABLE_OFFSET + (<usize>index << 2), sum / <f32>(SAMPLES));
      }
    }
  }
}

/** The entry of the table of opaque lobes for a cosine and a perceptual roughness. */
export function albedoOf(cosine: f32, roughness: f32): v128 {
  const last = <f32>(BSDF_TABLE_SIZE - 1);
  const x = min<f32>(sqrt<f32>(max<f32>(cosine, 0)) * last, last - <f32>0.001);
  const y = min<f32>(max<f32>(roughness, 0) * last, last - <f32>0.001);
  const ix = <i32>x, iy = <i32>y;
  const p = tables() + ((<usize>(iy * BSDF_TABLE_SIZE + ix)) << 4);
  const fx = x - <f32>ix;
  return mix(
    mix(v128.load(p), v128.load(p, 16), fx),
    mix(v128.load(p, BSDF_TABLE_SIZE * 16), v128.load(p, BSDF_TABLE_SIZE * 16 + 16), fx),
    y - <f32>iy,
  );
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
