import { shadeInKernel } from './kernel-shading.ts';
import { KernelWelder } from './kernel-welder.ts';
import { isSmall, MeshKernel } from './mesh-kernel.ts';
import type { ShadeOptions } from './shade-options.ts';
import type { SplitMesh, WeldedMesh } from './welded-mesh.ts';

/**
 * A mesh in the memory of the mesh kernel, which welds and shades it there. Its arrays are views of that memory: touching
 * fresh memory costs more than most of what is computed, so that nothing is copied, and a place is used again once what
 * lay there is no longer needed. A small one is of use until the next is made.
 */
export class KernelMesh implements WeldedMesh {
  readonly triangles: number;
  private readonly kernel: MeshKernel;
  private readonly welder: KernelWelder;
  private readonly copies: boolean;
  private readonly blockAt: number;
  private readonly indicesAt: number;
  private corners = 0;

  /**
   * @param triangles as many as will be added, at most a third of `KERNEL_CORNERS`
   * @param blockBytes what is read at a time
   */
  constructor(triangles: number, blockBytes: number) {
    this.triangles = triangles;
    this.copies = isSmall(triangles * 3);
    this.kernel = this.copies ? MeshKernel.shared() : new MeshKernel();
    this.kernel.exports.openStl();
    this.blockAt = this.kernel.place(blockBytes);
    this.indicesAt = this.kernel.place(triangles * 12);
    // A closed mesh has half as many vertices as triangles.
    this.welder = new KernelWelder(this.kernel, triangles);
  }

  /** Where triangles are read to before they are added; valid until then. */
  block(bytes: number): Uint8Array {
    return this.kernel.bytes(this.blockAt, bytes);
  }

  /** Adds triangles of a binary STL file, which lie in the block. */
  addStl(count: number): void {
    const { weldStl } = this.kernel.exports;
    const at = this.indicesAt + this.corners * 4;
    this.welder.addAll(count, (from, more) => weldStl(this.blockAt + from * 50, more, at + from * 12));
    this.corners += count * 3;
  }

  /** Triangles of STL whose normal points against the order of their corners. */
  get contradicting(): number {
    return this.kernel.exports.countContradicting();
  }

  /** The 16 bits at the end of all triangles of STL, together. */
  get attributes(): number {
    return this.kernel.exports.stlAttributes();
  }

  positions(): Float32Array {
    return this.welder.positions();
  }

  indices(): Uint32Array {
    return this.kernel.words(this.indicesAt, this.corners);
  }

  shade(options: Pick<ShadeOptions, 'partition'> = {}): SplitMesh {
    const { kernel, welder, indicesAt, corners } = this;
    const { positionsAt, count: vertices, end: freeAt } = welder;
    const made = shadeInKernel(kernel, { positionsAt, vertices, indicesAt, corners, freeAt }, options);
    const { count, firstSplit, sourcesAt, normalsAt, partsAt } = made;
    const result = {
      positions: firstSplit === count ? welder.positions() : this.splitPositions(firstSplit, count, sourcesAt),
      normals: kernel.floats(normalsAt, count * 3),
      indices: this.indices(),
      partition: partsAt ? kernel.words(partsAt, count) : null,
    };
    if (!this.copies) return result;
    const { positions, normals, indices, partition } = result;
    return {
      positions: positions.slice(),
      normals: normals.slice(),
      indices: indices.slice(),
      partition: partition?.slice() ?? null,
    };
  }

  /** Positions of all new vertices, of which those before `split` are the old ones. */
  private splitPositions(split: number, count: number, sourcesAt: number): Float32Array {
    const { kernel, welder } = this;
    const sources = kernel.words(sourcesAt, count - split);
    // Up to the sources nothing is needed any more. Each vertex is used, so that none comes from a later one.
    const inPlace = welder.positionsAt + count * 12 <= sourcesAt;
    const from = inPlace ? kernel.floats(welder.positionsAt, count * 3) : welder.positions();
    const to = inPlace ? from : new Float32Array(count * 3);
    if (!inPlace) to.set(from.subarray(0, split * 3));
    for (let vertex = count - 1; vertex >= split; vertex--) {
      const source = sources[vertex - split]! * 3;
      const at = vertex * 3;
      to[at] = from[source]!;
      to[at + 1] = from[source + 1]!;
      to[at + 2] = from[source + 2]!;
    }
    return to;
  }
}
