import type { Accessor, Primitive } from '@gltf-transform/core';
import type { MergedPart } from './merged-part.ts';

/** A vertex whose discontinuities stay: it moves along them only, both sides together (meshopt_SimplifyVertex_Protect). */
const PROTECTED = 2;

/**
 * Protects vertices where materials meet or texture coordinates break: neither side may pull the other over; and those
 * on open borders that are several at one place, which would not be taken for borders.
 *
 * @returns for each vertex, what may not happen to it
 */
export async function lockSeams(
  parts: readonly MergedPart[],
  positions: Float32Array,
  indices: Uint32Array,
  keepSeams: boolean,
): Promise<Uint8Array> {
  const { MeshoptSimplifier } = await import('meshoptimizer/simplifier');
  await MeshoptSimplifier.ready;
  const same = MeshoptSimplifier.generatePositionRemap(positions, 3);
  const locks = new Uint8Array(same.length);
  const coordinates = parts.map(({ primitive }) => (keepSeams ? textureCoordinates(primitive) : []));
  const owner = parts.length > 1 ? ownersOf(parts, same.length) : null;
  let twins = 0;
  for (let vertex = 0; vertex < same.length; vertex++) {
    const twin = same[vertex]!;
    if (twin === vertex) continue;
    twins++;
    const part = owner ? owner[vertex]! : 0;
    const sameTexels =
      (!owner || owner[twin] === part) &&
      coordinates[part]!.every((accessor) =>
        isSameElement(accessor, vertex - parts[part]!.first, twin - parts[part]!.first),
      );
    if (sameTexels) continue;
    locks[vertex] = PROTECTED;
    locks[twin] = PROTECTED;
  }
  if (twins === 0) return locks;
  lockOpenBorders(same, indices, locks);
  // A third vertex at the same place is as delicate as the first two.
  for (let vertex = 0; vertex < same.length; vertex++) if (locks[same[vertex]!]) locks[vertex] = PROTECTED;
  return locks;
}

/** The part of each vertex. */
function ownersOf(parts: readonly MergedPart[], vertices: number): Uint32Array {
  const owner = new Uint32Array(vertices);
  for (const [part, { first, count }] of parts.entries()) owner.fill(part, first, first + count);
  return owner;
}

/** An edge is open where no triangle runs along it the other way. Only edges with several vertices at an end are looked at. */
function lockOpenBorders(same: Uint32Array, indices: Uint32Array, locks: Uint8Array): void {
  const several = new Uint8Array(same.length);
  for (let vertex = 0; vertex < same.length; vertex++) if (same[vertex] !== vertex) several[same[vertex]!] = 1;
  const edges = new EdgesByEnd(same, indices, several);
  // How often an edge from the vertex that is looked at runs up to each other one, less how often it comes down.
  const balance = new Int32Array(same.length);
  for (let low = 0; low < same.length; low++) {
    const [start, end] = [edges.starts[low]!, edges.starts[low + 1]!];
    for (let i = start; i < end; i++) {
      const high = edges.others[i]! >> 1;
      balance[high] = balance[high]! + (edges.others[i]! & 1 ? 1 : -1);
    }
    for (let i = start; i < end; i++) {
      const high = edges.others[i]! >> 1;
      if (balance[high] === 0) continue;
      balance[high] = 0;
      if (several[low]) locks[low] = PROTECTED;
      if (several[high]) locks[high] = PROTECTED;
    }
  }
}

/** The edges of triangles in the order of their lower ends, of those with several vertices at an end. */
class EdgesByEnd {
  /** For each vertex where its edges begin in `others`, and where the last one's end. */
  readonly starts: Uint32Array;
  /** Twice the higher end, and one more where the triangle runs from the lower end to the higher. */
  readonly others: Int32Array;

  // Twice the same loop: a call for each edge is what would take longest before it is compiled.
  constructor(same: Uint32Array, indices: Uint32Array, several: Uint8Array) {
    const counts = new Uint32Array(same.length + 1);
    for (let i = 0; i < indices.length; i++) {
      const a = same[indices[i]!]!;
      const b = same[indices[i % 3 === 2 ? i - 2 : i + 1]!]!;
      if (a === b || (several[a] === 0 && several[b] === 0)) continue;
      const low = a < b ? a : b;
      counts[low + 1] = counts[low + 1]! + 1;
    }
    for (let i = 1; i < counts.length; i++) counts[i] = counts[i]! + counts[i - 1]!;
    this.starts = counts.slice();
    this.others = new Int32Array(counts[same.length]!);
    for (let i = 0; i < indices.length; i++) {
      const a = same[indices[i]!]!;
      const b = same[indices[i % 3 === 2 ? i - 2 : i + 1]!]!;
      if (a === b || (several[a] === 0 && several[b] === 0)) continue;
      const low = a < b ? a : b;
      const at = counts[low]!;
      counts[low] = at + 1;
      this.others[at] = a < b ? b * 2 + 1 : a * 2;
    }
  }
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
