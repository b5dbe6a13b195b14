import { DisjointSets } from '../../describe/disjoint-sets.ts';
import { forEachEdge } from '../../describe/edges.ts';
import { isCollapsed, type MeshSurface } from '../../describe/mesh-surface.ts';
import { MAX_PLACES } from './tally.ts';

/** Edges of one kind: how many, and the first few, by their positions. */
export interface EdgeTally {
  count: number;
  examples: [a: number, b: number][];
}

/** What the edges of a surface say. */
export interface EdgeFacts {
  total: number;
  /** That border one triangle. */
  open: EdgeTally;
  /** Sets of connected open edges: the rims of holes and of sheets. */
  boundaries: number;
  /** That border more than two triangles. */
  overused: EdgeTally;
  /** That border two triangles which run along it in the same direction. */
  disagreeing: EdgeTally;
  /** 1 for each part (by its smallest position) with an edge of one of these kinds. */
  unsound: Uint8Array;
}

/** What several checks need of one surface, each computed when first asked for. */
export class SurfaceFacts {
  readonly surface: MeshSurface;
  private knownParts: DisjointSets | undefined;
  private knownEdges: EdgeFacts | undefined;

  constructor(surface: MeshSurface) {
    this.surface = surface;
  }

  /** Positions that triangles connect. */
  get parts(): DisjointSets {
    this.knownParts ??= connect(this.surface);
    return this.knownParts;
  }

  get edges(): EdgeFacts {
    this.knownEdges ??= countEdges(this.surface, this.parts);
    return this.knownEdges;
  }

  /** Whether every edge borders exactly two triangles, as `isWatertight` says; null without any. */
  get watertight(): boolean | null {
    const { total, open, overused } = this.edges;
    return total === 0 ? null : open.count + overused.count === 0;
  }

  /** A triangle at each of some edges, each triangle once. */
  trianglesAt(edges: readonly (readonly [number, number])[]): number[] {
    const { corners } = this.surface;
    const open = new Set(edges);
    const found = new Set<number>();
    for (let triangle = 0; triangle < corners.length / 3 && open.size > 0; triangle++) {
      const own = corners.subarray(triangle * 3, triangle * 3 + 3);
      for (const edge of open) {
        if (!own.includes(edge[0]) || !own.includes(edge[1])) continue;
        found.add(triangle);
        open.delete(edge);
      }
    }
    return [...found];
  }
}

function connect({ positions, corners }: MeshSurface): DisjointSets {
  const sets = new DisjointSets(positions.length / 3);
  for (let triangle = 0; triangle < corners.length / 3; triangle++) {
    if (isCollapsed(corners, triangle)) continue;
    sets.union(corners[triangle * 3]!, corners[triangle * 3 + 1]!);
    sets.union(corners[triangle * 3]!, corners[triangle * 3 + 2]!);
  }
  return sets;
}

function countEdges(surface: MeshSurface, parts: DisjointSets): EdgeFacts {
  const vertices = surface.positions.length / 3;
  const [open, overused, disagreeing] = [emptyTally(), emptyTally(), emptyTally()];
  const unsound = new Uint8Array(vertices);
  const rims = new DisjointSets(vertices);
  const onRim = new Uint8Array(vertices);
  let total = 0;
  forEachEdge(surface, ({ a, b, forward, backward }) => {
    total++;
    const uses = forward + backward;
    if (uses === 2 && forward === 1) return;
    unsound[parts.find(a)] = 1;
    add(uses === 1 ? open : uses > 2 ? overused : disagreeing, a, b);
    if (uses !== 1) return;
    rims.union(a, b);
    onRim[a] = 1;
    onRim[b] = 1;
  });
  let boundaries = 0;
  for (let i = 0; i < vertices; i++) if (onRim[i] && rims.find(i) === i) boundaries++;
  return { total, open, boundaries, overused, disagreeing, unsound };
}

function emptyTally(): EdgeTally {
  return { count: 0, examples: [] };
}

function add(tally: EdgeTally, a: number, b: number): void {
  tally.count++;
  if (tally.examples.length < MAX_PLACES) tally.examples.push([a, b]);
}
