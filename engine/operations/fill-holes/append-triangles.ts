import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';
import { floatValues } from '../float-values.ts';

/** A vertex of a primitive. */
export interface VertexOf {
  primitive: Primitive;
  index: number;
}

/** Triangles to be added, with vertices of their own. */
export interface Patch {
  /** What each vertex is a copy of, in everything but its normal. */
  sources: VertexOf[];
  /** Three for each vertex. */
  normals: number[];
  /** Three vertices of the patch for each triangle. */
  triangles: number[];
}

/**
 * Adds triangles to a primitive. What a vertex's source lacks of the attributes of the primitive is zero.
 */
export function appendTriangles(
  document: Document,
  primitive: Primitive,
  { sources, normals, triangles }: Patch,
): void {
  const before = primitive.getAttribute('POSITION')!.getCount();
  const normal = primitive.getAttribute('NORMAL');
  if (normal && !(normal.getArray() instanceof Float32Array)) {
    primitive.setAttribute('NORMAL', normal.clone().setNormalized(false).setArray(floatValues(normal, 3)));
  }
  for (const semantic of primitive.listSemantics()) {
    const added = extended(primitive.getAttribute(semantic)!, sources, (source) => source.getAttribute(semantic));
    if (semantic === 'NORMAL') added.getArray()!.set(normals, before * 3);
    primitive.setAttribute(semantic, added);
  }
  for (const [index, target] of primitive.listTargets().entries()) {
    for (const semantic of target.listSemantics()) {
      const of = (source: Primitive) => source.listTargets()[index]?.getAttribute(semantic) ?? null;
      target.setAttribute(semantic, extended(target.getAttribute(semantic)!, sources, of));
    }
  }
  const count = before + sources.length;
  const old = primitive.getIndices()!.getArray()!;
  const indices =
    count <= 65_535 ? new Uint16Array(old.length + triangles.length) : new Uint32Array(old.length + triangles.length);
  indices.set(old);
  for (const [i, vertex] of triangles.entries()) indices[old.length + i] = before + vertex;
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(indices).setBuffer(buffer));
}

function extended(
  accessor: Accessor,
  sources: readonly VertexOf[],
  of: (primitive: Primitive) => Accessor | null,
): Accessor {
  const array = accessor.getArray()!;
  const size = accessor.getElementSize();
  const create = array.constructor as new (length: number) => TypedArray;
  const out = new create(array.length + sources.length * size);
  out.set(array);
  for (const [i, { primitive, index }] of sources.entries()) {
    const source = of(primitive);
    if (source?.getType() !== accessor.getType() || source.getComponentType() !== accessor.getComponentType()) continue;
    for (let k = 0; k < size; k++) out[array.length + i * size + k] = source.getArray()![index * size + k]!;
  }
  return accessor.clone().setArray(out);
}
