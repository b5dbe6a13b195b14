import type { Accessor, Primitive } from '@gltf-transform/core';

/** A vertex whose discontinuities stay: it moves along them only, both sides together (meshopt_SimplifyVertex_Protect). */
const PROTECTED = 2;

/** A primitive in a merged list of vertices. */
type Part = { primitive: Primitive; first: number; count: number };

/**
 * Protects vertices where materials meet or texture coordinates break: neither side may pull the other over; and those
 * on open borders that are several at one place, which would not be taken for borders.
 *
 * @returns for each vertex, what may not happen to it
 */
export async function lockSeams(
  parts: readonly Part[],
  positions: Float32Array,
  indices: Uint32Array,
  keepSeams: boolean,
): Promise<Uint8Array> {
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
  lockOpenBorders(same, indices, locks);
  // A third vertex at the same place is as delicate as the first two.
  for (let vertex = 0; vertex < same.length; vertex++) if (locks[same[vertex]!]) locks[vertex] = PROTECTED;
  return locks;
}

/** An edge is open where no triangle runs along it the other way. Only edges with several vertices at an end are looked at. */
function lockOpenBorders(same: Uint32Array, indices: Uint32Array, locks: Uint8Array): void {
  const several = new Uint8Array(same.length);
  for (let vertex = 0; vertex < same.length; vertex++) if (same[vertex] !== vertex) several[same[vertex]!] = 1;
  const balance = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    const a = same[indices[i]!]!;
    const b = same[indices[i % 3 === 2 ? i - 2 : i + 1]!]!;
    if (a === b || !(several[a] || several[b])) continue;
    const key = Math.min(a, b) * same.length + Math.max(a, b);
    balance.set(key, (balance.get(key) ?? 0) + (a < b ? 1 : -1));
  }
  for (const [key, count] of balance) {
    if (count === 0) continue;
    for (const vertex of [Math.floor(key / same.length), key % same.length])
      if (several[vertex]) locks[vertex] = PROTECTED;
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
