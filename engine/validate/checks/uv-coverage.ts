/** Texels along one side of the finest and of the coarsest grid that coverage is counted on. */
const FINEST = 1024;
const COARSEST = 64;

/** Rows of texels that are worth the time: about half a second. */
const MAX_ROWS = 30_000_000;

/** Triangles in texture space: three vertices each, two coordinates a vertex. */
export interface UvTriangles {
  coordinates: Float32Array;
  vertices: ArrayLike<number>;
}

/**
 * How much of the unit square triangles cover, and how much more than one of them covers: texels of a grid, sampled at
 * their middle. The grid is the coarser the more rows of it all triangles together would cross.
 */
export function uvCoverage(lists: readonly UvTriangles[]): { covered: number; overlapped: number } {
  const height = lists.reduce((sum, list) => sum + heightOf(list), 0);
  let size = FINEST;
  while (size > COARSEST && height * size > MAX_ROWS) size /= 2;
  const grid = new CoverageGrid(size);
  for (const { coordinates, vertices } of lists) {
    for (let i = 0; i + 2 < vertices.length; i += 3) {
      grid.add(coordinates, vertices[i]!, vertices[i + 1]!, vertices[i + 2]!);
    }
  }
  return grid.count();
}

/** The heights of all triangles within the unit square, added up. */
function heightOf({ coordinates, vertices }: UvTriangles): number {
  let sum = 0;
  for (let i = 0; i + 2 < vertices.length; i += 3) {
    const a = coordinates[vertices[i]! * 2 + 1]!;
    const b = coordinates[vertices[i + 1]! * 2 + 1]!;
    const c = coordinates[vertices[i + 2]! * 2 + 1]!;
    sum += Math.max(0, Math.min(1, Math.max(a, b, c)) - Math.max(0, Math.min(a, b, c)));
  }
  return sum;
}

class CoverageGrid {
  private readonly size: number;
  /** Differences along each row: where a triangle begins plus one, where it ends minus one. */
  private readonly changes: Int32Array;
  /** The edges of the triangle at hand: lower end, v of the upper end, and change of u with v. */
  private readonly edges = new Float64Array(12);

  constructor(size: number) {
    this.size = size;
    this.changes = new Int32Array((size + 1) * size);
  }

  /**
   * Adds a triangle. Neighbours never cover a texel twice: each row is cut with every edge in the same direction, so
   * that both get the same number, and the interval is half open. What lies outside of the unit square is left out.
   */
  add(coordinates: Float32Array, a: number, b: number, c: number): void {
    const { size, edges, changes } = this;
    const va = coordinates[a * 2 + 1]!;
    const vb = coordinates[b * 2 + 1]!;
    const vc = coordinates[c * 2 + 1]!;
    const first = Math.max(0, Math.ceil(Math.min(va, vb, vc) * size - 0.5));
    const end = Math.min(size, Math.ceil(Math.max(va, vb, vc) * size - 0.5));
    if (!(first < end)) return;
    writeEdge(edges, 0, coordinates, a, b);
    writeEdge(edges, 4, coordinates, b, c);
    writeEdge(edges, 8, coordinates, c, a);
    for (let row = first; row < end; row++) {
      const v = (row + 0.5) / size;
      let left = Infinity;
      let right = -Infinity;
      for (let edge = 0; edge < 12; edge += 4) {
        // The lower end belongs to the edge, the upper one does not.
        const low = edges[edge + 1]!;
        if (!(low <= v && v < edges[edge + 2]!)) continue;
        const u = edges[edge]! + (v - low) * edges[edge + 3]!;
        if (u < left) left = u;
        if (u > right) right = u;
      }
      if (!(left < right)) continue;
      const begin = Math.min(size, Math.max(0, Math.ceil(left * size - 0.5)));
      const stop = Math.min(size, Math.max(0, Math.ceil(right * size - 0.5)));
      if (begin === stop) continue;
      const at = row * (size + 1);
      changes[at + begin]!++;
      changes[at + stop]!--;
    }
  }

  count(): { covered: number; overlapped: number } {
    const { size, changes } = this;
    let covered = 0;
    let overlapped = 0;
    for (let row = 0; row < size; row++) {
      let depth = 0;
      for (let column = 0; column < size; column++) {
        depth += changes[row * (size + 1) + column]!;
        if (depth > 0) covered++;
        if (depth > 1) overlapped++;
      }
    }
    // As shares of the square: grids differ in size.
    return { covered: covered / size ** 2, overlapped: overlapped / size ** 2 };
  }
}

/** Writes an edge from its lower to its upper end, whichever way the triangle runs along it. */
function writeEdge(edges: Float64Array, at: number, coordinates: Float32Array, from: number, to: number): void {
  const up = coordinates[to * 2 + 1]! > coordinates[from * 2 + 1]!;
  const low = up ? from : to;
  const high = up ? to : from;
  edges[at] = coordinates[low * 2]!;
  edges[at + 1] = coordinates[low * 2 + 1]!;
  edges[at + 2] = coordinates[high * 2 + 1]!;
  // A level edge crosses no row.
  edges[at + 3] = (coordinates[high * 2]! - edges[at]!) / (edges[at + 2]! - edges[at + 1]!);
}
