import type { Node } from '@gltf-transform/core';
import type { Visibility } from '@gltf-transform/extensions';

/** Whether a node and everything below it is not drawn (KHR_node_visibility). Its joints and transforms still count. */
export function isHidden(node: Node): boolean {
  return node.getExtension<Visibility>('KHR_node_visibility')?.getVisible() === false;
}
