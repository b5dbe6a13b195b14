// The Charlie sheen lobe (Estevez and Kulla, "Production friendly microfacet sheen BRDF", 2017), as
// KHR_materials_sheen prescribes it.

import { saturate } from '../vec';

/** Least sheen roughness (α): thinner lobes are all at the horizon and beyond single precision. */
export const MIN_SHEEN_ALPHA: f32 = 0.005;

/** Density of fibres with a half vector at cosine `nh`. */
// @ts-ignore: decorator
@inline
function sheenDistribution(nh: f32, alpha: f32): f32 {
  const inv = <f32>1 / alpha;
  const sin2 = max<f32>(1 - nh * nh, 1e-7);
  return (<f32>2 + inv) * Mathf.pow(sin2, inv * <f32>0.5) * <f32>0.159154943;
}

/** Fit of the shadowing term: a, b, c, d, e between roughness 0 and 1 (table of the paper). */
function shadowingCurve(x: f32, alpha: f32): f32 {
  const s = (<f32>1 - alpha) * (<f32>1 - alpha);
  const a: f32 = <f32>21.5473 + (<f32>25.3245 - <f32>21.5473) * s;
  const b: f32 = <f32>3.82987 + (<f32>3.32435 - <f32>3.82987) * s;
  const c: f32 = <f32>0.19823 + (<f32>0.16801 - <f32>0.19823) * s;
  const d: f32 = <f32>-1.97760 + (<f32>-1.27393 + <f32>1.97760) * s;
  const e: f32 = <f32>-4.32054 + (<f32>-4.85967 + <f32>4.32054) * s;
  return a / (<f32>1 + b * Mathf.pow(x, c)) + d * x + e;
}

/** Λ of the sheen's shadowing. */
export function sheenLambda(cosine: f32, alpha: f32): f32 {
  const c = max<f32>(saturate(cosine), 1e-4);
  if (c < 0.5) return Mathf.exp(shadowingCurve(c, alpha));
  return Mathf.exp(<f32>2 * shadowingCurve(0.5, alpha) - shadowingCurve(<f32>1 - c, alpha));
}

/** The lobe with the cosine to the light, for white sheen: D · V · cos. `viewLambda` is that of the cosine `nv`. */
export function sheenLobe(nh: f32, nv: f32, nl: f32, alpha: f32, viewLambda: f32): f32 {
  return maskedSheen(nh, nv, nl, alpha, viewLambda, sheenLambda(nl, alpha));
}

/** `sheenLobe` where `lightLambda`, that of the cosine `nl`, is known too. */
// @ts-ignore: decorator
@inline
export function maskedSheen(nh: f32, nv: f32, nl: f32, alpha: f32, viewLambda: f32, lightLambda: f32): f32 {
  const v = <f32>1 / ((<f32>1 + viewLambda + lightLambda) * 4 * nv * nl);
  return sheenDistribution(nh, alpha) * min<f32>(v, 1) * nl;
}
