// From scene light to display light. Both are linear; scene light has the primaries of Rec. 709 (sRGB).

import {
  H_COLOR_SPACE, H_TONE_MAPPING, HEADER, SPACE_DISPLAY_P3, TONE_ACES, TONE_AGX, TONE_NEUTRAL,
} from './layout';
import { add, largest, madd, mix, mul, scale, sub, vec3, X, Y, Z } from './vec';

/** The largest finite half float; brighter light than that is cut off, so that no curve meets infinity. */
const BRIGHTEST: f32 = 65504;

/** Khronos PBR Neutral tone mapping (specification of 2024): linear in, linear in [0, 1] out. */
function pbrNeutral(c: v128): v128 {
  const start: f32 = 0.8 - 0.04,
    desaturation: f32 = 0.15;
  const low = min<f32>(X(c), min<f32>(Y(c), Z(c)));
  const offset = low < <f32>0.08 ? low - <f32>6.25 * low * low : <f32>0.04;
  c = sub(c, f32x4.splat(offset));
  const peak = largest(c);
  if (peak < start) return c;
  const d = <f32>1 - start;
  const compressed = <f32>1 - (d * d) / (peak + d - start);
  c = scale(c, compressed / peak);
  const g = <f32>1 - <f32>1 / (desaturation * (peak - compressed) + <f32>1);
  return mix(c, f32x4.splat(compressed), g);
}

/** The product of a matrix, given by its columns, with a vector. */
// @ts-ignore: decorator
@inline
function transform(c: v128, a: v128, b: v128, d: v128): v128 {
  return add(add(scale(a, X(c)), scale(b, Y(c))), scale(d, Z(c)));
}

/**
 * ACES: reference rendering transform and output transform for sRGB at 100 nits, in Stephen Hill's fit of 2015, with no
 * exposure correction. Saturated light may leave [0, 1].
 */
function aces(c: v128): v128 {
  c = transform(c, vec3(0.59719, 0.076, 0.0284), vec3(0.35458, 0.90834, 0.13383), vec3(0.04823, 0.01566, 0.83777));
  const a = sub(mul(c, add(c, f32x4.splat(0.0245786))), f32x4.splat(0.000090537));
  const b = add(mul(c, add(scale(c, 0.983729), f32x4.splat(0.432951))), f32x4.splat(0.238081));
  return transform(
    f32x4.div(a, b),
    vec3(1.60475, -0.10208, -0.00327), vec3(-0.53108, 1.10813, -0.07276), vec3(-0.07367, -0.00605, 1.07602),
  );
}

/** Share of AgX's range of 16.5 stops around middle grey in which `x` lies. */
// @ts-ignore: decorator
@inline
function agxLog(x: f32): f32 {
  const least: f32 = -12.47393, most: f32 = 4.026069;
  const e = (Mathf.log2(max<f32>(x, 1e-10)) - least) * (<f32>1 / (most - least));
  return min<f32>(max<f32>(e, 0), 1);
}

// @ts-ignore: decorator
@inline
function agxLinear(x: f32): f32 {
  return Mathf.pow(max<f32>(x, 0), 2.2);
}

/**
 * AgX (Troy Sobotka, 2022) with the base look: Rec. 2020 as in Blender 4 and Filament, the curve as the polynomial of
 * degree six that Benjamin Wrensch fitted ("Minimal AgX Implementation", 2023; mean squared error 3.7e−6). Saturated
 * light may leave [0, 1].
 */
function agx(c: v128): v128 {
  c = transform(
    c, vec3(0.627403896, 0.069097289, 0.016391439), vec3(0.329283038, 0.919540395, 0.088013308), vec3(0.043313066, 0.011362316, 0.895595253),
  );
  c = transform(
    c, vec3(0.856627153, 0.137318973, 0.111898212), vec3(0.0951212405, 0.761241991, 0.0767994186), vec3(0.0482516061, 0.101439036, 0.811302368),
  );
  const x = vec3(agxLog(X(c)), agxLog(Y(c)), agxLog(Z(c)));
  const x2 = mul(x, x), x4 = mul(x2, x2);
  let y = sub(scale(mul(x4, x2), 15.5), scale(mul(x4, x), 40.14));
  y = madd(y, x4, 31.96);
  y = madd(y, mul(x2, x), -6.868);
  y = madd(y, x2, 0.4298);
  y = add(madd(y, x, 0.1191), f32x4.splat(-0.00232));
  y = transform(
    y, vec3(1.12710058, -0.141329763, -0.141329763), vec3(-0.110606643, 1.1578237, -0.110606643), vec3(-0.0164939387, -0.0164939387, 1.25193641),
  );
  y = vec3(agxLinear(X(y)), agxLinear(Y(y)), agxLinear(Z(y)));
  return transform(
    y, vec3(1.660491002, -0.124550475, -0.018150763), vec3(-0.587641139, 1.132899897, -0.100578898), vec3(-0.072849864, -0.008349422, 1.118729661),
  );
}

