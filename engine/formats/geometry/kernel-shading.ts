import type { MeshKernel } from './mesh-kernel.ts';
import { DEFAULT_CREASE_ANGLE, leastCosine, type ShadeOptions } from './shade-options.ts';

/** A mesh in the memory of the mesh kernel. */
export interface PlacedMesh {
  positionsAt: number;
  vertices: number;
  /** Replaced by those of the new vertices. */
  indicesAt: number;
  /** Three for each triangle. */
  corners: number;
  /** From here on the memory is free. */
  freeAt: number;
}

/** Where the kernel left what it made. */
export interface PlacedShading {
  /** New vertices. */
  count: number;
  /** Those before came from the vertex of the same number. */
  firstSplit: number;
  /** For each vertex from `firstSplit` on, the one it came from. */
  sourcesAt: number;
  normalsAt: number;
  /** For each vertex its part; 0 where there are none. */
  partsAt: number;
}

/** Worked on at a time: code that was compiled better meanwhile takes over with the next call. */
const CORNERS_A_CALL = 65_536;
const VERTICES_A_CALL = 4096;
/** At least so many corners are listed at a time, and at most a sixteenth of all if that is more. */
const LISTED_CORNERS = 65_536;
/** What the kernel answers where no vertex was split. */
const NONE_SPLIT = 0x8000_0000;

/**
 * Does what `shadeMesh` does to a mesh that lies in the kernel. Views of the kernel's memory are of no use afterwards.
 *
 * @throws RangeError where there is not enough memory
 */
export function shadeInKernel(kernel: MeshKernel, mesh: PlacedMesh, options: ShadeOptions): PlacedShading {
  const { exports } = kernel;
  const { positionsAt, vertices, indicesAt, corners, freeAt } = mesh;
  kernel.extend(freeAt, (vertices + 1) * 4);
  const listAt = kernel.place(0);
  exports.openCorners(indicesAt, corners, freeAt, vertices, listAt);
  inSteps(corners, CORNERS_A_CALL, exports.countCorners);
  const most = exports.sumCounts(vertices);
  const room = Math.max(most, Math.min(corners, Math.max(LISTED_CORNERS, corners >> 4)));
  kernel.extend(listAt, room * 4);
  // The kernel looks at four corners at a time.
  const ring = Math.max(4, Math.ceil(most / 4) * 4);
  exports.openRing(positionsAt, kernel.place(exports.ringBytes(ring)), ring);
  const pairsAt = kernel.place(exports.pairMapBytes(most * 2));
  const smoothingAt = put(kernel, options.smoothing);
  const givenPartsAt = put(kernel, options.partition);
  const sourcesAt = kernel.place(corners * 4);
  const partsAt = options.partition ? kernel.place(corners * 4) : 0;
  const normalsAt = kernel.place(0);
  const angle = options.creaseAngle ?? DEFAULT_CREASE_ANGLE;
  exports.openNewVertices(indicesAt, normalsAt, sourcesAt, partsAt);
  exports.openShading(angle, leastCosine(angle), Math.cos(angle / 2), smoothingAt, givenPartsAt, pairsAt);
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
  return { count, firstSplit: split === NONE_SPLIT ? count : split, sourcesAt, normalsAt, partsAt };
}

/** Places words behind all others; 0 where there are none. */
function put(kernel: MeshKernel, words: Uint32Array | undefined): number {
  if (!words) return 0;
  const at = kernel.place(words.length * 4);
  kernel.words(at, words.length).set(words);
  return at;
}

function inSteps(total: number, step: number, call: (from: number, to: number) => void): void {
  for (let from = 0; from < total; from += step) call(from, Math.min(total, from + step));
}
