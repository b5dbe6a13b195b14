/** Gaussian splats in flat arrays, in the terms of `KHR_gaussian_splatting`. */
export interface SplatCloud {
  count: number;
  /** Three for each splat. */
  positions: Float32Array;
  /** Quaternions x, y, z, w. */
  rotations: Float32Array;
  /** Standard deviations along the three axes, not logarithms. */
  scales: Float32Array;
  /** From 0 to 1. */
  opacities: Float32Array;
  /** Spherical harmonics: (degree + 1)² coefficients, each with red, green and blue of every splat. */
  harmonics: Float32Array[];
}

/** Value of the constant spherical harmonic: 1 / (2 √π). */
export const SH_C0 = 0.28209479177387814;

/** Coefficients up to a degree, by channel. */
export const COEFFICIENTS = [1, 4, 9, 16, 25] as const;

/** Empty arrays for `count` splats with harmonics up to `degree`. */
export function createSplatCloud(count: number, degree: number): SplatCloud {
  return {
    count,
    positions: new Float32Array(count * 3),
    rotations: new Float32Array(count * 4),
    scales: new Float32Array(count * 3),
    opacities: new Float32Array(count),
    harmonics: Array.from({ length: COEFFICIENTS[degree]! }, () => new Float32Array(count * 3)),
  };
}

/** Bytes that such arrays take, with the fallback colour. */
export function splatBytes(count: number, degree: number): number {
  return count * (44 + 8 + 12 * (COEFFICIENTS[degree] ?? 25));
}

/**
 * Half a turn about X in place: the training programs have +Y down and +Z into the picture (right, down, forward);
 * glTF, like SPZ, has right, up, back. A real harmonic of degree l and order m keeps its sign where l + m is even
 * (for m < 0: odd).
 */
export function turnHalfAboutX(cloud: SplatCloud): void {
  const { positions, rotations, harmonics, count } = cloud;
  for (let i = 0; i < count; i++) {
    positions[i * 3 + 1] = -positions[i * 3 + 1]! + 0;
    positions[i * 3 + 2] = -positions[i * 3 + 2]! + 0;
    // (1, 0, 0, 0) * q
    const x = rotations[i * 4]!;
    const y = rotations[i * 4 + 1]!;
    const z = rotations[i * 4 + 2]!;
    const w = rotations[i * 4 + 3]!;
    rotations[i * 4] = w;
    rotations[i * 4 + 1] = -z;
    rotations[i * 4 + 2] = y;
    rotations[i * 4 + 3] = -x;
  }
  for (const [index, values] of harmonics.entries()) {
    const degree = Math.floor(Math.sqrt(index));
    const order = index - degree * degree - degree;
    const keeps = (degree + Math.abs(order) + (order < 0 ? 1 : 0)) % 2 === 0;
    if (!keeps) for (let i = 0; i < values.length; i++) values[i] = -values[i]! + 0;
  }
}
