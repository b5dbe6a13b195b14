import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';

/**
 * Gives a primitive new vertices, each a copy of an old one, and new triangles. All attributes and morph targets go
 * along as they are stored.
 *
 * @param source the old vertex of each new one
 * @param indices three new vertices for each triangle
 */
export function rebuildVertices(
  document: Document,
  primitive: Primitive,
  source: Uint32Array,
  indices: Uint32Array,
): void {
  for (const item of [primitive, ...primitive.listTargets()]) {
    for (const semantic of item.listSemantics()) {
      item.setAttribute(semantic, pick(item.getAttribute(semantic)!, source));
    }
  }
  const array = source.length <= 65_535 ? new Uint16Array(indices) : new Uint32Array(indices);
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array).setBuffer(buffer));
}

function pick(accessor: Accessor, source: Uint32Array): Accessor {
  const from = accessor.getArray()!;
  const size = accessor.getElementSize();
  const to = sameArray(from, source.length * size);
  for (let i = 0; i < source.length; i++) {
    const at = source[i]! * size;
    for (let k = 0; k < size; k++) to[i * size + k] = from[at + k]!;
  }
  return accessor.clone().setArray(to);
}

function sameArray(array: TypedArray, length: number): TypedArray {
  const create = array.constructor as new (length: number) => TypedArray;
  return new create(length);
}
