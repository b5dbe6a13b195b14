/** Numbers distinct tuples of integers, in the order of their first appearance, in flat memory. */
export class TupleIndex {
  private readonly width: number;
  private tuples: Int32Array;
  private table: Int32Array;
  private mask: number;
  private length = 0;

  /** @param width integers in each tuple */
  constructor(width: number, expected = 1024) {
    this.width = width;
    let size = 1024;
    while (size < expected * 1.5) size *= 2;
    this.table = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    this.tuples = new Int32Array(Math.max(16, expected) * width);
  }

  /** How many distinct tuples there are. */
  get count(): number {
    return this.length;
  }

  /** The number of the tuple at `offset` of `values`. */
  add(values: ArrayLike<number>, offset = 0): number {
    const { width } = this;
    let hash = 0x811c9dc5;
    for (let i = 0; i < width; i++) hash = Math.imul(hash ^ values[offset + i]!, 0x9e3779b1) ^ (hash >>> 13);
    let slot = (hash ^ (hash >>> 16)) & this.mask;
    for (; ; slot = (slot + 1) & this.mask) {
      const known = this.table[slot]!;
      if (known < 0) break;
      let same = true;
      for (let i = 0; i < width && same; i++) same = this.tuples[known * width + i] === values[offset + i];
      if (same) return known;
    }
    if ((this.length + 1) * width > this.tuples.length) {
      const grown = new Int32Array(this.tuples.length * 2);
      grown.set(this.tuples);
      this.tuples = grown;
    }
    for (let i = 0; i < width; i++) this.tuples[this.length * width + i] = values[offset + i]!;
    this.table[slot] = this.length;
    if (this.length * 1.5 > this.mask) this.growTable();
    return this.length++;
  }

  /** One column of all tuples: component `column` of each, in order. */
  column(column: number): Uint32Array {
    const out = new Uint32Array(this.length);
    for (let i = 0; i < out.length; i++) out[i] = this.tuples[i * this.width + column]!;
    return out;
  }

  private growTable(): void {
    const { width, tuples } = this;
    const size = (this.mask + 1) * 2;
    this.mask = size - 1;
    this.table = new Int32Array(size).fill(-1);
    for (let n = 0; n <= this.length; n++) {
      let hash = 0x811c9dc5;
      for (let i = 0; i < width; i++) hash = Math.imul(hash ^ tuples[n * width + i]!, 0x9e3779b1) ^ (hash >>> 13);
      let slot = (hash ^ (hash >>> 16)) & this.mask;
      while (this.table[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.table[slot] = n;
    }
  }
}
