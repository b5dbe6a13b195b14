import { MeshoptSimplifier, type SimplifierFlags } from 'meshoptimizer/simplifier';

/** A mesh whose edges are to be collapsed, as plain arrays, so that any thread can do it. None of them is changed. */
export interface CollapseTask {
  /** Three numbers for each vertex. */
  positions: Float32Array<ArrayBuffer>;
  /** `weights.length` numbers for each vertex: what else of it counts as error. */
  attributes: Float32Array<ArrayBuffer>;
  weights: number[];
  /** For each vertex, what may not happen to it. */
  locks: Uint8Array;
  /** Three for each triangle. */
  indices: Uint32Array<ArrayBuffer>;
  /** How many indices are to be left. */
  target: number;
  /** How far the surface may move, in the units of the mesh. */
  error: number;
  flags: SimplifierFlags[];
}

/** Triangles that are left after collapsing edges. */
export interface SimplifiedTriangles {
  indices: Uint32Array<ArrayBuffer>;
  /** An estimate of how far the surface moved, in the units of the mesh. */
  error: number;
}

/** Collapses the edges of several meshes, on as many threads as it has. */
export interface EdgeCollapser {
  /**
   * Does what `collapseEdges` does for each task: the same results, whoever did what.
   *
   * @returns a result for each task, in their order
   */
  collapse(tasks: readonly CollapseTask[]): Promise<SimplifiedTriangles[]>;
}

/**
 * Collapses edges until a limit is met: quadric error with attributes (Garland and Heckbert 1997; Hoppe 1999), as
 * meshoptimizer does it. Vertices stay where they are; only which of them are used changes.
 *
 * Wait for `MeshoptSimplifier.ready` first.
 */
export function collapseEdges(task: CollapseTask): SimplifiedTriangles {
  const { indices, positions, attributes, weights, locks, target, error, flags } = task;
  const [left, reached] = MeshoptSimplifier.simplifyWithAttributes(
    indices,
    positions,
    3,
    attributes,
    weights.length,
    weights,
    locks,
    target,
    error,
    flags,
  );
  return { indices: left as Uint32Array<ArrayBuffer>, error: reached };
}
