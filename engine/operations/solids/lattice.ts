import { tooFine } from './errors.ts';
import { boundsOfPoints } from './world-surface.ts';

/** Points in rows at equal distances along the three axes. */
export interface Lattice {
  /** How many along each axis. */
  size: readonly [number, number, number];
  /** The first point. */
  start: readonly [number, number, number];
  step: number;
}

/** Points of a lattice at most: the work takes about six bytes for each. */
const MOST_POINTS = 40_000_000;

/** How fine a lattice over a model is to be. */
export interface Fineness {
  /** Cells along the longest side of the bounds. */
  resolution: number;
  /** Metres, in place of `resolution`. */
  cellSize?: number | undefined;
}

/**
 * A lattice of cells over points: centred, with a margin of some cells on each side. The points of the lattice are the
 * middles of the cells.
 *
 * @throws MaquetteError `operation_impossible` where it would be too large
 */
export function latticeOver(positions: ArrayLike<number>, { resolution, cellSize }: Fineness, margin: number): Lattice {
  const { min, max } = boundsOfPoints([positions]);
  const sides = min.map((value, axis) => max[axis]! - value);
  const longest = Math.max(...sides);
  const step = cellSize ?? (longest > 0 ? longest / resolution : 1);
  const size = sides.map((side) => Math.max(1, Math.ceil(side / step - 1e-9)) + 2 * margin) as [number, number, number];
  const count = size[0] * size[1] * size[2];
  if (!(count <= MOST_POINTS)) {
    throw tooFine(
      `The cells of ${Number(step.toPrecision(4))} m over ${sides.map((side) => Number(side.toPrecision(4))).join(' × ')} m`,
      count,
      MOST_POINTS,
      'Ask for larger cells, that is a smaller `resolution`.',
    );
  }
  const start = sides.map((side, axis) => min[axis]! + side / 2 - ((size[axis]! - 1) / 2) * step) as [
    number,
    number,
    number,
  ];
  return { size, start, step };
}

/** Number of a point of a lattice. */
export function latticeIndex({ size }: Lattice, x: number, y: number, z: number): number {
  return (z * size[1] + y) * size[0] + x;
}
