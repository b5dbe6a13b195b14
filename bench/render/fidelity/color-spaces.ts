import { decodeSrgb } from './picture.ts';

export type Triple = [number, number, number];

/** Linear sRGB (D65) to CIE XYZ, white at Y = 1. */
export function xyzOf(r: number, g: number, b: number): Triple {
  return [
    0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
    0.2126729 * r + 0.7151522 * g + 0.072175 * b,
    0.0193339 * r + 0.119192 * g + 0.9503041 * b,
  ];
}

/** CIE XYZ to linear sRGB, the inverse of `xyzOf`. */
export function linearOf(x: number, y: number, z: number): Triple {
  return [
    3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
    -0.969266 * x + 1.8760108 * y + 0.041556 * z,
    0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
  ];
}

/** White of sRGB in `xyzOf`. */
export const WHITE: Readonly<Triple> = xyzOf(1, 1, 1);

const labCurve = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);

/** CIE L*a*b* of XYZ, relative to the white of sRGB. */
export function labOfXyz([x, y, z]: Triple): Triple {
  const [fx, fy, fz] = [labCurve(x / WHITE[0]), labCurve(y / WHITE[1]), labCurve(z / WHITE[2])];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** CIE L*a*b* of sRGB values in [0, 1]. */
export function labOfSrgb(r: number, g: number, b: number): Triple {
  return labOfXyz(xyzOf(decodeSrgb(r), decodeSrgb(g), decodeSrgb(b)));
}
