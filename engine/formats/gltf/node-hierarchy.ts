import type { ErrorItem } from '#contracts/errors/maquette-error.ts';

/** Levels of nodes below a scene. Deep rigs have around 100; matrix and traversal code recurses once a level. */
const MAX_NODE_DEPTH = 1000;

/**
 * Checks that nodes form trees: none above itself, not too many levels. Child indices must be in range.
 *
 * @returns the first problem, or null
 */
export function findHierarchyProblem(nodes: readonly { children?: number[] }[]): ErrorItem | null {
  const depth = new Int32Array(nodes.length); // 0 not visited, -1 on the path, otherwise the height below it
  for (let start = 0; start < nodes.length; start++) {
    if (depth[start] !== 0) continue;
    const path: [node: number, next: number][] = [[start, 0]];
    depth[start] = -1;
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const children = nodes[top[0]]!.children ?? [];
      if (top[1] < children.length) {
        const child = children[top[1]++]!;
        if (depth[child] === -1) {
          return {
            pointer: `/nodes/${top[0]}/children/${top[1] - 1}`,
            message: `makes node ${child} its own ancestor`,
          };
        }
        if (depth[child] === 0) {
          depth[child] = -1;
          path.push([child, 0]);
        }
      } else {
        let height = 1;
        for (const child of children) height = Math.max(height, depth[child]! + 1);
        if (height > MAX_NODE_DEPTH) {
          return { pointer: `/nodes/${top[0]}`, message: `has more than ${MAX_NODE_DEPTH} levels of nodes below it` };
        }
        depth[top[0]] = height;
        path.pop();
      }
    }
  }
  return null;
}
