import type { Node, Scene } from '@gltf-transform/core';
import { type Matrix, multiply } from './matrix.ts';

/**
 * Goes through the nodes of a scene in the order of the hierarchy, parents first. Each matrix is made once, of that of
 * the parent: asking every node for its own would go up to the scene each time.
 *
 * @param visit is told each node and its matrix to the world; what it says false of is not gone into
 */
export function visitPlaced(scene: Scene, visit: (node: Node, world: Matrix) => boolean): void {
  const open = below(scene, null);
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, above } = next;
    const local = node.getMatrix() as Matrix;
    const world = above ? multiply(above, local) : local;
    if (visit(node, world)) open.push(...below(node, world));
  }
}

/** What hangs below, the first last, with where that stands. */
function below(parent: Scene | Node, above: Matrix | null): { node: Node; above: Matrix | null }[] {
  return parent
    .listChildren()
    .toReversed()
    .map((node) => ({ node, above }));
}