/** Linear light with the primaries of Rec. 709 in the primaries of the picture (Display P3: SMPTE EG 432-1, D65). */
// @ts-ignore: decorator
@inline
export function toPictureSpace(c: v128): v128 {
  if (load<i32>(HEADER + H_COLOR_SPACE) != SPACE_DISPLAY_P3) return c;
  return transform(
    c, vec3(0.8224619687, 0.0331941989, 0.0170826307), vec3(0.1775380313, 0.9668058011, 0.0723974407), vec3(0, 0, 0.9105199286),
  );
}

/** Scene light without what no picture can hold: NaN, negative, and above the largest half float. */
// @ts-ignore: decorator
@inline
export function representable(c: v128): v128 {
  // NaN compares false, so that zero stays.
  return f32x4.pmin(f32x4.splat(BRIGHTEST), f32x4.pmax(f32x4.splat(0), c));
}

/** Linear light in the picture's primaries, cut to what a display shows. */
// @ts-ignore: decorator
@inline
export function displayable(c: v128): v128 {
  return f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), toPictureSpace(c)));
}

/**
 * Scene light, exposed, as the picture shows it: tone-mapped, in the picture's primaries, linear in [0, 1]. Colours
 * outside of sRGB that a curve makes are cut only after they are in the picture's primaries.
 */
export function toneMapped(c: v128): v128 {
  c = representable(c);
  const curve = load<i32>(HEADER + H_TONE_MAPPING);
  if (curve == TONE_NEUTRAL) c = pbrNeutral(c);
  else if (curve == TONE_ACES) c = aces(c);
  else if (curve == TONE_AGX) c = agx(c);
  return displayable(c);
}

/**
 * The sRGB curve (IEC 61966-2-1) of linear light in [0, 1], as a number in [0, 255], a lane each. In place of the power
 * stands a sum of roots that is within 0.009 of it (fitted by weighted least squares): rounded, bytes come back as they
 * were.
 */
// @ts-ignore: decorator
@inline
function encoded(c: v128): v128 {
  const r2 = f32x4.sqrt(c), r4 = f32x4.sqrt(r2);
  const roots = add(scale(r2, 286.260213), scale(r4, 50.0251819));
  const rest = sub(scale(c, 20.7326975), add(scale(mul(r2, r4), 85.5317057), f32x4.splat(16.4775028)));
  return v128.bitselect(scale(c, 3294.6), add(roots, rest), f32x4.lt(c, f32x4.splat(0.0031308)));
}

/** The pixel of linear display light in [0, 1] with alpha that is not premultiplied; Display P3 has sRGB's curve. */
// @ts-ignore: decorator
@inline
export function displayPixel(c: v128, alpha: f32): u32 {
  // NaN compares false, so that zero stays.
  const light = f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), c));
  const bytes = i32x4.trunc_sat_f32x4_s(
    add(f32x4.replace_lane(encoded(light), 3, alpha * 255), f32x4.splat(0.5)),
  );
  return <u32>(i32x4.extract_lane(bytes, 0) | (i32x4.extract_lane(bytes, 1) << 8)
    | (i32x4.extract_lane(bytes, 2) << 16) | (i32x4.extract_lane(bytes, 3) << 24));
}

/** The light that `pbrNeutral` turns into the display colour `y`, in [0, 1): its inverse. */
export function beforeNeutral(y: v128): v128 {
  const start: f32 = 0.8 - 0.04, desaturation: f32 = 0.15;
  let c = f32x4.pmin(f32x4.pmax(y, f32x4.splat(0)), f32x4.splat(0.995));
  const compressed = largest(c);
  if (compressed > start) {
    const d = <f32>1 - start;
    const peak = d * d / (<f32>1 - compressed) + start - d;
    const g = <f32>1 - <f32>1 / (desaturation * (peak - compressed) + <f32>1);
    c = scale(sub(c, f32x4.splat(compressed * g)), peak / (compressed * (<f32>1 - g)));
  }
  const low = max<f32>(min<f32>(X(c), min<f32>(Y(c), Z(c))), 0);
  const offset = low < <f32>0.04 ? sqrt<f32>(low / <f32>6.25) - low : <f32>0.04;
  return add(f32x4.pmax(c, f32x4.splat(0)), f32x4.splat(offset));
}
