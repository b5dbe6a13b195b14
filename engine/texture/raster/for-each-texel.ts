/** A triangle in texture space: two numbers for each of three corners. */
export type UvTriangle = ArrayLike<number>;

/**
 * Calls `use` with every texel whose middle lies in a triangle, and the barycentric coordinates of the middle. Triangles
 * that share an edge never both get a texel: rows are cut with edges in one direction and intervals are half open. What
 * lies outside of the unit square is left out.
 *
 * @param at where in `coordinates` the triangle begins
 * @param use gets column, row, and the shares of the second and third corner
 */
export function forEachTexel(
  coordinates: UvTriangle,
  at: number,
  width: number,
  height: number,
  use: (x: number, y: number, second: number, third: number) => void,
): void {
  const ua = coordinates[at]!;
  const va = coordinates[at + 1]!;
  const ub = coordinates[at + 2]!;
  const vb = coordinates[at + 3]!;
  const uc = coordinates[at + 4]!;
  const vc = coordinates[at + 5]!;
  const area = (ub - ua) * (vc - va) - (uc - ua) * (vb - va);
  if (area === 0 || !Number.isFinite(area)) return;
  const first = Math.max(0, Math.ceil(Math.min(va, vb, vc) * height - 0.5));
  const end = Math.min(height, Math.ceil(Math.max(va, vb, vc) * height - 0.5));
  for (let y = first; y < end; y++) {
    const v = (y + 0.5) / height;
    // NaN where the row does not cross the edge; two edges are crossed.
    const ab = crossing(ua, va, ub, vb, v);
    const bc = crossing(ub, vb, uc, vc, v);
    const ca = crossing(uc, vc, ua, va, v);
    const one = Number.isNaN(ab) ? bc : ab;
    const other = Number.isNaN(ca) ? bc : ca;
    const left = Math.min(one, other);
    const right = Math.max(one, other);
    const begin = Math.max(0, Math.ceil(left * width - 0.5));
    const stop = Math.min(width, Math.ceil(right * width - 0.5));
    for (let x = begin; x < stop; x++) {
      const u = (x + 0.5) / width;
      const second = ((u - ua) * (vc - va) - (uc - ua) * (v - va)) / area;
      const third = ((ub - ua) * (v - va) - (u - ua) * (vb - va)) / area;
      use(x, y, second, third);
    }
  }
}

/** Where a row crosses an edge; the lower end belongs to the edge, the upper one does not. The same both ways along. */
function crossing(u0: number, v0: number, u1: number, v1: number, v: number): number {
  if (v0 <= v && v < v1) return u0 + (v - v0) * ((u1 - u0) / (v1 - v0));
  if (v1 <= v && v < v0) return u1 + (v - v1) * ((u0 - u1) / (v0 - v1));
  return Number.NaN;
}
