/**
 * Turns positions or directions from +Z up to +Y up in place (x, y, z become x, z, -y: a quarter turn about X, so that
 * handedness stays) and scales them.
 */
export function zUpToYUp(vectors: Float32Array, scale = 1): void {
  for (let i = 0; i + 2 < vectors.length; i += 3) {
    const y = vectors[i + 1]!;
    vectors[i] = vectors[i]! * scale;
    vectors[i + 1] = vectors[i + 2]! * scale;
    vectors[i + 2] = -y * scale + 0;
  }
}

/** The same turn as a rotation of a node: -90 degrees about X. */
export const Z_UP_ROTATION: [number, number, number, number] = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];
