import type { Matrix } from '../../describe/matrix.ts';

/** A plane in the world: `normal · point = offset`. */
export interface Plane {
  /** Unit length. */
  normal: readonly [number, number, number];
  /** Metres from the origin of the world. */
  offset: number;
}

/** A plane as a row that gives the distance of a point of some space: four numbers. */
export type PlaneRow = readonly [number, number, number, number];

/** The distance above a plane of points that a matrix places in the world. */
export function rowOf({ normal: [x, y, z], offset }: Plane, m: Matrix): PlaneRow {
  const along = (column: number) => x * m[column]! + y * m[column + 1]! + z * m[column + 2]!;
  return [along(0), along(4), along(8), along(12) - offset];
}

/** Distances of points, three numbers each; what is nearer than `nearest` lies in the plane. */
export function distancesTo([a, b, c, d]: PlaneRow, points: ArrayLike<number>, nearest: number): Float64Array {
  const out = new Float64Array(points.length / 3);
  for (let i = 0; i < out.length; i++) {
    const distance = a * points[i * 3]! + b * points[i * 3 + 1]! + c * points[i * 3 + 2]! + d;
    out[i] = Math.abs(distance) <= nearest ? 0 : distance;
  }
  return out;
}

/** Two unit vectors that span the plane; seen from above, the second is to the left of the first. */
export function basisOf([x, y, z]: readonly [number, number, number]): [number[], number[]] {
  const [px, py, pz] = Math.abs(x) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const u = [y * pz! - z * py!, z * px! - x * pz!, x * py! - y * px!];
  const length = Math.sqrt(u[0]! ** 2 + u[1]! ** 2 + u[2]! ** 2);
  const unit = u.map((value) => value / length) as [number, number, number];
  return [unit, [y * unit[2] - z * unit[1], z * unit[0] - x * unit[2], x * unit[1] - y * unit[0]]];
}
