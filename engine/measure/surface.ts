import type { Document } from '@gltf-transform/core';
import type { Matrix } from '../describe/matrix.ts';
import { morphedPositions } from '../describe/measure-bounds.ts';
import { triangleIndices } from '../describe/triangle-indices.ts';
import { meshNodes, placementMatrices } from './placements.ts';
import { skinnedPositions } from './skinned-positions.ts';

/** All triangles of a scene where they stand, in one list. */
export interface Surface {
  /** Three for each vertex: metres from `origin`. */
  positions: Float32Array;
  /** Three for each triangle. */
  indices: Uint32Array;
  /** Subtracted in double precision, so that a model far from the origin of its world keeps its detail. */
  origin: [number, number, number];
  /** Diagonal of the bounds, in metres. */
  diagonal: number;
}

/** More triangles than this are not gathered: they would take more than a gigabyte together with their tree. */
export const MAX_SURFACE_TRIANGLES = 10_000_000;

/** A primitive at a place. */
interface Piece {
  points: Float32Array;
  indices: ArrayLike<number>;
  matrix: Matrix;
}

/**
 * Gathers the triangles of the default scene in its rest pose: node transforms, instances, skins bound to their joints
 * where they stand, default morph weights. Null without triangles, or with more than `MAX_SURFACE_TRIANGLES`.
 *
 * @param origin what positions are given from; by default the middle of the bounds
 */
export function gatherSurface(document: Document, origin?: [number, number, number]): Surface | null {
  const scene = document.getRoot().getDefaultScene();
  if (!scene) return null;
  const pieces: Piece[] = [];
  let vertices = 0;
  let corners = 0;
  for (const { node, mesh } of meshNodes(scene)) {
    const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
    for (const primitive of mesh.listPrimitives()) {
      const indices = triangleIndices(primitive);
      const local = indices && morphedPositions(primitive, weights);
      if (!indices || !local || indices.length < 3) continue;
      const skinned = skinnedPositions(node, primitive, local);
      const matrices = skinned ? [IDENTITY] : placementMatrices(node);
      for (const matrix of matrices) {
        pieces.push({ points: skinned ?? local, indices, matrix });
        vertices += local.length / 3;
        corners += indices.length - (indices.length % 3);
        if (corners / 3 > MAX_SURFACE_TRIANGLES) return null;
      }
    }
  }
  if (corners === 0) return null;
  return place(pieces, vertices, corners, origin);
}

/** The same surface after a matrix, column-major; with another origin. */
export function moveSurface({ positions, indices, origin }: Surface, m: Matrix = IDENTITY): Surface {
  const linear = [...m.slice(0, 12), 0, 0, 0, 1];
  const moved = new Float32Array(positions.length);
  let at = 0;
  forEachPoint(positions, linear, (x, y, z) => {
    moved[at++] = x;
    moved[at++] = y;
    moved[at++] = z;
  });
  const [x, y, z] = origin;
  return {
    positions: moved,
    indices,
    origin: [
      m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
      m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
      m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
    ],
    diagonal: boundsOf([{ points: moved, indices, matrix: IDENTITY }]).diagonal,
  };
}

/** Several surfaces as one, from the origin of the first. */
export function joinSurfaces(surfaces: readonly Surface[]): Surface {
  const [first] = surfaces;
  if (!first || surfaces.length === 1) return first!;
  const pieces = surfaces.map(
    ({ positions: points, indices, origin: [x, y, z] }): Piece => ({
      points,
      indices,
      matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1],
    }),
  );
  const vertices = surfaces.reduce((sum, { positions }) => sum + positions.length / 3, 0);
  const corners = surfaces.reduce((sum, { indices }) => sum + indices.length, 0);
  return place(pieces, vertices, corners, first.origin);
}

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function place(pieces: Piece[], vertices: number, corners: number, given?: [number, number, number]): Surface {
  const { middle, diagonal } = boundsOf(pieces);
  const origin = given ?? middle;
  const positions = new Float32Array(vertices * 3);
  const indices = new Uint32Array(corners);
  let vertex = 0;
  let corner = 0;
  for (const { points, indices: local, matrix } of pieces) {
    const base = vertex;
    forEachPoint(points, matrix, (x, y, z) => {
      positions[vertex * 3] = x - origin[0];
      positions[vertex * 3 + 1] = y - origin[1];
      positions[vertex * 3 + 2] = z - origin[2];
      vertex++;
    });
    const end = local.length - (local.length % 3);
    for (let i = 0; i < end; i++) indices[corner++] = base + local[i]!;
  }
  return { positions, indices, origin, diagonal };
}

function boundsOf(pieces: Piece[]): { middle: [number, number, number]; diagonal: number } {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { points, matrix } of pieces) {
    forEachPoint(points, matrix, (x, y, z) => {
      if (x < min[0]) min[0] = x;
      if (y < min[1]) min[1] = y;
      if (z < min[2]) min[2] = z;
      if (x > max[0]) max[0] = x;
      if (y > max[1]) max[1] = y;
      if (z > max[2]) max[2] = z;
    });
  }
  const [x, y, z] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  return {
    middle: [min[0] + x / 2, min[1] + y / 2, min[2] + z / 2],
    diagonal: Math.sqrt(x * x + y * y + z * z),
  };
}

function forEachPoint(points: Float32Array, m: Matrix, use: (x: number, y: number, z: number) => void): void {
  for (let i = 0; i + 2 < points.length; i += 3) {
    const x = points[i]!;
    const y = points[i + 1]!;
    const z = points[i + 2]!;
    use(
      m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
      m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
      m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
    );
  }
}
