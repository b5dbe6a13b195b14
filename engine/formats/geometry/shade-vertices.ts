import { shadeMesh } from './shade-mesh.ts';
import type { ShadeOptions } from './shade-options.ts';
import { TupleIndex } from './tuple-index.ts';
import { weldPositions } from './weld-positions.ts';

/** Vertices with normals, made of vertices without. */
export interface ShadedVertices {
  /** The vertex of the input that each vertex came from. */
  source: Uint32Array;
  normals: Float32Array;
  indices: Uint32Array;
  /** The number of `partition` that each vertex belongs to; null where none was given. */
  partition: Uint32Array | null;
}

/**
 * Computes normals like `shadeMesh` for vertices that may lie at the same position (texture seams, or a mesh that is
 * not welded at all): those count as one for the shading and stay apart otherwise.
 */
export function shadeVertices(
  positions: Float32Array,
  triangles: Uint32Array,
  options: ShadeOptions = {},
): ShadedVertices {
  const welded = weldPositions(positions);
  if (welded.positions.length === positions.length) return shadeMesh(positions, triangles, options);
  const shaded = shadeMesh(
    welded.positions,
    triangles.map((vertex) => welded.indices[vertex]!),
    options,
  );
  const pairs = new TupleIndex(2, Math.ceil(positions.length / 3));
  const indices = new Uint32Array(triangles.length);
  const pair = [0, 0];
  for (let i = 0; i < triangles.length; i++) {
    pair[0] = triangles[i]!;
    pair[1] = shaded.indices[i]!;
    indices[i] = pairs.add(pair);
  }
  const from = pairs.column(1);
  const normals = new Float32Array(from.length * 3);
  for (let i = 0; i < from.length; i++) {
    for (let k = 0; k < 3; k++) normals[i * 3 + k] = shaded.normals[from[i]! * 3 + k]!;
  }
  const { partition } = shaded;
  return {
    source: pairs.column(0),
    normals,
    indices,
    partition: partition && from.map((vertex) => partition[vertex]!),
  };
}
