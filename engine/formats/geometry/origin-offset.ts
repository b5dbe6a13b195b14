/** Single precision keeps 24 bits: beyond this ratio of distance to size less than a 4,000th of the size is left. */
const MAX_DISTANCE_TO_SIZE = 4096;

/**
 * The point to subtract in double precision, so that geometry far from the origin (geodetic coordinates) survives
 * in single precision; null where it lies near enough. Whole numbers, so that adding it back is exact.
 *
 * @param low smallest coordinates
 * @param high largest coordinates
 */
export function originOffset(low: readonly number[], high: readonly number[]): [number, number, number] | null {
  const size = Math.max(high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!);
  const distance = Math.max(...[...low, ...high].map(Math.abs));
  if (!(size > 0) || !Number.isFinite(distance) || distance < size * MAX_DISTANCE_TO_SIZE) return null;
  return [0, 1, 2].map((axis) => Math.round((low[axis]! + high[axis]!) / 2)) as [number, number, number];
}

/** Smallest and largest finite coordinates; infinite where there are none. */
export function boundsOf(positions: ArrayLike<number>): { low: number[]; high: number[] } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 2 < positions.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const value = positions[i + k]!;
      if (value < low[k]! && value > -Infinity) low[k] = value;
      if (value > high[k]! && value < Infinity) high[k] = value;
    }
  }
  return { low, high };
}
