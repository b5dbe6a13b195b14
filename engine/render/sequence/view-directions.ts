import { cosDegrees, sinDegrees } from '../portable-math.ts';

/** 360° × (1 − 1/φ): successive points of a Fibonacci lattice never line up. */
const GOLDEN_ANGLE = 137.50776405003785;
const GOLDEN_RATIO = 1.618033988749895;

/**
 * Unit directions from the model to cameras that stand evenly round it: a Fibonacci lattice on the sphere (Swinbank and
 * Purser 2006), or on its upper half. No camera stands exactly above or below, or level with the centre of a hemisphere.
 *
 * @param seed Turns the lattice about the vertical axis.
 */
export function viewDirections(
  count: number,
  distribution: 'hemisphere' | 'sphere',
  seed: number,
): [number, number, number][] {
  const turn = ((seed / GOLDEN_RATIO) % 1) * 360;
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 0.5) / count;
    const y = distribution === 'sphere' ? 1 - 2 * share : 1 - share;
    const radius = Math.sqrt(1 - y * y);
    const azimuth = (turn + index * GOLDEN_ANGLE) % 360;
    return [sinDegrees(azimuth) * radius, y, cosDegrees(azimuth) * radius];
  });
}
