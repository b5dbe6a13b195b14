/** A picture as the metrics take it: sRGB in [0, 1], three numbers a pixel, rows from the top. */
export interface Picture {
  width: number;
  height: number;
  rgb: Float32Array;
}

/** Decodes one sRGB value in [0, 1] to linear light (IEC 61966-2-1). */
export function decodeSrgb(v: number): number {
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

/** Encodes linear light, clamped to [0, 1], as an sRGB value. */
export function encodeSrgb(x: number): number {
  const c = Math.min(1, Math.max(0, x));
  return c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055;
}

/**
 * Lays a picture with alpha over a colour, in linear light.
 *
 * @param rgba sRGB bytes, alpha not premultiplied
 * @param background sRGB in [0, 1]
 */
export function over(
  rgba: Uint8Array,
  width: number,
  height: number,
  background: readonly [number, number, number],
): Picture {
  const rgb = new Float32Array(width * height * 3);
  const table = Float32Array.from({ length: 256 }, (_, i) => decodeSrgb(i / 255));
  for (let i = 0; i < width * height; i++) {
    const alpha = rgba[i * 4 + 3]! / 255;
    for (let c = 0; c < 3; c++) {
      const v = rgba[i * 4 + c]!;
      rgb[i * 3 + c] = alpha === 1 ? v / 255 : encodeSrgb(table[v]! * alpha + decodeSrgb(background[c]!) * (1 - alpha));
    }
  }
  return { width, height, rgb };
}

/** The picture as sRGB bytes, RGB. */
export function toBytes({ rgb }: Picture): Uint8Array {
  return Uint8Array.from(rgb, (v) => Math.round(Math.min(1, Math.max(0, v)) * 255));
}

/** Mean of the values of `map` where `mask` is not zero; of all where the mask is empty. */
export function meanWithin(map: Float32Array, mask: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < map.length; i++) {
    if (!mask[i]) continue;
    sum += map[i]!;
    count++;
  }
  return count > 0 ? sum / count : map.reduce((a, b) => a + b, 0) / Math.max(1, map.length);
}

/**
 * Convolves a plane with two one-dimensional kernels of odd length, first along rows, then along columns. Beyond the
 * border the border's value goes on.
 */
export function convolve(
  plane: Float32Array,
  width: number,
  height: number,
  alongX: Float64Array,
  alongY: Float64Array,
): Float32Array {
  const rx = alongX.length >> 1;
  const ry = alongY.length >> 1;
  const rows = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -rx; k <= rx; k++) {
        sum += alongX[k + rx]! * plane[y * width + Math.min(width - 1, Math.max(0, x + k))]!;
      }
      rows[y * width + x] = sum;
    }
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -ry; k <= ry; k++) {
        sum += alongY[k + ry]! * rows[Math.min(height - 1, Math.max(0, y + k)) * width + x]!;
      }
      out[y * width + x] = sum;
    }
  }
  return out;
}
