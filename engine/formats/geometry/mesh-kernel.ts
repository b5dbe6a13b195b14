import { MESH_KERNEL } from './mesh-kernel-code.ts';

/** What the kernel exports (`kernel/kernel.ts`). Places are addresses in its memory, a multiple of 16. */
export interface MeshKernelExports {
  openTable(positionsAt: number, slotsAt: number, bits: number, count: number): void;
  countVertices(): number;
  weldPoints(at: number, count: number, indicesAt: number): number;
  openStl(): void;
  weldStl(at: number, count: number, indicesAt: number): number;
  countContradicting(): number;
  stlAttributes(): number;
  openCorners(indicesAt: number, corners: number, startsAt: number, vertices: number, listAt: number): void;
  countCorners(from: number, to: number): void;
  sumCounts(vertices: number): number;
  endOfList(first: number, vertices: number, room: number): number;
  listCorners(first: number, end: number): void;
  openRing(positionsAt: number, at: number, room: number): void;
  ringBytes(room: number): number;
  pairMapBytes(pairs: number): number;
  openNewVertices(indicesAt: number, normalsAt: number, sourcesAt: number, partsAt: number): void;
  countNewVertices(): number;
  firstSplit(): number;
  finishIndices(from: number, to: number): void;
  openShading(
    creaseAngle: number,
    leastCosine: number,
    halfCosine: number,
    smoothingAt: number,
    partsAt: number,
    pairsAt: number,
  ): void;
  shadeVertices(from: number, to: number): void;
  /** For tests (`kernel/probe.ts`). */
  probeAcos(at: number, count: number): void;
}

const PAGE = 65536;
/** The first bytes are the compiler's. */
const FIRST = 1024;

/** So many corners fit into the kernel's memory, 4 GiB, also when no two are equal. */
export const KERNEL_CORNERS = 60_000_000;
/** Smaller meshes take turns in one memory and are copied out of it; larger ones keep theirs. */
const SHARED_CORNERS = 60_000;

/** Fewer corners take longer on the way into the kernel and back. */
const FEWEST_CORNERS = 100;
/** The kernel's code takes some ten milliseconds to come in, once, in which JavaScript is done with fewer. */
const FEWEST_CORNERS_FIRST = 3000;

/** Whether the kernel is the faster way for a mesh, and has the memory for it. */
export function suitsKernel(corners: number): boolean {
  return corners >= (compiled ? FEWEST_CORNERS : FEWEST_CORNERS_FIRST) && corners <= KERNEL_CORNERS;
}

/** Whether a mesh is to take a turn in the shared kernel, `MeshKernel.shared`. */
export function isSmall(corners: number): boolean {
  return corners <= SHARED_CORNERS;
}

let compiled: WebAssembly.Module | undefined;
let shared: MeshKernel | undefined;

/**
 * The mesh kernel with a memory of its own, in which places are handed out one behind the other. Memory that was never
 * written to takes nothing of the machine's: places may be larger than what comes to lie there.
 */
export class MeshKernel {
  readonly exports: MeshKernelExports;
  private readonly memory: WebAssembly.Memory;
  private end = FIRST;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(MESH_KERNEL), (letter) => letter.charCodeAt(0)));
    this.memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    this.exports = instance.exports as unknown as MeshKernelExports;
  }

  /** The one that small meshes take turns in: what lies there is of use until the next comes. */
  static shared(): MeshKernel {
    shared ??= new MeshKernel();
    shared.clear();
    return shared;
  }

  /** Forgets all places. What lies there stays until it is written over. */
  private clear(): void {
    this.end = FIRST;
  }

  /**
   * A place behind all others. Views of the memory are of no use afterwards.
   *
   * @throws RangeError where there is no such memory
   */
  place(bytes: number): number {
    const at = Math.ceil(this.end / 16) * 16;
    this.extend(at, bytes);
    return at;
  }

  /** Gives the last place, and what lies behind it, another size. */
  extend(at: number, bytes: number): void {
    this.end = at + bytes;
    const missing = Math.ceil(this.end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) this.memory.grow(missing);
  }

  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.buffer, at, length);
  }

  /** Not shared: the kernel works on one thread. */
  private get buffer(): ArrayBuffer {
    return this.memory.buffer as unknown as ArrayBuffer;
  }
}
