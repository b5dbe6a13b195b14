import type { Lattice } from '../solids/lattice.ts';

/** How much a vertex is drawn to the middle of its crossings: what planes leave open, the middle decides. */
const PULL = 0.03;
/** Vertices stay this share of a cell away from its sides, so that those of two cells are never one. */
const INSET = 1e-3;

/**
 * The point of a cell that is nearest to some planes in the sense of least squares, with a pull to the middle of the
 * points they were found at (the quadratic error function of dual contouring, regularised). Kept within the cell.
 */
export function solveVertex(
  planes: readonly { point: readonly number[]; normal: readonly number[] | null }[],
  { start, step }: Lattice,
  cell: readonly [number, number, number],
): [number, number, number] {
  const middle = [0, 1, 2].map((k) => planes.reduce((sum, { point }) => sum + point[k]!, 0) / planes.length);
  const m = [PULL, 0, 0, PULL, 0, PULL];
  const r = [0, 0, 0];
  for (const { point, normal } of planes) {
    if (!normal) continue;
    const [x, y, z] = normal as [number, number, number];
    const distance = x * (point[0]! - middle[0]!) + y * (point[1]! - middle[1]!) + z * (point[2]! - middle[2]!);
    m[0]! += x * x;
    m[1]! += x * y;
    m[2]! += x * z;
    m[3]! += y * y;
    m[4]! += y * z;
    m[5]! += z * z;
    r[0]! += x * distance;
    r[1]! += y * distance;
    r[2]! += z * distance;
  }
  const moved = solve(m as Symmetric, r as [number, number, number]);
  return [0, 1, 2].map((k) => {
    const low = start[k]! + cell[k]! * step;
    return Math.min(low + step * (1 - INSET), Math.max(low + step * INSET, middle[k]! + moved[k]!));
  }) as [number, number, number];
}

type Symmetric = [number, number, number, number, number, number];

/** Cramer's rule; the matrix is positive definite by the pull. */
function solve([a, b, c, d, e, f]: Symmetric, [x, y, z]: [number, number, number]): [number, number, number] {
  const [ca, cb, cc] = [d * f - e * e, c * e - b * f, b * e - c * d];
  const determinant = a * ca + b * cb + c * cc;
  const [cd, ce, cf] = [a * f - c * c, b * c - a * e, a * d - b * b];
  return [
    (ca * x + cb * y + cc * z) / determinant,
    (cb * x + cd * y + ce * z) / determinant,
    (cc * x + ce * y + cf * z) / determinant,
  ];
}
