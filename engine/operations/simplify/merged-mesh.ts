import type { Accessor, Mesh, Primitive } from '@gltf-transform/core';
import { floatValues } from '../float-values.ts';
import { indexPrimitive, trianglePrimitives } from '../triangle-lists.ts';
import { joinAttributes } from './vertex-attributes.ts';

/** A vertex whose discontinuities stay: it moves along them only, both sides together (meshopt_SimplifyVertex_Protect). */
const PROTECTED = 2;

/**
 * All triangles of a mesh as one, so that simplifying keeps its primitives together: where materials meet, both sides
 * collapse in step and no crack opens.
 */
export interface MergedMesh {
  mesh: Mesh;
  /** The primitives, with the first of their vertices in the merged list. */
  parts: { primitive: Primitive; first: number; count: number }[];
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
 */
export async function mergeMesh(mesh: Mesh, keepSeams: boolean): Promise<MergedMesh | null> {
  const primitives = trianglePrimitives(mesh);
  for (const primitive of primitives) indexPrimitive(primitive);
  const parts: MergedMesh['parts'] = [];
  let vertices = 0;
  let corners = 0;
  for (const primitive of primitives) {
    const count = primitive.getAttribute('POSITION')!.getCount();
    parts.push({ primitive, first: vertices, count });
    vertices += count;
    corners += primitive.getIndices()!.getCount();
  }
  if (corners === 0) return null;
  const positions = new Float32Array(vertices * 3);
  const indices = new Uint32Array(corners);
  let corner = 0;
  for (const { primitive, first } of parts) {
    positions.set(floatValues(primitive.getAttribute('POSITION')!, 3), first * 3);
    const local = primitive.getIndices()!.getArray()!;
    for (let i = 0; i < local.length; i++) indices[corner++] = first + local[i]!;
  }
  const { attributes, weights } = joinAttributes(parts, positions);
  return { mesh, parts, positions, attributes, weights, locks: await lockSeams(parts, positions, keepSeams), indices };
}

/** Protects vertices where materials meet or texture coordinates break: neither side may pull the other over. */
async function lockSeams(parts: MergedMesh['parts'], positions: Float32Array, keepSeams: boolean): Promise<Uint8Array> {
  const { MeshoptSimplifier } = await import('meshoptimizer/simplifier');
  await MeshoptSimplifier.ready;
  const same = MeshoptSimplifier.generatePositionRemap(positions, 3);
  const locks = new Uint8Array(same.length);
  const coordinates = parts.map(({ primitive }) => (keepSeams ? textureCoordinates(primitive) : []));
  const owner = new Uint32Array(same.length);
  for (const [part, { first, count }] of parts.entries()) owner.fill(part, first, first + count);
  for (let vertex = 0; vertex < same.length; vertex++) {
    const twin = same[vertex]!;
    if (twin === vertex) continue;
    const part = owner[vertex]!;
    const sameTexels =
      owner[twin] === part &&
      coordinates[part]!.every((accessor) =>
        isSameElement(accessor, vertex - parts[part]!.first, twin - parts[part]!.first),
      );
    if (sameTexels) continue;
    locks[vertex] = PROTECTED;
    locks[twin] = PROTECTED;
  }
  // A third vertex at the same place is as delicate as the first two.
  for (let vertex = 0; vertex < same.length; vertex++) if (locks[same[vertex]!]) locks[vertex] = PROTECTED;
  return locks;
}

function textureCoordinates(primitive: Primitive): Accessor[] {
  return primitive
    .listSemantics()
    .filter((semantic) => semantic.startsWith('TEXCOORD_'))
    .map((semantic) => primitive.getAttribute(semantic)!);
}

function isSameElement(accessor: Accessor, a: number, b: number): boolean {
  const array = accessor.getArray()!;
  const size = accessor.getElementSize();
  for (let k = 0; k < size; k++) if (array[a * size + k] !== array[b * size + k]) return false;
  return true;
}
