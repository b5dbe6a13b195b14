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
    const number = new Int32Array(count).fill(-1);
    const source: number[] = [];
    const local: number[] = [];
    for (let i = 0; i < indices.length; i += 3) {
      if (indices[i]! < first || indices[i]! >= first + count) continue;
      for (let k = 0; k < 3; k++) {
        const vertex = indices[i + k]! - first;
        if (number[vertex]! < 0) {
          number[vertex] = source.length;
          source.push(vertex);
        }
        local.push(number[vertex]!);
      }
    }
    if (local.length === 0) empty.push(primitive);
    else {
      rebuildVertices(document, primitive, new Uint32Array(source), new Uint32Array(local));
      // A part of vertices that are all different.
      markIndexed(primitive);
    }
  }
  return empty;
}
