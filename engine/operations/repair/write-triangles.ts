import { type Accessor, type Document, Primitive } from '@gltf-transform/core';
import type { MeshSurface } from '../../describe/mesh-surface.ts';
import { rebuildVertices } from '../rebuild-vertices.ts';
import type { TriangleMesh } from './triangle-mesh.ts';

/**
 * Gives the primitives of a surface their repaired triangles; those that keep none are taken off the mesh. What was
 * turned over gets vertices of its own where their normals would point to the back.
 */
export function writeTriangles(document: Document, surface: MeshSurface, mesh: TriangleMesh): void {
  const lists: number[][] = surface.parts.map(() => []);
  for (let triangle = 0; triangle < mesh.parts.length; triangle++) lists[mesh.parts[triangle]!]!.push(triangle);
  for (const [index, { primitive }] of surface.parts.entries()) {
    const triangles = lists[index]!;
    if (triangles.length === 0) surface.mesh.removePrimitive(primitive);
    else writePrimitive(document, primitive, mesh, triangles);
  }
}

function writePrimitive(
  document: Document,
  primitive: Primitive,
  mesh: TriangleMesh,
  triangles: readonly number[],
): void {
  const normal = primitive.getAttribute('NORMAL');
  const source: number[] = [];
  const negated: number[] = [];
  const known = new Map<number, number>();
  const indices: number[] = [];
  for (const triangle of triangles) {
    for (let half = triangle * 3; half < triangle * 3 + 3; half++) {
      const vertex = mesh.vertices[half]!;
      const negate = mesh.turned[triangle] === 1 && normal !== null && pointsBack(normal, vertex, mesh, triangle);
      const key = negate ? -1 - vertex : vertex;
      let made = known.get(key);
      if (made === undefined) {
        made = source.push(vertex) - 1;
        known.set(key, made);
        if (negate) negated.push(made);
      }
      indices.push(made);
    }
  }
  rebuildVertices(document, primitive, Uint32Array.from(source), Uint32Array.from(indices));
  primitive.setMode(Primitive.Mode.TRIANGLES);
  turnNormals(primitive, negated);
}

function faceNormal({ positions: p, corners }: TriangleMesh, triangle: number): [number, number, number] {
  const [a, b, c] = [corners[triangle * 3]! * 3, corners[triangle * 3 + 1]! * 3, corners[triangle * 3 + 2]! * 3];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

function pointsBack(normal: Accessor, vertex: number, mesh: TriangleMesh, triangle: number): boolean {
  const element: [number, number, number] = [0, 0, 0];
  const [x, y, z] = normal.getElement(vertex, element);
  const [nx, ny, nz] = faceNormal(mesh, triangle);
  return x * nx + y * ny + z * nz < 0;
}

/** Morph targets hold differences: these turn with the normals. Tangents keep their direction, and their handedness turns. */
function turnNormals(primitive: Primitive, negated: readonly number[]): void {
  const normal = primitive.getAttribute('NORMAL');
  if (!normal) return;
  const tangent = primitive.getAttribute('TANGENT');
  const deltas = primitive.listTargets().flatMap((target) => target.getAttribute('NORMAL') ?? []);
  for (const vertex of negated) {
    for (const accessor of [normal, ...deltas]) scaleElement(accessor, vertex, [-1, -1, -1]);
    if (tangent) scaleElement(tangent, vertex, [1, 1, 1, -1]);
  }
}

function scaleElement(accessor: Accessor, index: number, factors: readonly number[]): void {
  const element = accessor.getElement(index, []);
  accessor.setElement(
    index,
    element.map((value, k) => value * factors[k]!),
  );
}
