/** An open edge of a mesh, on the corner of a triangle where it begins. */
interface OpenEdge {
  from: number;
  to: number;
  corner: number;
}

/** A hole: corners on its border, in the order in which triangles that fill it run round. */
export type Loop = number[];

/**
 * The holes of a mesh: loops of edges that have a triangle on one side only. Where holes touch, each is a loop of its
 * own; edges with three triangles or more, or with two that face against each other, border no hole.
 *
 * @param places for each vertex the first one at the same place
 * @param indices three vertices for each triangle
 */
export function boundaryLoops(places: Uint32Array, indices: Uint32Array): Loop[] {
  const edges = openEdges(places, indices);
  // A hole is run round against the direction of the triangles beside it.
  const leaving = new Map<number, OpenEdge[]>();
  for (const edge of edges) {
    const known = leaving.get(edge.to);
    if (known) known.push(edge);
    else leaving.set(edge.to, [edge]);
  }
  const loops: Loop[] = [];
  for (const start of edges) {
    const path: OpenEdge[] = [];
    const at = new Map<number, number>();
    for (let place = start.to; ; ) {
      const met = at.get(place);
      if (met !== undefined) {
        const loop = path.splice(met);
        for (const edge of loop) at.delete(edge.to);
        if (loop.length >= 3) loops.push(loop.map(({ corner }) => corner));
      }
      const edge = leaving.get(place)?.pop();
      if (!edge) break;
      at.set(place, path.length);
      path.push(edge);
      place = edge.from;
    }
  }
  return loops;
}

/** Sorted by both ends, the two sides of an edge lie beside each other; those without a partner are open. */
function openEdges(places: Uint32Array, indices: Uint32Array): OpenEdge[] {
  const keys = new Float64Array(indices.length);
  const keyOf = (corner: number): number => {
    const a = places[indices[corner]!]!;
    const b = places[indices[corner % 3 === 2 ? corner - 2 : corner + 1]!]!;
    return Math.min(a, b) * places.length + Math.max(a, b);
  };
  for (let corner = 0; corner < keys.length; corner++) keys[corner] = keyOf(corner);
  keys.sort();
  const open = new Set<number>();
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== keys[i - 1] && keys[i] !== keys[i + 1]) open.add(keys[i]!);
  }
  const edges: OpenEdge[] = [];
  if (open.size === 0) return edges;
  for (let corner = 0; corner < indices.length; corner++) {
    if (!open.has(keyOf(corner))) continue;
    const from = places[indices[corner]!]!;
    const to = places[indices[corner % 3 === 2 ? corner - 2 : corner + 1]!]!;
    if (from !== to) edges.push({ from, to, corner });
  }
  return edges;
}
