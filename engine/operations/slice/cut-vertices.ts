/**
 * Vertices of one side of a cut: old ones, and new ones on edges that cross the plane. The new vertex of an edge does
 * not depend on the direction or the triangle that it was met in: where triangles met before, they meet afterwards.
 */
export class CutVertices {
  private readonly positions: Float32Array;
  private readonly distances: Float64Array;
  private readonly known = new Map<number, number>();
  /** Two old vertices for each vertex; the same twice for one that was there before. */
  readonly ends: number[] = [];
  /** How far from the first to the second. */
  readonly shares: number[] = [];

  constructor(positions: Float32Array, distances: Float64Array) {
    this.positions = positions;
    this.distances = distances;
  }

  get count(): number {
    return this.shares.length;
  }

  /** An old vertex. */
  old(vertex: number): number {
    return this.add(vertex, vertex, 0);
  }

  /** The vertex where an edge crosses the plane. */
  crossing(a: number, b: number): number {
    const [from, to] = this.isBefore(a, b) ? [a, b] : [b, a];
    const [below, above] = [this.distances[from]!, this.distances[to]!];
    return this.add(from, to, below / (below - above));
  }

  private add(from: number, to: number, share: number): number {
    const key = from * (this.distances.length + 1) + to;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, this.shares.length);
    this.ends.push(from, to);
    return this.shares.push(share) - 1;
  }

  /** By position: vertices of other primitives at the same places are in the same order. */
  private isBefore(a: number, b: number): boolean {
    for (let k = 0; k < 3; k++) {
      const [x, y] = [this.positions[a * 3 + k]!, this.positions[b * 3 + k]!];
      if (x !== y) return x < y;
    }
    return a < b;
  }
}
