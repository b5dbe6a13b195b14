/** Scale and shift that move the scene into render space: centred on the origin, all of it within radius 1. */
export interface Normalisation {
  scale: number;
  center: [number, number, number];
  /** Half the size of the bounds along each axis, in render space. */
  half: [number, number, number];
}
