import type { MeshKernel } from './mesh-kernel.ts';

/** Numbers positions in the memory of the mesh kernel, equal ones the same. */
export class KernelWelder {
  /** Three f32 for each number, in the order of their first appearance. */
  readonly positionsAt: number;
  private readonly kernel: MeshKernel;
  private tableAt = 0;
  private tableBits = 10;

  /**
   * Takes the place behind all that there are; no other may be taken until all is added.
   *
   * @param expected twice as many as there will be; more than expected make the table grow
   */
  constructor(kernel: MeshKernel, expected: number) {
    this.kernel = kernel;
    this.positionsAt = kernel.place(0);
    while (2 ** this.tableBits < expected) this.tableBits++;
    this.openTable(0);
  }

  /** How many different positions there are. */
  get count(): number {
    return this.kernel.exports.countVertices();
  }

  /** Behind all positions: here lies what is of no use once all are added. */
  get end(): number {
    return this.tableAt;
  }

  positions(): Float32Array<ArrayBuffer> {
    return this.kernel.floats(this.positionsAt, this.count * 3);
  }

  /**
   * Adds positions. Views of the kernel's memory are of no use afterwards.
   *
   * @param total how many there are of whatever `add` takes
   * @param add adds those from one on and says how many it did before there was no room
   */
  addAll(total: number, add: (from: number, count: number) => number): void {
    for (let done = 0; done < total; ) {
      done += add(done, total - done);
      if (done < total) {
        this.tableBits++;
        this.openTable(this.count);
      }
    }
  }

  /** Places the table behind room for as many positions as it can number. */
  private openTable(count: number): void {
    const slots = 2 ** this.tableBits;
    this.kernel.extend(this.positionsAt, slots * 6);
    this.tableAt = this.kernel.place(slots * 4);
    this.kernel.exports.openTable(this.positionsAt, this.tableAt, this.tableBits, count);
  }
}
