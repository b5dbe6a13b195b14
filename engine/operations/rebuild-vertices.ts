import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';

/** Most vertices that indices of two bytes can number: the largest number means something else. */
export const MOST_SHORT = 65_535;

/**
 * Gives a primitive new vertices, each a copy of an old one, and new triangles. All attributes and morph targets go
 * along as they are stored.
 *
 * @param source the old vertex of each new one
 * @param indices three new vertices for each triangle; the primitive keeps the array
 */
export function rebuildVertices(
  document: Document,
  primitive: Primitive,
  source: Uint32Array,
  indices: Uint32Array<ArrayBuffer>,
): void {
  for (const item of [primitive, ...primitive.listTargets()]) {
    for (const semantic of item.listSemantics()) {
      item.setAttribute(semantic, pick(document, item.getAttribute(semantic)!, source));
    }
  }
  const array = source.length <= MOST_SHORT ? new Uint16Array(indices) : indices;
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array).setBuffer(buffer));
}

/** An accessor with some elements of another. A clone would copy all of them first. */
function pick(document: Document, accessor: Accessor, source: Uint32Array): Accessor {
  const from = accessor.getArray()!;
  const size = accessor.getElementSize();
  const to = sameArray(from, source.length * size);
  for (let i = 0; i < source.length; i++) {
    const at = source[i]! * size;
    for (let k = 0; k < size; k++) to[i * size + k] = from[at + k]!;
  }
  return document
    .createAccessor(accessor.getName())
    .setType(accessor.getType())
    .setArray(to)
    .setNormalized(accessor.getNormalized())
    .setSparse(accessor.getSparse())
    .setBuffer(accessor.getBuffer())
    .setExtras(accessor.getExtras());
}

/** An empty array of the same kind. */
export function sameArray(array: TypedArray, length: number): TypedArray {
  const create = array.constructor as new (length: number) => TypedArray;
  return new create(length);
}
