// Irradiance of the surroundings, in spherical harmonics: smooth everywhere, which a map between texels is not.
//
// Ramamoorthi and Hanrahan, "An efficient representation for irradiance environment maps", 2001, with the fourth band
// beside the first three (the third is zero); what is left out is less than 1 % of the light of a single sun.

import { H_ENV_INTENSITY, H_ENV_IRRADIANCE, HEADER } from './layout';
import { strideOf, texelSpread, turnedX, turnedZ, unprojectUnturned } from './octahedral';
import { madd, scale, X, Y, Z } from './vec';

/** Coefficients, f32x4 each. */
const IRRADIANCE_TERMS: i32 = 18;

/** Polynomial of a term on the unit sphere. */
function term(i: i32, x: f32, y: f32, z: f32): f32 {
  const z2 = z * z, d = x * x - y * y;
  switch (i) {
    case 0: return 1;
    case 1: return x;
    case 2: return y;
    case 3: return z;
    case 4: return x * y;
    case 5: return y * z;
    case 6: return x * z;
    case 7: return 3 * z2 - 1;
    case 8: return d;
    case 9: return x * y * d;
    case 10: return y * z * (3 * x * x - y * y);
    case 11: return x * y * (7 * z2 - 1);
    case 12: return y * z * (7 * z2 - 3);
    case 13: return (35 * z2 - 30) * z2 + 3;
    case 14: return x * z * (7 * z2 - 3);
    case 15: return d * (7 * z2 - 1);
    case 16: return x * z * (x * x - 3 * y * y);
    default: return x * x * (x * x - 3 * y * y) - y * y * (3 * x * x - y * y);
  }
}

/** Square of a term's norm times the cosine's coefficient of its band over π: 1, 2/3, 1/4 and −1/24. */
function weightOf(i: i32): f32 {
  switch (i) {
    case 0: return <f32>(0.07957747);
    case 1: case 2: case 3: return <f32>(0.23873241 * 2 / 3);
    case 4: case 5: case 6: return <f32>(1.19366207 / 4);
    case 7: return <f32>(0.09947184 / 4);
    case 8: return <f32>(0.29841552 / 4);
    case 9: return <f32>(-6.26672586 / 24);
    case 10: case 16: return <f32>(-3.13336293 / 24);
    case 11: return <f32>(-0.89524655 / 24);
    case 12: case 14: return <f32>(-0.44762328 / 24);
    case 13: return <f32>(-0.01119058 / 24);
    case 15: return <f32>(-0.22381164 / 24);
    default: return <f32>(-0.39167037 / 24);
  }
}

/** Finds the coefficients from a level of the sharp map. */
export function buildIrradiance(map: usize, size: i32): void {
  const out = <usize>load<u32>(HEADER + H_ENV_IRRADIANCE);
  memory.fill(out, 0, IRRADIANCE_TERMS << 4);
  const k = <f32>1 / <f32>size;
  let whole: f32 = 0;
  for (let y = 0; y < size; y++) {
    let p = map + <usize>(y + 1) * strideOf(size) + 16;
    for (let x = 0; x < size; x++, p += 16) {
      const d = unprojectUnturned((<f32>x + <f32>0.5) * k, (<f32>y + <f32>0.5) * k);
      const area = texelSpread(x, y, k) * k * k;
      const light = scale(v128.load(p), area);
      whole += area;
      for (let i = 0; i < IRRADIANCE_TERMS; i++) {
        const at = out + (<usize>i << 4);
        v128.store(at, madd(v128.load(at), light, term(i, X(d), Y(d), Z(d))));
      }
    }
  }
  // Areas of texels are those of their middles: together they are the sphere but for a little.
  const full = <f32>12.5663706 / whole;
  for (let i = 0; i < IRRADIANCE_TERMS; i++) {
    const at = out + (<usize>i << 4);
    v128.store(at, scale(v128.load(at), weightOf(i) * full));
  }
}

/** Irradiance on a surface facing `n`, divided by π. */
export function irradiance(n: v128): v128 {
  const x = turnedX(n), y = Y(n), z = turnedZ(n);
  const p = <usize>load<u32>(HEADER + H_ENV_IRRADIANCE);
  const x2 = x * x, y2 = y * y, z2 = z * z, d = x2 - y2, xy = x * y, yz = y * z, xz = x * z;
  let sum = v128.load(p);
  sum = madd(sum, v128.load(p, 16), x);
  sum = madd(sum, v128.load(p, 32), y);
  sum = madd(sum, v128.load(p, 48), z);
  sum = madd(sum, v128.load(p, 64), xy);
  sum = madd(sum, v128.load(p, 80), yz);
  sum = madd(sum, v128.load(p, 96), xz);
  sum = madd(sum, v128.load(p, 112), 3 * z2 - 1);
  sum = madd(sum, v128.load(p, 128), d);
  sum = madd(sum, v128.load(p, 144), xy * d);
  sum = madd(sum, v128.load(p, 160), yz * (3 * x2 - y2));
  const s: f32 = 7 * z2 - 1, t: f32 = 7 * z2 - 3;
  sum = madd(sum, v128.load(p, 176), xy * s);
  sum = madd(sum, v128.load(p, 192), yz * t);
  sum = madd(sum, v128.load(p, 208), (35 * z2 - 30) * z2 + 3);
  sum = madd(sum, v128.load(p, 224), xz * t);
  sum = madd(sum, v128.load(p, 240), d * s);
  const u: f32 = x2 - 3 * y2;
  sum = madd(sum, v128.load(p, 256), xz * u);
  sum = madd(sum, v128.load(p, 272), x2 * u - y2 * (3 * x2 - y2));
  return scale(f32x4.pmax(sum, f32x4.splat(0)), load<f32>(HEADER + H_ENV_INTENSITY));
}
