import { MeshKernel } from './mesh-kernel.ts';
import { DEFAULT_CREASE_ANGLE, leastCosine, type ShadeOptions } from './shade-mesh.ts';
import type { SplitMesh, WeldedMesh } from './welded-mesh.ts';

/** So many triangles fit into the kernel's memory, 4 GiB, also when no two corners are equal. */
export const KERNEL_TRIANGLES = 20_000_000;
/** Smaller meshes take turns in one memory and are copied out of it; larger ones keep theirs. */
const SHARED_TRIANGLES = 20_000;

/** Worked on at a time: code that was compiled better meanwhile takes over with the next call. */
const CORNERS_A_CALL = 65_536;
const VERTICES_A_CALL = 4096;
/** At least so many corners are listed at a time, and at most a sixteenth of all if that is more. */
const LISTED_CORNERS = 65_536;
/** What the kernel answers where no vertex was split. */
const NONE_SPLIT = 0x8000_0000;

let shared: MeshKernel | undefined;

function sharedKernel(): MeshKernel {
  shared ??= new MeshKernel();
  return shared;
}

/**
 * A mesh in the memory of the mesh kernel, which welds and shades it there. Its arrays are views of that memory: touching
 * fresh memory costs more than most of what is computed, so that nothing is copied, and a place is used again once what
 * lay there is no longer needed. A small one is of use until the next is made.
 */
export class KernelMesh implements WeldedMesh {
  readonly triangles: number;
  private readonly kernel: MeshKernel;
  private readonly copies: boolean;
  private readonly blockAt: number;
  private readonly indicesAt: number;
  private readonly positionsAt: number;
  private tableAt = 0;
  private tableBits = 10;
  private corners = 0;

  /**
   * @param triangles as many as will be added, at most `KERNEL_TRIANGLES`
   * @param blockBytes what is read at a time
   */
  constructor(triangles: number, blockBytes: number) {
    this.triangles = triangles;
    this.copies = triangles <= SHARED_TRIANGLES;
    this.kernel = this.copies ? sharedKernel() : new MeshKernel();
    this.kernel.clear();
    this.kernel.exports.openStl();
    this.blockAt = this.kernel.place(blockBytes);
    this.indicesAt = this.kernel.place(triangles * 12);
    this.positionsAt = this.kernel.place(0);
    // A closed mesh has half as many vertices as triangles.
    while (2 ** this.tableBits < triangles) this.tableBits++;
    this.openTable(0);
  }

  /** Where triangles are read to before they are added; valid until then. */
  block(bytes: number): Uint8Array {
    return this.kernel.bytes(this.blockAt, bytes);
  }

  /** Adds triangles of a binary STL file, which lie in the block. */
  addStl(count: number): void {
    const { exports } = this.kernel;
    for (let done = 0; done < count; ) {
      const added = exports.weldStl(this.blockAt + done * 50, count - done, this.indicesAt + this.corners * 4);
      this.corners += added * 3;
      done += added;
      if (done < count) {
        this.tableBits++;
        this.openTable(exports.countVertices());
      }
    }
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
    return this.kernel.floats(this.positionsAt, this.kernel.exports.countVertices() * 3);
  }

  indices(): Uint32Array {
    return this.kernel.words(this.indicesAt, this.corners);
  }

  shade({ partition }: Pick<ShadeOptions, 'partition'> = {}): SplitMesh {
    const { kernel, corners } = this;
    const { exports } = kernel;
    const vertices = exports.countVertices();
    // The table is needed no longer.
    kernel.extend(this.tableAt, (vertices + 1) * 4);
    const listAt = kernel.place(0);
    exports.openCorners(this.indicesAt, corners, this.tableAt, vertices, listAt);
    inSteps(corners, CORNERS_A_CALL, exports.countCorners);
    const most = exports.sumCounts(vertices);
    const room = Math.max(most, Math.min(corners, Math.max(LISTED_CORNERS, corners >> 4)));
    kernel.extend(listAt, room * 4);
    // The kernel looks at four corners at a time.
    const ring = Math.max(4, Math.ceil(most / 4) * 4);
    exports.openRing(this.positionsAt, kernel.place(exports.ringBytes(ring)), ring);
    const pairsAt = kernel.place(exports.pairMapBytes(most * 2));
    const givenPartsAt = partition ? kernel.place(partition.length * 4) : 0;
    if (partition) kernel.words(givenPartsAt, partition.length).set(partition);
    const sourcesAt = kernel.place(corners * 4);
    const partsAt = partition ? kernel.place(corners * 4) : 0;
    const normalsAt = kernel.place(0);
    const angle = DEFAULT_CREASE_ANGLE;
    exports.openNewVertices(this.indicesAt, normalsAt, sourcesAt, partsAt);
    exports.openShading(angle, leastCosine(angle), Math.cos(angle / 2), 0, givenPartsAt, pairsAt);
    for (let first = 0; first < vertices; ) {
      const end = exports.endOfList(first, vertices, room);
      exports.listCorners(first, end);
      kernel.extend(normalsAt, (exports.countNewVertices() + room) * 12);
      inSteps(end - first, VERTICES_A_CALL, (from, to) => exports.shadeVertices(first + from, first + to));
      first = end;
    }
    const count = exports.countNewVertices();
    const split = exports.firstSplit() >>> 0;
    if (split !== NONE_SPLIT) inSteps(corners, CORNERS_A_CALL, exports.finishIndices);
    const result = {
      positions: split === NONE_SPLIT ? this.positions() : this.splitPositions(split, count, sourcesAt),
      normals: kernel.floats(normalsAt, count * 3),
      indices: this.indices(),
      partition: partition ? kernel.words(partsAt, count) : null,
    };
    if (!this.copies) return result;
    const { positions, normals, indices, partition: parts } = result;
    return {
      positions: positions.slice(),
      normals: normals.slice(),
      indices: indices.slice(),
      partition: parts?.slice() ?? null,
    };
  }

  /** Positions of all new vertices, of which those before `split` are the old ones. */
  private splitPositions(split: number, count: number, sourcesAt: number): Float32Array {
    const { kernel, positionsAt } = this;
    const sources = kernel.words(sourcesAt, count - split);
    // Up to the sources nothing is needed any more. Each vertex is used, so that none comes from a later one.
    const inPlace = positionsAt + count * 12 <= sourcesAt;
    const from = inPlace ? kernel.floats(positionsAt, count * 3) : this.positions();
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

  /** Places the table behind room for as many positions as it can number. */
  private openTable(count: number): void {
    const slots = 2 ** this.tableBits;
    this.kernel.extend(this.positionsAt, slots * 6);
    this.tableAt = this.kernel.place(slots * 4);
    this.kernel.exports.openTable(this.positionsAt, this.tableAt, this.tableBits, count);
  }
}

function inSteps(total: number, step: number, call: (from: number, to: number) => void): void {
  for (let from = 0; from < total; from += step) call(from, Math.min(total, from + step));
}
