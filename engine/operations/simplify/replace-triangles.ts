import type { Document, Primitive } from '@gltf-transform/core';
import { rebuildVertices } from '../rebuild-vertices.ts';
import { markIndexed } from '../triangle-lists.ts';
import type { MergedMesh } from './merged-mesh.ts';

/**
 * Gives primitives the triangles that are left of a merged mesh, without the vertices that these no longer use.
 *
 * @param primitives what to change: those of the mesh, or copies of them in the same order
 * @returns the primitives that have nothing left to draw; they are unchanged
 */
export function replaceTriangles(
  document: Document,
  { parts }: MergedMesh,
  indices: Uint32Array,
  primitives: readonly Primitive[] = parts.map(({ primitive }) => primitive),
): Primitive[] {
  const empty: Primitive[] = [];
  for (const [part, { first, count }] of parts.entries()) {
    const primitive = primitives[part]!;
    // Numbers from 1; 0 for vertices that are not used.
    const number = new Uint32Array(count);
    const source = new Uint32Array(Math.min(count, indices.length));
    const local = new Uint32Array(parts.length === 1 ? indices.length : cornersIn(indices, first, count));
    let vertices = 0;
    let corners = 0;
    for (let i = 0; i < indices.length; i += 3) {
      if (indices[i]! < first || indices[i]! >= first + count) continue;
      for (let k = 0; k < 3; k++) {
        const vertex = indices[i + k]! - first;
        if (number[vertex] === 0) {
          source[vertices++] = vertex;
          number[vertex] = vertices;
        }
        local[corners++] = number[vertex]! - 1;
      }
    }
    if (corners === 0) empty.push(primitive);
    else {
      rebuildVertices(document, primitive, source.subarray(0, vertices), local);
      // A part of vertices that are all different.
      markIndexed(primitive);
    }
  }
  return empty;
}

/** Corners of the triangles whose vertices are among `count` from `first` on. */
function cornersIn(indices: Uint32Array, first: number, count: number): number {
  let corners = 0;
  for (let i = 0; i < indices.length; i += 3) if (indices[i]! >= first && indices[i]! < first + count) corners += 3;
  return corners;
}
