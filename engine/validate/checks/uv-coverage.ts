/** Texels along one side of the grid that coverage is counted on. */
const SIZE = 1024;

/** How often each texel of the unit square is covered by triangles, sampled at its middle. */
export class UvCoverage {
  /** Differences along each row: where a triangle begins plus one, where it ends minus one. */
  private readonly changes = new Int32Array((SIZE + 1) * SIZE);

  /**
   * Adds a triangle. Neighbours never cover a texel twice: each row is cut with every edge in the same direction, so
   * that both get the same number, and the interval is half open. What lies outside of the unit square is left out.
   */
  add(coordinates: Float32Array, a: number, b: number, c: number): void {
    const va = coordinates[a * 2 + 1]!;
    const vb = coordinates[b * 2 + 1]!;
    const vc = coordinates[c * 2 + 1]!;
    const first = Math.max(0, Math.ceil(Math.min(va, vb, vc) * SIZE - 0.5));
    const end = Math.min(SIZE, Math.ceil(Math.max(va, vb, vc) * SIZE - 0.5));
    for (let row = first; row < end; row++) {
      const v = (row + 0.5) / SIZE;
      let left = Infinity;
      let right = -Infinity;
      for (let side = 0; side < 3; side++) {
        const from = side === 0 ? a : side === 1 ? b : c;
        const to = side === 0 ? b : side === 1 ? c : a;
        const u = cut(coordinates, from, to, v);
        if (u < left) left = u;
        if (u > right) right = u;
      }
      if (!(left < right)) continue;
      const begin = Math.min(SIZE, Math.max(0, Math.ceil(left * SIZE - 0.5)));
      const stop = Math.min(SIZE, Math.max(0, Math.ceil(right * SIZE - 0.5)));
      if (begin === stop) continue;
      const at = row * (SIZE + 1);
      this.changes[at + begin]!++;
      this.changes[at + stop]!--;
    }
  }

  /** Texels that triangles cover, and those that more than one covers. */
  count(): { covered: number; overlapped: number } {
    let covered = 0;
    let overlapped = 0;
    for (let row = 0; row < SIZE; row++) {
      let depth = 0;
      for (let column = 0; column < SIZE; column++) {
        depth += this.changes[row * (SIZE + 1) + column]!;
        if (depth > 0) covered++;
        if (depth > 1) overlapped++;
      }
    }
    return { covered, overlapped };
  }
}

/** Where an edge crosses a row; NaN where it does not. The lower end belongs to the edge, the upper one does not. */
function cut(coordinates: Float32Array, from: number, to: number, v: number): number {
  const forward =
    coordinates[from * 2 + 1]! - coordinates[to * 2 + 1]! || coordinates[from * 2]! - coordinates[to * 2]!;
  const [low, high] = forward < 0 ? [from, to] : [to, from];
  const v0 = coordinates[low * 2 + 1]!;
  const v1 = coordinates[high * 2 + 1]!;
  if (!(v0 <= v && v < v1)) return Number.NaN;
  const u0 = coordinates[low * 2]!;
  const u1 = coordinates[high * 2]!;
  return u0 + ((v - v0) / (v1 - v0)) * (u1 - u0);
}
