import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';
import { lineIndices, sequence, triangleIndices } from '../describe/triangle-indices.ts';
import { type Corrections, plural } from './corrections.ts';

/**
 * Removes points, lines and triangles that use a vertex that is not there or has no position.
 *
 * @param bad 1 for each vertex without a position; null where all have one
 * @returns whether anything is left to draw
 */
export function removeBadElements(
  document: Document,
  primitive: Primitive,
  vertices: number,
  bad: Uint8Array | null,
  corrections: Corrections,
): boolean {
  const accessor = primitive.getIndices();
  const source = accessor?.getArray() ?? null;
  if (accessor && !isIndexList(accessor)) return false;
  const mode = primitive.getMode();
  const count = source?.length ?? vertices;
  const size = mode === 0 ? 1 : mode < 4 ? 2 : 3;
  if (count < size) return false;
  if (accessor && source) widenRestart(primitive, accessor, source, document);
  const isOutside = source !== null && hasAbove(source, vertices);
  if (!bad && !isOutside && (mode > 4 || count % size === 0)) return true;
  const list = triangleIndices(primitive) ?? lineIndices(mode, source ?? sequence(vertices));
  const kept: number[] = [];
  let dropped = list.length % size === 0 ? 0 : 1;
  for (let i = 0; i + size <= list.length; i += size) {
    let good = true;
    for (let j = i; j < i + size; j++) {
      const index = list[j]!;
      if (index >= vertices || bad?.[index]) good = false;
    }
    if (!good) dropped++;
    else for (let j = i; j < i + size; j++) kept.push(list[j]!);
  }
  corrections.add(
    'removed_elements',
    dropped,
    (n) =>
      `${plural(n, 'triangle, line or point', 'triangles, lines or points')} with a vertex that does not exist or has no position ${n === 1 ? 'was' : 'were'} removed.`,
  );
  if (kept.length === 0) return false;
  const array = vertices <= 65535 ? Uint16Array.from(kept) : Uint32Array.from(kept);
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array));
  primitive.setMode(mode === 0 ? 0 : mode < 4 ? 1 : 4);
  return true;
}

/** The highest index of a type means a new strip (glTF 2.0, section 3.7.2.1): a vertex of that number needs a wider one. */
function widenRestart(primitive: Primitive, accessor: Accessor, indices: TypedArray, document: Document): void {
  const restart = indices instanceof Uint8Array ? 255 : indices instanceof Uint16Array ? 65535 : null;
  if (restart === null || !indices.includes(restart)) return;
  const wider = document.createAccessor(accessor.getName()).setType('SCALAR').setArray(Uint32Array.from(indices));
  primitive.setIndices(wider);
}

/** Unsigned whole numbers, and no vertex attribute at the same time. */
function isIndexList(accessor: Accessor): boolean {
  const array = accessor.getArray();
  const whole = array instanceof Uint8Array || array instanceof Uint16Array || array instanceof Uint32Array;
  return whole && accessor.getType() === 'SCALAR';
}

function hasAbove(indices: ArrayLike<number>, limit: number): boolean {
  let max = -1;
  for (let i = 0; i < indices.length; i++) if (indices[i]! > max) max = indices[i]!;
  return max >= limit;
}
