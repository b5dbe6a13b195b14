import { isCollapsed, type MeshSurface } from './mesh-surface.ts';

/** An edge by the smaller and the larger of its two positions. */
export interface Edge {
  a: number;
  b: number;
  /** How many triangles run along it from `a` to `b`. */
  forward: number;
  /** How many run along it from `b` to `a`. */
  backward: number;
}

/** Up to this many, an insertion sort is the fastest. */
const FEW = 24;

/**
 * Calls `visit` with every edge of a surface, ordered by positions; the object is the same each time. Triangles that
 * have no area because two corners coincide are left out.
 *
 * Half-edges are counted into a list for each smaller position, and each list is sorted: linear for all but fans of
 * very many triangles, and 12 bytes a triangle.
 */
export function forEachEdge({ positions, corners }: MeshSurface, visit: (edge: Readonly<Edge>) => void): void {
  const vertices = positions.length / 3;
  const begins = new Uint32Array(vertices + 1);
  forEachHalfEdge(corners, (from, to) => {
    begins[Math.min(from, to) + 1]!++;
  });
  for (let i = 0; i < vertices; i++) begins[i + 1] = begins[i + 1]! + begins[i]!;
  // The other end and the direction of each: 2 × end, plus 1 where the triangle runs from the larger to the smaller.
  const ends = new Uint32Array(begins[vertices]!);
  const next = begins.slice(0, vertices);
  forEachHalfEdge(corners, (from, to) => {
    if (from < to) ends[next[from]!++] = to * 2;
    else ends[next[to]!++] = from * 2 + 1;
  });
  const edge: Edge = { a: 0, b: 0, forward: 0, backward: 0 };
  for (let a = 0; a < vertices; a++) {
    const end = begins[a + 1]!;
    sortRange(ends, begins[a]!, end);
    for (let i = begins[a]!; i < end; ) {
      edge.a = a;
      edge.b = ends[i]! >>> 1;
      edge.forward = 0;
      edge.backward = 0;
      for (; i < end && ends[i]! >>> 1 === edge.b; i++) {
        if (ends[i]! & 1) edge.backward++;
        else edge.forward++;
      }
      visit(edge);
    }
  }
}

function forEachHalfEdge(corners: Uint32Array, visit: (from: number, to: number) => void): void {
  for (let triangle = 0; triangle < corners.length / 3; triangle++) {
    if (isCollapsed(corners, triangle)) continue;
    const a = corners[triangle * 3]!;
    const b = corners[triangle * 3 + 1]!;
    const c = corners[triangle * 3 + 2]!;
    visit(a, b);
    visit(b, c);
    visit(c, a);
  }
}

function sortRange(values: Uint32Array, begin: number, end: number): void {
  if (end - begin > FEW) {
    values.subarray(begin, end).sort();
    return;
  }
  for (let i = begin + 1; i < end; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > begin && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
}
