import type { CameraAxes } from '../camera.ts';

type Vector = readonly [number, number, number];

/** The cross product. */
function cross(a: Vector, b: Vector): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** A vector at length 1. */
function unit([x, y, z]: Vector): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

/** Axes of a camera that looks along `direction`, which is not parallel to `up`. Neither needs length 1. */
export function axesAlong(direction: Vector, up: Vector = [0, 1, 0]): CameraAxes {
  const forward = unit(direction);
  const right = unit(cross(forward, up));
  return { right, up: cross(right, forward), forward };
}
