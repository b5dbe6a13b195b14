/** Directed edges in a plane, joined to loops. */
export interface Outlines {
  /** Each the points of a closed loop, in order. */
  loops: number[][];
  /** Chains that do not close: the surface is open there, or its triangles do not agree. */
  open: number[][];
}

/**
 * Joins directed edges to loops. An edge and its opposite cancel; where several edges leave a point, the loops part
 * there.
 *
 * @param edges two points each, as numbers that are the same for the same place
 */
export function joinEdges(edges: readonly number[]): Outlines {
  const leaving = new Map<number, number[]>();
  for (let i = 0; i < edges.length; i += 2) {
    const [from, to] = [edges[i]!, edges[i + 1]!];
    if (from === to) continue;
    const back = leaving.get(to);
    const opposite = back?.indexOf(from) ?? -1;
    if (back && opposite >= 0) {
      back.splice(opposite, 1);
      if (back.length === 0) leaving.delete(to);
      continue;
    }
    const list = leaving.get(from);
    if (list) list.push(to);
    else leaving.set(from, [to]);
  }
  const outlines: Outlines = { loops: [], open: [] };
  const entered = new Set<number>();
  for (const list of leaving.values()) for (const to of list) entered.add(to);
  // Chains that begin where nothing ends come first; the rest is loops.
  const starts = [...leaving.keys()].sort((a, b) => Number(entered.has(a)) - Number(entered.has(b)) || a - b);
  for (const start of starts) while (leaving.has(start)) walk(start, leaving, outlines);
  return outlines;
}

/** Follows edges from a point until none leaves, and cuts a loop off wherever the path meets itself. */
function walk(start: number, leaving: Map<number, number[]>, { loops, open }: Outlines): void {
  const path = [start];
  const place = new Map([[start, 0]]);
  for (let at = start; ; ) {
    const list = leaving.get(at);
    const next = list?.pop();
    if (list?.length === 0) leaving.delete(at);
    if (next === undefined) break;
    const met = place.get(next);
    if (met === undefined) {
      place.set(next, path.push(next) - 1);
      at = next;
      continue;
    }
    const loop = path.splice(met);
    for (const point of loop) place.delete(point);
    if (loop.length >= 3) loops.push(loop);
    path.push(next);
    place.set(next, path.length - 1);
    at = next;
  }
  if (path.length > 1) open.push(path);
}
