import { KernelWelder } from './kernel-welder.ts';
import { isSmall, MeshKernel, suitsKernel } from './mesh-kernel.ts';

/** Given to the kernel at a time: little enough to stay in the cache of a processor. */
const BLOCK_CORNERS = 20_000;

/** Triangle corners of which equal positions became one vertex. */
export interface WeldedPositions {
  /** Three for each vertex, in the order of their first appearance. */
  positions: Float32Array;
  /** The vertex of each corner. */
  indices: Uint32Array;
}

/**
 * Gives corners at exactly the same position one vertex (bit by bit; -0 is 0).
 *
 * @param corners three numbers for each corner
 */
export function weldPositions(corners: Float32Array): WeldedPositions {
  const count = Math.floor(corners.length / 3);
  return suitsKernel(count) ? weldInKernel(corners, count) : weldInScript(corners, count);
}

/** Large results are views of the kernel's memory. */
function weldInKernel(corners: Float32Array, count: number): WeldedPositions {
  const copies = isSmall(count);
  const kernel = copies ? MeshKernel.shared() : new MeshKernel();
  const block = Math.min(count, BLOCK_CORNERS);
  const blockAt = kernel.place(block * 12 + 4);
  const indicesAt = kernel.place(count * 4);
  const welder = new KernelWelder(kernel, count / 3);
  for (let from = 0; from < count; from += block) {
    const some = Math.min(block, count - from);
    kernel.floats(blockAt, some * 3).set(corners.subarray(from * 3, (from + some) * 3));
    const at = indicesAt + from * 4;
    welder.addAll(some, (done, more) => kernel.exports.weldPoints(blockAt + done * 12, more, at + done * 4));
  }
  const positions = welder.positions();
  const indices = kernel.words(indicesAt, count);
  return copies ? { positions: positions.slice(), indices: indices.slice() } : { positions, indices };
}

function weldInScript(corners: Float32Array, count: number): WeldedPositions {
  const welder = new PositionWelder(count);
  const indices = new Uint32Array(count);
  for (let i = 0; i < count; i++) indices[i] = welder.add(corners[i * 3]!, corners[i * 3 + 1]!, corners[i * 3 + 2]!);
  return { positions: welder.positions(), indices };
}

/**
 * Gives positions numbers, equal ones the same. Open addressing over the bit patterns: flat memory, and values that
 * are no numbers find themselves as well.
 */
export class PositionWelder {
  private vertices = 0;
  private values: Float32Array<ArrayBuffer>;
  private bits: Int32Array;
  /** Vertices from 1, 0 for a free slot; at least half of them are free. */
  private table: Int32Array;
  private mask: number;

  /** @param corners as many as may come; a closed mesh has six times fewer vertices */
  constructor(corners: number) {
    let slots = 1024;
    while (slots < corners / 3) slots *= 2;
    this.table = new Int32Array(slots);
    this.mask = slots - 1;
    this.values = new Float32Array((slots / 2) * 3);
    this.bits = new Int32Array(this.values.buffer);
  }

  /** The number of a position. */
  add(px: number, py: number, pz: number): number {
    const { values, bits, table, mask, vertices } = this;
    // Where the next vertex would go; a position that is known leaves nothing there.
    const at = vertices * 3;
    values[at] = px + 0;
    values[at + 1] = py + 0;
    values[at + 2] = pz + 0;
    const x = bits[at]!;
    const y = bits[at + 1]!;
    const z = bits[at + 2]!;
    let slot = hashOf(x, y, z) & mask;
    for (let known = table[slot]!; known > 0; known = table[slot]!) {
      const k = (known - 1) * 3;
      if (bits[k] === x && bits[k + 1] === y && bits[k + 2] === z) return known - 1;
      slot = (slot + 1) & mask;
    }
    table[slot] = ++this.vertices;
    if (this.vertices * 2 >= table.length) this.grow();
    return vertices;
  }

  /** Three for each number. */
  positions(): Float32Array<ArrayBuffer> {
    return this.values.slice(0, this.vertices * 3);
  }

  private grow(): void {
    const values = new Float32Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
    this.bits = new Int32Array(values.buffer);
    const { bits } = this;
    const table = new Int32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let vertex = 0; vertex < this.vertices; vertex++) {
      const k = vertex * 3;
      let slot = hashOf(bits[k]!, bits[k + 1]!, bits[k + 2]!) & mask;
      while (table[slot]! > 0) slot = (slot + 1) & mask;
      table[slot] = vertex + 1;
    }
    this.table = table;
    this.mask = mask;
  }
}

function hashOf(x: number, y: number, z: number): number {
  const hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}
