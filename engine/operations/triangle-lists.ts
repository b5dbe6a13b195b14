import { type Document, type Mesh, Primitive } from '@gltf-transform/core';
import { convertPrimitiveToTriangles, weldPrimitive } from '@gltf-transform/functions';

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

/** The same for one primitive. */
export function indexPrimitive(primitive: Primitive): void {
  if (primitive.getMode() !== Primitive.Mode.TRIANGLES) convertPrimitiveToTriangles(primitive);
  weldPrimitive(primitive);
}
