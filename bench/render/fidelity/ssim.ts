import { convolve, type Picture } from './picture.ts';

/** Side of the Gaussian window and its standard deviation, in pixels. */
const SIDE = 11;
const DEVIATION = 1.5;
const K1 = 0.01;
const K2 = 0.03;

/** Luma (ITU-R BT.709 weights) of sRGB values, in [0, 1]. */
function lumaOf({ rgb, width, height }: Picture): Float32Array {
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) {
    plane[i] = 0.2126 * rgb[i * 3]! + 0.7152 * rgb[i * 3 + 1]! + 0.0722 * rgb[i * 3 + 2]!;
  }
  return plane;
}

/**
 * Structural similarity of each pixel of two pictures of the same size: 1 where they are equal. Wang, Bovik, Sheikh
 * and Simoncelli, "Image quality assessment: from error visibility to structural similarity" (2004), on luma, with
 * their window and constants.
 */
export function structuralSimilarity(a: Picture, b: Picture): Float32Array {
  const { width, height } = a;
  const weights = Float64Array.from({ length: SIDE }, (_, i) =>
    Math.exp(-((i - (SIDE >> 1)) ** 2) / (2 * DEVIATION ** 2)),
  );
  const total = weights.reduce((x, y) => x + y, 0);
  const kernel = weights.map((w) => w / total);
  const mean = (plane: Float32Array) => convolve(plane, width, height, kernel, kernel);
  const [p, q] = [lumaOf(a), lumaOf(b)];
  const [mp, mq] = [mean(p), mean(q)];
  const [pp, qq, pq] = [mean(p.map((v) => v * v)), mean(q.map((v) => v * v)), mean(p.map((v, i) => v * q[i]!))];
  const [c1, c2] = [K1 ** 2, K2 ** 2];
  return mp.map((m, i) => {
    const n = mq[i]!;
    // Rounding may leave a flat window with a variance below zero.
    const [vp, vq] = [Math.max(0, pp[i]! - m * m), Math.max(0, qq[i]! - n * n)];
    const covariance = pq[i]! - m * n;
    return ((2 * m * n + c1) * (2 * covariance + c2)) / ((m * m + n * n + c1) * (vp + vq + c2));
  });
}
