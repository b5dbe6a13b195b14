import type { mat4, Node } from '@gltf-transform/core';

/**
 * Gives a node the translation, rotation and scale of a matrix. A skewed matrix has none that say the same: false
 * then, and the node has the nearest.
 */
export function setNodeMatrix(node: Node, matrix: mat4): boolean {
  node.setMatrix(matrix);
  const made = node.getMatrix();
  const size = Math.max(...matrix.map(Math.abs));
  return matrix.every((value, i) => Math.abs(value - made[i]!) <= 1e-4 * size);
}
