/** Faces that meet at less than this angle are shaded as one surface, where a file says nothing about it. */
export const DEFAULT_CREASE_ANGLE = (40 * Math.PI) / 180;

/** Faces are smooth from this cosine of the angle between them on; rounding does not make an edge. */
export function leastCosine(creaseAngle: number): number {
  return Math.cos(creaseAngle) - 1e-6;
}

/** How vertex normals are computed. */
export interface ShadeOptions {
  /** Radians, default 40 degrees. Not looked at where `smoothing` is given. */
  creaseAngle?: number;
  /** For each triangle a set of smoothing groups as bits: neighbours are smooth where they have one in common. */
  smoothing?: Uint32Array;
  /** For each triangle a number; triangles of different numbers never share a vertex (but may share the normal). */
  partition?: Uint32Array;
}

/** An indexed mesh whose vertices were split where the shading has an edge. */
export interface ShadedMesh {
  /** The vertex of the input that each vertex came from. */
  source: Uint32Array;
  /** Three for each vertex, of unit length. */
  normals: Float32Array;
  indices: Uint32Array;
  /** The number of `partition` that each vertex belongs to; null where none was given. */
  partition: Uint32Array | null;
}
