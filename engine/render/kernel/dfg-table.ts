// Directional albedos of the lobes of `preview`, tabulated over the cosine to the viewer and perceptual roughness. Those
// of `path`, which also puts multiple scattering back, are in bsdf/albedo-tables.ts.

import { maskedSheen, MIN_SHEEN_ALPHA, sheenLambda } from './bsdf/sheen';
import { DFG_SIZE, H_LUT_DFG, HEADER } from './layout';
import { point0, point1 } from './sampling';
import { add, bilinear, dot, normalizeOr, scale, sub, vec3, vec4, W, X, Y, Z } from './vec';

const SAMPLES: u32 = 64;

/**
 * Fills row `row` of the table: the split-sum scale and bias of GGX with the height-correlated Smith term (Karris
 * 2013; Heitz 2014), the directional albedo of the Charlie sheen lobe (Estevez and Kulla 2017), and the mean cosine between
 * the viewer and the microfacets of GGX that he sees by. `scratch` is the thread's.
 */
export function buildDfgRow(row: i32, scratch: usize): void {
  const roughness = max<f32>((<f32>row + <f32>0.5) / <f32>DFG_SIZE, 0.02);
  const alpha = roughness * roughness,
    a2 = alpha * alpha;
  const fuzz = max<f32>(alpha, MIN_SHEEN_ALPHA);
  const up = vec3(0, 0, 1);
  // Of each sample: a number, cosine and sine of a turn, and Λ of the sheen's light.
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const p = point0(i, 7), phi = point1(i, 7) * <f32>6.2831853;
    v128.store(scratch + (<usize>i << 4), vec4(p, Mathf.cos(phi), Mathf.sin(phi), sheenLambda(max<f32>(p, 1e-4), fuzz)));
  }
  for (let column = 0; column < DFG_SIZE; column++) {
    const nv = (<f32>column + <f32>0.5) / <f32>DFG_SIZE;
    const view = vec3(sqrt<f32>(1 - nv * nv), 0, nv);
    const viewFuzz = sheenLambda(nv, fuzz);
    const wi = normalizeOr(vec3(alpha * X(view), 0, nv), up);
    let a: f32 = 0,
      b: f32 = 0,
      mean: f32 = 0,
      sheen: f32 = 0;
    for (let i: u32 = 0; i < SAMPLES; i++) {
      const sample = v128.load(scratch + (<usize>i << 4));
      const p = X(sample), cosPhi = Y(sample), sinPhi = Z(sample);
      // Visible normals of GGX (Heitz 2018): far less noise at grazing angles than normals by distribution alone.
      const r = sqrt<f32>(p);
      const t1 = r * cosPhi;
      const s = <f32>0.5 * (<f32>1 + Z(wi));
      const t2 = (<f32>1 - s) * sqrt<f32>(max<f32>(1 - t1 * t1, 0)) + s * r * sinPhi;
      const tz = sqrt<f32>(max<f32>(1 - t1 * t1 - t2 * t2, 0));
      // Basis about wi, which lies in the x-z plane: t1 along y, t2 along wi × y.
      const n = add(add(scale(vec3(0, 1, 0), t1), scale(vec3(-Z(wi), 0, X(wi)), t2)), scale(wi, tz));
      const h = normalizeOr(vec3(alpha * X(n), alpha * f32x4.extract_lane(n, 1), max<f32>(Z(n), 1e-6)), up);
      const vh = dot(view, h);
      const l = sub(scale(h, 2 * vh), view);
      const nl = Z(l);
      if (nl > 0) {
        // Weight of a visible-normal sample: G2 / G1(view).
        const lv = sqrt<f32>(a2 + (1 - a2) * nv * nv),
          ll = sqrt<f32>(a2 + (1 - a2) * nl * nl);
        const g2 = (<f32>2 * nv * nl) / (nl * lv + nv * ll);
        const g1 = (<f32>2 * nv) / (nv + lv);
        const g = g2 / g1;
        const m = <f32>1 - min<f32>(max<f32>(vh, 0), 1);
        const f = m * m * m * m * m;
        a += g * (1 - f);
        b += g * f;
        mean += g * vh;
      }
      // Charlie over a uniform hemisphere.
      const cl = p,
        sl = sqrt<f32>(1 - cl * cl);
      const light = vec3(sl * cosPhi, sl * sinPhi, cl);
      const half = normalizeOr(add(light, view), up);
      sheen += maskedSheen(Z(half), nv, max<f32>(cl, 1e-4), fuzz, viewFuzz, W(sample)) * <f32>6.2831853;
    }
    const k = <f32>1 / <f32>SAMPLES;
    v128.store(
      <usize>load<u32>(HEADER + H_LUT_DFG) + ((<usize>(row * DFG_SIZE + column)) << 4),
      vec4(a * k, b * k, min<f32>(sheen * k, 1), mean / max<f32>(a + b, 1e-6)),
    );
  }
}

/** Scale, bias, sheen albedo and mean cosine for a cosine and a perceptual roughness. */
export function directionalAlbedo(nv: f32, roughness: f32): v128 {
  const x = min<f32>(max<f32>(nv * <f32>DFG_SIZE - <f32>0.5, 0), <f32>DFG_SIZE - <f32>1.001);
  const y = min<f32>(max<f32>(roughness * <f32>DFG_SIZE - <f32>0.5, 0), <f32>DFG_SIZE - <f32>1.001);
  const ix = <i32>x,
    iy = <i32>y;
  const p = <usize>load<u32>(HEADER + H_LUT_DFG) + ((<usize>(iy * DFG_SIZE + ix)) << 4);
  return bilinear(p, DFG_SIZE * 16, x - <f32>ix, y - <f32>iy);
}
