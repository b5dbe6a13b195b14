// Directions drawn from the prepared lobes.

import { sinCosTurn, turnCos, turnSin } from '../trigonometry';
import { add, cross, dot, normalizeOr, scale, sub, vec3, X, Y, Z } from '../vec';
import { bsdfPdf, evaluateBsdf, mirrored } from './evaluate';
import { refract, refracted } from './fresnel';
import { visibleNormal } from './ggx';
import {
  ac, ax, ay, bends, coatView, eta, fresnel, pBehind, pCoat, pDiffuse, pFuzz, pSpecular, reflecting, view, viewer,
  world,
} from './lobes';
import { coatZ, frameY, frameZ, side } from './parameters';

/** The last sample: unit direction, f · |cos| / density, whether it went through the surface, and its lobe's α. */
export let sampledDirection: v128 = f32x4.splat(0);
export let sampledWeight: v128 = f32x4.splat(0);
export let sampledThrough: bool = false;
export let sampledAlpha: f32 = 1;

/** Direction about the coat's normal. */
function aboutCoat(l: v128): v128 {
  // The viewer lies in the x-z plane of this frame.
  const x = normalizeOr(sub(viewer, scale(coatZ, dot(viewer, coatZ))), cross(coatZ, frameY));
  const y = cross(coatZ, x);
  return add(add(scale(x, X(l)), scale(y, Y(l))), scale(coatZ, Z(l)));
}

/**
 * Draws a direction for three numbers in [0, 1) and sets the `sampled…` globals and `bsdfPdf`; false where nothing comes
 * back.
 */
export function sampleBsdf(u: f32, v: f32, choice: f32): bool {
  let w: v128;
  let behind = false;
  sampledAlpha = 1;
  if (choice < pSpecular) {
    const h = visibleNormal(view, ax, ay, u, v);
    const vh = dot(view, h);
    fresnel(vh);
    sampledAlpha = min<f32>(ax, ay);
    if (choice < pSpecular * reflecting) {
      const l = sub(scale(h, 2 * vh), view);
      if (!(Z(l) > 0)) return false;
      w = world(l);
    } else {
      behind = true;
      if (!bends) {
        const l = sub(scale(h, 2 * vh), view);
        if (!(Z(l) > 0)) return false;
        w = world(f32x4.replace_lane(l, 2, -Z(l)));
      } else {
        if (!refract(scale(view, -1), h, eta) || !(Z(refracted) < 0)) return false;
        w = world(refracted);
      }
    }
  } else if (choice < pSpecular + pDiffuse + pBehind) {
    behind = choice >= pSpecular + pDiffuse;
    sinCosTurn(u);
    const r = sqrt<f32>(v);
    const z = sqrt<f32>(max<f32>(1 - v, 1e-8));
    w = world(vec3(r * turnCos, r * turnSin, behind ? -z : z));
  } else if (choice < pSpecular + pDiffuse + pBehind + pCoat) {
    const s = sqrt<f32>(max<f32>(1 - coatView * coatView, 0));
    const c = vec3(s, 0, coatView);
    const h = visibleNormal(c, ac, ac, u, v);
    const l = sub(scale(h, 2 * dot(c, h)), c);
    if (!(Z(l) > 0)) return false;
    w = aboutCoat(l);
    sampledAlpha = ac;
  } else {
    if (pFuzz == 0) return false;
    sinCosTurn(u);
    const s = sqrt<f32>(max<f32>(1 - v * v, 0));
    w = world(vec3(s * turnCos, s * turnSin, max<f32>(v, 1e-4)));
  }
  if (dot(w, side) > 0 == behind) w = mirrored(w);
  w = normalizeOr(w, frameZ);
  const f = evaluateBsdf(w);
  if (!(bsdfPdf > 0)) return false;
  sampledDirection = w;
  sampledThrough = behind;
  sampledWeight = scale(f, <f32>1 / bsdfPdf);
  return true;
}
