import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import { floatValues } from '../float-values.ts';
import type { CutVertices } from './cut-vertices.ts';

/**
 * A primitive like another with the vertices of a cut: all attributes and morph targets of new vertices lie between
 * those of the ends of their edges.
 *
 * @param mode 0 points, 1 lines, 4 triangles
 */
export function writeCut(
  document: Document,
  source: Primitive,
  vertices: CutVertices,
  indices: readonly number[],
  mode: 0 | 1 | 4,
): Primitive {
  const primitive = source.clone().setMode(mode);
  for (const target of primitive.listTargets()) {
    primitive.removeTarget(target);
    const copy = target.clone();
    for (const semantic of copy.listSemantics()) {
      // Differences are not made unit vectors again.
      copy.setAttribute(semantic, between(target.getAttribute(semantic)!, vertices, null));
    }
    primitive.addTarget(copy);
  }
  for (const semantic of primitive.listSemantics()) {
    primitive.setAttribute(semantic, between(source.getAttribute(semantic)!, vertices, semantic));
  }
  const array = vertices.count <= 65_535 ? Uint16Array.from(indices) : Uint32Array.from(indices);
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  return primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array).setBuffer(buffer));
}

function between(accessor: Accessor, { ends, shares }: CutVertices, semantic: string | null): Accessor {
  const size = accessor.getElementSize();
  const values = floatValues(accessor, size);
  const out = new Float32Array(shares.length * size);
  for (let i = 0; i < shares.length; i++) {
    const [a, b, share] = [ends[i * 2]! * size, ends[i * 2 + 1]! * size, shares[i]!];
    for (let k = 0; k < size; k++) {
      const from = values[a + k]!;
      out[i * size + k] = a === b ? from : from + (values[b + k]! - from) * share;
    }
    if (a === b) continue;
    if (semantic === 'NORMAL' || semantic === 'TANGENT') makeUnit(out, i * size);
    // The handedness of a tangent is one or the other.
    if (semantic === 'TANGENT') out[i * 4 + 3] = values[a + 3]!;
  }
  return accessor.clone().setNormalized(false).setArray(out);
}

function makeUnit(values: Float32Array, at: number): void {
  const [x, y, z] = [values[at]!, values[at + 1]!, values[at + 2]!];
  const length = Math.sqrt(x * x + y * y + z * z);
  const unit = length > 1e-12 ? [x / length, y / length, z / length] : [0, 1, 0];
  values.set(unit, at);
}
