import { srgbToLinear } from './portable-math.ts';

/** Linear light from which on each sRGB byte but the first is the nearest, in encoded light. */
const LEAST = Float64Array.from({ length: 255 }, (_, i) => srgbToLinear((i + 0.5) / 255));

/** The sRGB byte that is nearest to linear light in encoded light. Display P3 has the same curve. */
export function srgbByte(linear: number): number {
  let low = 0;
  let high = 255;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (linear >= LEAST[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
