import { type Accessor, Document, type Primitive, PropertyType } from '@gltf-transform/core';
import { sequence } from '../describe/triangle-indices.ts';
import { disposeUnused } from './dispose-unused.ts';
import { listAccessors, listAttributes } from './primitive-accessors.ts';
import { MOST_SHORT, rebuildVertices } from './rebuild-vertices.ts';

/**
 * Makes vertices of an indexed or unindexed primitive one that are equal bit for bit in every attribute and morph
 * target, and leaves out those that nothing uses; the rest keep the order in which they are first used. The primitive
 * has indices and accessors of its own after that. One that is so already stays as it is.
 */
export function shareVertices(primitive: Primitive): void {
  const count = primitive.getAttribute('POSITION')?.getCount() ?? 0;
  const given = primitive.getIndices();
  const corners = given?.getArray() ?? null;
  const vertices = new VertexTable(listAttributes(primitive), count);
  const indices = numberCorners(corners ?? sequence(count), vertices);
  const isStoredSo = corners instanceof (count <= MOST_SHORT ? Uint16Array : Uint32Array);
  if (isStoredSo && vertices.isUnchanged && ownsAccessors(primitive)) return;
  const before = listAccessors(primitive);
  rebuildVertices(Document.fromGraph(primitive.getGraph())!, primitive, vertices.kept(), indices);
  disposeUnused(before);
}

/** Most corners are of vertices that have a number: only of new ones the table is asked. */
function numberCorners(corners: ArrayLike<number>, vertices: VertexTable): Uint32Array<ArrayBuffer> {
  const { numbers } = vertices;
  const indices = new Uint32Array(corners.length);
  for (let i = 0; i < indices.length; i++) {
    const known = numbers[corners[i]!]!;
    indices[i] = known > 0 ? known - 1 : vertices.add(corners[i]!);
  }
  return indices;
}

/** Gives vertices numbers, equal ones the same: open addressing over their bits. */
class VertexTable {
  /** Each vertex that is different from all before it. */
  readonly #kept: Uint32Array<ArrayBuffer>;
  #length = 0;
  readonly #count: number;
  /** The number of each vertex from 1; 0 where it did not come yet. */
  readonly numbers: Uint32Array;
  /** Numbers from 1; 0 for a free slot. */
  readonly #table: Int32Array;
  readonly #columns: Column[];
  readonly #hashes: Int32Array;

  constructor(attributes: readonly Accessor[], count: number) {
    this.#columns = attributes.map(wordsOf);
    this.#hashes = hashesOf(this.#columns, count);
    this.#count = count;
    this.#kept = new Uint32Array(count);
    this.numbers = new Uint32Array(count);
    let slots = 16;
    while (slots < count * 1.5) slots *= 2;
    this.#table = new Int32Array(slots);
  }

  /** Whether every vertex has come, in order, and none is equal to another. */
  get isUnchanged(): boolean {
    if (this.#length !== this.#count) return false;
    for (let i = 0; i < this.#count; i++) if (this.#kept[i] !== i) return false;
    return true;
  }

  /** The number, from 0, of a vertex that did not come yet. */
  add(vertex: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const hash = this.#hashes[vertex]!;
    let slot = hash & mask;
    for (let number = table[slot]!; number > 0; number = table[slot]!) {
      const other = this.#kept[number - 1]!;
      if (this.#hashes[other] === hash && this.#isSame(other, vertex)) {
        this.numbers[vertex] = number;
        return number - 1;
      }
      slot = (slot + 1) & mask;
    }
    this.#kept[this.#length++] = vertex;
    this.numbers[vertex] = this.#length;
    table[slot] = this.#length;
    return this.#length - 1;
  }

  /** The vertex that each number stands for. */
  kept(): Uint32Array {
    return this.#kept.subarray(0, this.#length);
  }

  #isSame(a: number, b: number): boolean {
    for (const { words, width } of this.#columns) {
      for (let k = 0; k < width; k++) if (words[a * width + k] !== words[b * width + k]) return false;
    }
    return true;
  }
}

/** The bits of an accessor as whole words, `width` of them for each element. */
interface Column {
  words: Int32Array;
  width: number;
}

/** A hash of each vertex, column by column: memory is read in its order, by a loop that is soon compiled. */
function hashesOf(columns: readonly Column[], count: number): Int32Array {
  const hashes = new Int32Array(count);
  for (const { words, width } of columns) {
    for (let vertex = 0, at = 0; vertex < count; vertex++) {
      let hash = hashes[vertex]!;
      for (const end = at + width; at < end; at++) hash = Math.imul(hash ^ words[at]!, 0x9e3779b1) ^ (hash >>> 15);
      hashes[vertex] = hash;
    }
  }
  for (let vertex = 0; vertex < count; vertex++) hashes[vertex] = hashes[vertex]! ^ (hashes[vertex]! >>> 16);
  return hashes;
}

function wordsOf(accessor: Accessor): Column {
  const { buffer, byteOffset, byteLength } = accessor.getArray()!;
  const size = accessor.getElementSize() * accessor.getComponentSize();
  if (size % 4 === 0 && byteOffset % 4 === 0) {
    return { words: new Int32Array(buffer, byteOffset, byteLength / 4), width: size / 4 };
  }
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const width = Math.ceil(size / 4);
  const padded = new Uint8Array(accessor.getCount() * width * 4);
  for (let i = 0; i < accessor.getCount(); i++) {
    for (let k = 0; k < size; k++) padded[i * width * 4 + k] = bytes[i * size + k]!;
  }
  return { words: new Int32Array(padded.buffer), width };
}

/** Whether no other primitive uses an accessor of this one. */
function ownsAccessors(primitive: Primitive): boolean {
  const own = new Set<unknown>([primitive, ...primitive.listTargets()]);
  return [primitive.getIndices()!, ...listAttributes(primitive)].every((accessor) =>
    accessor.listParents().every((parent) => own.has(parent) || parent.propertyType === PropertyType.ROOT),
  );
}
