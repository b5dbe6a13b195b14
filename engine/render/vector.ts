import { length3 } from './portable-math.ts';

/** Three numbers: a point, a direction or a colour. */
export type Vector = [number, number, number];

/** The cross product. */
export function cross(a: Readonly<Vector>, b: Readonly<Vector>): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** `a` less `b`. */
export function minus(a: Readonly<Vector>, b: Readonly<Vector>): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** A vector at length 1; undefined where its length is nothing or no number. */
export function unit([x, y, z]: Readonly<Vector>): Vector | undefined {
  const length = length3(x, y, z);
  return length > 1e-12 && Number.isFinite(length) ? [x / length, y / length, z / length] : undefined;
}
