import type { Primitive } from '@gltf-transform/core';
import type { Matrix } from '../../describe/matrix.ts';
import { morphedPositions } from '../../describe/measure-bounds.ts';
import { elementCounts, triangleIndices } from '../../describe/triangle-indices.ts';
import { placementMatrices } from '../../measure/placements.ts';
import { skinnedPositions } from '../../measure/skinned-positions.ts';
import type { Surface } from '../../measure/surface.ts';
import { tooManyTriangles } from './errors.ts';
import type { MeshNode } from './placed-nodes.ts';

/** A primitive where it stands in the scene: its part of a surface. */
export interface SurfacePiece {
  source: MeshNode;
  primitive: Primitive;
  /** From the space of the mesh to the world, column-major; the identity where a skin places the vertices. */
  matrix: Matrix;
  /** Its first vertex in the surface; vertices follow as the primitive stores them. */
  firstVertex: number;
  firstTriangle: number;
  triangles: number;
}

/** Triangles in their rest pose where they stand in the world, facing outwards in mirrored nodes too. */
export interface WorldSurface extends Surface {
  pieces: SurfacePiece[];
}

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/**
 * Gathers the triangles of some nodes; null where they have none. Counts them before anything is allocated.
 *
 * @param limit triangles that the work can take
 * @param work what the limit is of, for the error
 * @param origin what positions are given from; by default the middle of the bounds
 * @throws MaquetteError `model_too_large`
 */
export function gatherWorldSurface(
  nodes: readonly MeshNode[],
  limit: number,
  work: string,
  origin?: [number, number, number],
): WorldSurface | null {
  const total = countTriangles(nodes);
  if (total > limit) throw tooManyTriangles(work, total, limit);
  const pieces: SurfacePiece[] = [];
  const points: Float64Array[] = [];
  const corners: Uint32Array[] = [];
  let vertices = 0;
  let triangles = 0;
  for (const source of nodes) {
    const { node, mesh } = source;
    const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
    for (const primitive of mesh.listPrimitives()) {
      const indices = triangleIndices(primitive);
      const local = indices && morphedPositions(primitive, weights);
      if (!indices || !local || indices.length < 3) continue;
      const skinned = skinnedPositions(node, primitive, local);
      for (const matrix of skinned ? [IDENTITY] : placementMatrices(node)) {
        const placed = transformed(skinned ?? local, matrix);
        const list = Uint32Array.from(indices).subarray(0, indices.length - (indices.length % 3));
        if (determinant(matrix) < 0) turnOver(list);
        pieces.push({
          source,
          primitive,
          matrix,
          firstVertex: vertices,
          firstTriangle: triangles,
          triangles: list.length / 3,
        });
        points.push(placed);
        corners.push(list);
        vertices += placed.length / 3;
        triangles += list.length / 3;
      }
    }
  }
  return triangles === 0 ? null : joined(pieces, points, corners, vertices, triangles, origin);
}

/** Triangles of some nodes as they are drawn, instances counted each. */
export function countTriangles(nodes: readonly MeshNode[]): number {
  let total = 0;
  for (const { node, mesh } of nodes) {
    const own = mesh.listPrimitives().reduce((sum, primitive) => sum + elementCounts(primitive).triangles, 0);
    total += own * (node.getSkin() ? 1 : placementMatrices(node).length);
  }
  return total;
}

/** Positions of points, lines and triangles alike, where they stand in the world: three numbers each. */
export function worldPositions({ node, mesh }: MeshNode): Float64Array[] {
  const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
  return mesh.listPrimitives().flatMap((primitive) => {
    const local = morphedPositions(primitive, weights);
    if (!local) return [];
    const skinned = skinnedPositions(node, primitive, local);
    return (skinned ? [IDENTITY] : placementMatrices(node)).map((matrix) => transformed(skinned ?? local, matrix));
  });
}

/** The piece that a triangle of a surface belongs to. */
export function pieceOf({ pieces }: WorldSurface, triangle: number): SurfacePiece {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.firstTriangle <= triangle) low = middle;
    else high = middle - 1;
  }
  return pieces[low]!;
}

/** Below zero for a matrix that mirrors. */
export function determinant(m: Matrix): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}

function transformed(points: Float32Array, m: Matrix): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i + 2 < points.length; i += 3) {
    const [x, y, z] = [points[i]!, points[i + 1]!, points[i + 2]!];
    for (let k = 0; k < 3; k++) out[i + k] = m[k]! * x + m[4 + k]! * y + m[8 + k]! * z + m[12 + k]!;
  }
  return out;
}

function turnOver(indices: Uint32Array): void {
  for (let i = 0; i < indices.length; i += 3) {
    const second = indices[i + 1]!;
    indices[i + 1] = indices[i + 2]!;
    indices[i + 2] = second;
  }
}

/** One list of all pieces, from the middle of their bounds or from a given point. */
function joined(
  pieces: SurfacePiece[],
  points: readonly Float64Array[],
  corners: readonly Uint32Array[],
  vertices: number,
  triangles: number,
  given?: [number, number, number],
): WorldSurface {
  const { min, max } = boundsOfPoints(points);
  const origin = given ?? (min.map((value, axis) => value + (max[axis]! - value) / 2) as [number, number, number]);
  const [x, y, z] = min.map((value, axis) => max[axis]! - value) as [number, number, number];
  const positions = new Float32Array(vertices * 3);
  const indices = new Uint32Array(triangles * 3);
  for (const [index, { firstVertex, firstTriangle }] of pieces.entries()) {
    const from = points[index]!;
    for (let i = 0; i < from.length; i++) positions[firstVertex * 3 + i] = from[i]! - origin[i % 3]!;
    const list = corners[index]!;
    for (let i = 0; i < list.length; i++) indices[firstTriangle * 3 + i] = list[i]! + firstVertex;
  }
  return { positions, indices, origin, diagonal: Math.sqrt(x * x + y * y + z * z), pieces };
}

/** The box around points of several lists. */
export function boundsOfPoints(lists: readonly ArrayLike<number>[]): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      const axis = i % 3;
      if (value < min[axis]!) min[axis] = value;
      if (value > max[axis]!) max[axis] = value;
    }
  }
  return { min, max };
}
