import type { Mesh, Node, Primitive } from '@gltf-transform/core';
import { skinnedPositions } from '../../measure/skinned-positions.ts';
import { readFloats } from '../float-values.ts';
import { indexPrimitive, trianglePrimitives } from '../triangle-lists.ts';
import type { MergedPart } from './merged-part.ts';
import { lockSeams } from './seams.ts';
import { joinAttributes } from './vertex-attributes.ts';

/**
 * All triangles of a mesh as one, so that simplifying keeps its primitives together: where materials meet, both sides
 * collapse in step and no crack opens. Its arrays may be those of accessors and are not to be changed.
 */
export interface MergedMesh {
  mesh: Mesh;
  parts: MergedPart[];
  /** In the mesh's space; of a skinned mesh in the world, in its rest pose, which is what is seen of it. */
  positions: Float32Array<ArrayBuffer>;
  /** `weights.length` numbers for each vertex: what else of it counts as error. */
  attributes: Float32Array<ArrayBuffer>;
  weights: number[];
  /** For each vertex, what may not happen to it. */
  locks: Uint8Array;
  indices: Uint32Array<ArrayBuffer>;
}

/**
 * Merges the triangles of a mesh, after indexing them. Null when it has none.
 *
 * @param keepSeams protects vertices where texture coordinates break
 * @param skinned a node that draws it with a skin: its joints say where the vertices are
 */
export async function mergeMesh(mesh: Mesh, keepSeams: boolean, skinned?: Node): Promise<MergedMesh | null> {
  const primitives = trianglePrimitives(mesh);
  for (const primitive of primitives) indexPrimitive(primitive);
  const parts: MergedPart[] = [];
  let vertices = 0;
  let corners = 0;
  for (const primitive of primitives) {
    const count = primitive.getAttribute('POSITION')!.getCount();
    parts.push({ primitive, first: vertices, count });
    vertices += count;
    corners += primitive.getIndices()!.getCount();
  }
  if (corners === 0) return null;
  const positions = joinPositions(parts, vertices, skinned);
  const indices = joinIndices(parts, corners);
  const { attributes, weights } = joinAttributes(parts, positions);
  return {
    mesh,
    parts,
    positions,
    attributes,
    weights,
    locks: await lockSeams(parts, positions, indices, keepSeams),
    indices,
  };
}

function joinPositions(
  parts: readonly MergedPart[],
  vertices: number,
  skinned: Node | undefined,
): Float32Array<ArrayBuffer> {
  const positionsOf = (primitive: Primitive) => {
    const stored = readFloats(primitive.getAttribute('POSITION')!, 3);
    return (skinned && skinnedPositions(skinned, primitive, stored)) ?? stored;
  };
  if (parts.length === 1) return positionsOf(parts[0]!.primitive);
  const positions = new Float32Array(vertices * 3);
  for (const { primitive, first } of parts) positions.set(positionsOf(primitive), first * 3);
  return positions;
}

function joinIndices(parts: readonly MergedPart[], corners: number): Uint32Array<ArrayBuffer> {
  const only = parts.length === 1 && parts[0]!.primitive.getIndices()!.getArray();
  if (only instanceof Uint32Array) return only;
  const indices = new Uint32Array(corners);
  let corner = 0;
  for (const { primitive, first } of parts) {
    const local = primitive.getIndices()!.getArray()!;
    for (let i = 0; i < local.length; i++) indices[corner++] = first + local[i]!;
  }
  return indices;
}
