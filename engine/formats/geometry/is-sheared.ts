/** Cosine of the angle between two axes above which they count as skewed; single precision makes about 1e-7. */
const RIGHT_ANGLE = 1e-5;

/**
 * Whether the axes of a matrix are not at right angles, as below a rotated node whose parent is scaled unevenly: no
 * translation, rotation and scale say the same.
 *
 * @param m 4 × 4, in columns
 */
export function isSheared(m: ArrayLike<number>): boolean {
  for (const [a, b] of [
    [0, 4],
    [4, 8],
    [8, 0],
  ] as const) {
    const dot = m[a]! * m[b]! + m[a + 1]! * m[b + 1]! + m[a + 2]! * m[b + 2]!;
    const lengths = Math.hypot(m[a]!, m[a + 1]!, m[a + 2]!) * Math.hypot(m[b]!, m[b + 1]!, m[b + 2]!);
    if (Math.abs(dot) > RIGHT_ANGLE * lengths) return true;
  }
  return false;
}
