import type { Affine } from './matrix.ts';
import type { Vector } from './vector.ts';

/** Scale and shift that move the scene into render space: centred on the origin, all of it within radius 1. */
export interface Normalisation {
  scale: number;
  center: Vector;
  /** Half the size of the bounds along each axis, in render space. */
  half: Vector;
}

/** A point of the model in render space. */
export function toRenderSpace([x, y, z]: Readonly<Vector>, { scale, center }: Normalisation): Vector {
  return [(x - center[0]) * scale, (y - center[1]) * scale, (z - center[2]) * scale];
}

/** A point of render space in the model. */
export function toModel([x, y, z]: Readonly<Vector>, { scale, center }: Normalisation): Vector {
  return [x / scale + center[0], y / scale + center[1], z / scale + center[2]];
}

/** The transform from the model into render space. */
export function toRenderTransform({ scale: s, center: c }: Normalisation): Affine {
  return Float64Array.of(s, 0, 0, -s * c[0], 0, s, 0, -s * c[1], 0, 0, s, -s * c[2]);
}
