/** The window: 11 × 11, Gaussian with a standard deviation of 1.5 pixels. */
const RADIUS = 5;
const SIGMA = 1.5;
/** Constants of the two ratios, for values up to 255: (K₁ L)² and (K₂ L)². */
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Shares of the window along one axis; they sum to 1. */
const TAPS = gaussian();

/** A picture with one number a pixel, from 0 to 255, rows from the top. */
export interface GrayPicture {
  width: number;
  height: number;
  values: Float64Array;
}

/**
 * Structural similarity of two pictures of one size (Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From
 * Error Visibility to Structural Similarity", 2004): the mean over all windows that lie within the picture, 1 where both
 * are the same.
 *
 * @param counts a number for each pixel; only windows count in which one is above 0. Without, all do
 * @returns null where no window counts
 */
export function structuralSimilarity(a: GrayPicture, b: GrayPicture, counts?: Float64Array): number | null {
  const { width, height } = a;
  const product = (x: Float64Array, y: Float64Array) => x.map((value, index) => value * y[index]!);
  const filtered = (values: Float64Array) => filterInside(values, width, height);
  const meanA = filtered(a.values);
  const meanB = filtered(b.values);
  const squareA = filtered(product(a.values, a.values));
  const squareB = filtered(product(b.values, b.values));
  const both = filtered(product(a.values, b.values));
  const weights = counts && filtered(counts);
  let sum = 0;
  let windows = 0;
  for (let i = 0; i < meanA.length; i++) {
    if (weights && !(weights[i]! > 0)) continue;
    const mixed = meanA[i]! * meanB[i]!;
    const squares = meanA[i]! * meanA[i]! + meanB[i]! * meanB[i]!;
    const covariance = both[i]! - mixed;
    const variances = squareA[i]! + squareB[i]! - squares;
    sum += ((2 * mixed + C1) * (2 * covariance + C2)) / ((squares + C1) * (variances + C2));
    windows++;
  }
  return windows > 0 ? sum / windows : null;
}

function gaussian(): Float64Array {
  const taps = Float64Array.from({ length: 2 * RADIUS + 1 }, (_, i) =>
    Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** Means over the windows that lie within, row by row: `2 × RADIUS` fewer in both directions. */
function filterInside(values: Float64Array, width: number, height: number): Float64Array {
  const columns = Math.max(0, width - 2 * RADIUS);
  const rows = Math.max(0, height - 2 * RADIUS);
  const narrow = new Float64Array(columns * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < TAPS.length; k++) sum += TAPS[k]! * values[y * width + x + k]!;
      narrow[y * columns + x] = sum;
    }
  }
  const out = new Float64Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < TAPS.length; k++) sum += TAPS[k]! * narrow[(y + k) * columns + x]!;
      out[y * columns + x] = sum;
    }
  }
  return out;
}
