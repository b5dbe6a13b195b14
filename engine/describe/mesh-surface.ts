import type { Accessor, Mesh, Primitive } from '@gltf-transform/core';
import { weldPositions } from '../formats/geometry/weld-positions.ts';
import { triangleIndices } from './triangle-indices.ts';

/** The triangles of a mesh over all its primitives: materials split a surface, but do not end it. */
export interface MeshSurface {
  mesh: Mesh;
  /** Three numbers for each position, in the space of the mesh; no two are equal. */
  positions: Float32Array;
  /**
   * Three positions for each triangle. Vertices at exactly the same position are one: normals and texture seams split
   * them.
   */
  corners: Uint32Array;
  parts: SurfacePart[];
}

/** A primitive's share of a surface. */
export interface SurfacePart {
  primitive: Primitive;
  /** The first of its triangles in the surface. */
  start: number;
  triangles: number;
  /** Three vertices of the primitive for each triangle. */
  vertices: ArrayLike<number>;
}

/** The surface of a mesh; null for a mesh without triangles. */
export function readSurface(mesh: Mesh): MeshSurface | null {
  const places = new Map<Accessor, number>();
  const parts: SurfacePart[] = [];
  let stored = 0;
  let triangles = 0;
  for (const primitive of mesh.listPrimitives()) {
    const position = primitive.getAttribute('POSITION');
    const vertices = triangleIndices(primitive);
    if (!position || !vertices || vertices.length < 3) continue;
    const count = Math.floor(vertices.length / 3);
    parts.push({ primitive, start: triangles, triangles: count, vertices });
    triangles += count;
    if (places.has(position)) continue;
    places.set(position, stored);
    stored += position.getCount();
  }
  if (triangles === 0) return null;
  const welded = weldPositions(storedPositions(places, stored));
  const corners = new Uint32Array(triangles * 3);
  for (const { primitive, start, triangles: count, vertices } of parts) {
    const place = places.get(primitive.getAttribute('POSITION')!)!;
    for (let i = 0; i < count * 3; i++) corners[start * 3 + i] = welded.indices[place + vertices[i]!]!;
  }
  return { mesh, positions: welded.positions, corners, parts };
}

function storedPositions(places: ReadonlyMap<Accessor, number>, count: number): Float32Array {
  const out = new Float32Array(count * 3);
  const element: number[] = [];
  for (const [accessor, place] of places) {
    const array = accessor.getArray();
    if (array instanceof Float32Array) {
      out.set(array, place * 3);
      continue;
    }
    for (let i = 0; i < accessor.getCount(); i++) {
      accessor.getElement(i, element);
      for (let k = 0; k < 3; k++) out[(place + i) * 3 + k] = element[k]!;
    }
  }
  return out;
}

/** Whether two corners of a triangle lie at the same position. */
export function isCollapsed(corners: Uint32Array, triangle: number): boolean {
  const a = corners[triangle * 3]!;
  const b = corners[triangle * 3 + 1]!;
  const c = corners[triangle * 3 + 2]!;
  return a === b || b === c || c === a;
}
