import { type Accessor, Document, type Mesh, Primitive } from '@gltf-transform/core';
import { forEachTriangle } from '../render/triangles.ts';
import { listAccessors } from './primitive-accessors.ts';
import { shareVertices } from './share-vertices.ts';

/** The primitives of a mesh that draw triangles. */
export function trianglePrimitives(mesh: Mesh): Primitive[] {
  return mesh
    .listPrimitives()
    .filter((primitive) => primitive.getMode() >= Primitive.Mode.TRIANGLES && primitive.getAttribute('POSITION'));
}

/**
 * Makes indexed lists of separate triangles of all strips, fans and unindexed triangles, in which vertices that are
 * equal in every attribute (and every morph target) are one, and none is unused.
 */
export function indexTriangles(document: Document): void {
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of trianglePrimitives(mesh)) indexPrimitive(primitive);
  }
}

/** What primitives held when they were last indexed: as long as they hold it, there is nothing to do. */
const indexed = new WeakMap<Primitive, Accessor[]>();

/** The same for one primitive. */
export function indexPrimitive(primitive: Primitive): void {
  if (primitive.getMode() !== Primitive.Mode.TRIANGLES) separateTriangles(primitive);
  const known = indexed.get(primitive);
  const held = listAccessors(primitive);
  if (known?.length === held.length && held.every((accessor, index) => accessor === known[index])) return;
  shareVertices(primitive);
  markIndexed(primitive);
}

/** Makes separate triangles of a strip or a fan. */
function separateTriangles(primitive: Primitive): void {
  const corners: number[] = [];
  forEachTriangle(primitive, (a, b, c) => corners.push(a, b, c));
  const document = Document.fromGraph(primitive.getGraph());
  const buffer = primitive.getAttribute('POSITION')?.getBuffer() ?? null;
  const indices = document?.createAccessor().setType('SCALAR').setArray(Uint32Array.from(corners)).setBuffer(buffer);
  primitive.setMode(Primitive.Mode.TRIANGLES).setIndices(indices ?? null);
}

/** Says that the vertices of a primitive are as `indexPrimitive` would leave them. */
export function markIndexed(primitive: Primitive): void {
  indexed.set(primitive, listAccessors(primitive));
}
