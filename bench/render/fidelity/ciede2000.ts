import { labOfSrgb, type Triple } from './color-spaces.ts';
import type { Picture } from './picture.ts';

const DEGREE = Math.PI / 180;

/** Hue angle in degrees, [0, 360); 0 for grey. */
function hue(b: number, a: number): number {
  if (a === 0 && b === 0) return 0;
  const h = Math.atan2(b, a) / DEGREE;
  return h < 0 ? h + 360 : h;
}

/**
 * Difference of two colours in CIE L*a*b* by CIEDE2000 with all weights 1: about 1 is just noticeable. Written after
 * Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test data, and
 * mathematical observations" (2005).
 */
export function ciede2000([l1, a1, b1]: Readonly<Triple>, [l2, a2, b2]: Readonly<Triple>): number {
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [u1, u2] = [(1 + g) * a1, (1 + g) * a2];
  const [c1, c2] = [Math.hypot(u1, b1), Math.hypot(u2, b2)];
  const [h1, h2] = [hue(b1, u1), hue(b2, u2)];

  const grey = c1 * c2 === 0;
  let turn = h2 - h1;
  if (turn > 180) turn -= 360;
  else if (turn < -180) turn += 360;
  const dl = l2 - l1;
  const dc = c2 - c1;
  const dh = grey ? 0 : 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * DEGREE);

  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  let h = h1 + h2;
  if (!grey) {
    if (Math.abs(h1 - h2) > 180) h += h < 360 ? 360 : -360;
    h /= 2;
  }
  const t =
    1 -
    0.17 * Math.cos((h - 30) * DEGREE) +
    0.24 * Math.cos(2 * h * DEGREE) +
    0.32 * Math.cos((3 * h + 6) * DEGREE) -
    0.2 * Math.cos((4 * h - 63) * DEGREE);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const rotation =
    -Math.sin(60 * Math.exp(-(((h - 275) / 25) ** 2)) * DEGREE) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh));
}

/** CIEDE2000 of each pixel of two pictures of the same size. */
export function colorDifference(a: Picture, b: Picture): Float32Array {
  const map = new Float32Array(a.width * a.height);
  for (let i = 0; i < map.length; i++) {
    const o = i * 3;
    map[i] = ciede2000(
      labOfSrgb(a.rgb[o]!, a.rgb[o + 1]!, a.rgb[o + 2]!),
      labOfSrgb(b.rgb[o]!, b.rgb[o + 1]!, b.rgb[o + 2]!),
    );
  }
  return map;
}
