import type { Node } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { instance as instanceDocument } from '@gltf-transform/functions';
import { isHidden } from '../describe/is-hidden.ts';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';

/** Draws nodes that share a mesh as instances. */
export const instance: OperationFunction<'instance'> = async (document, { min }, { note }) => {
  const root = document.getRoot();
  const animated = root.listAnimations().length > 0;
  if (animated || root.listSkins().length > 0) {
    note(`Left as it is: ${animated ? 'animations move' : 'skins bind'} nodes, and instances have none.`);
    return;
  }
  if (root.listNodes().some((node) => isHidden(node) || (node.getMesh() && isSpecial(node)))) {
    note('Left as it is: nodes are hidden, or have custom properties or morph weights, which instances cannot have.');
    return;
  }
  const before = root.listNodes().length;
  await document.transform(instanceDocument({ min }));
  const after = root.listNodes().length;
  // Who does not know the extension would draw one of many, at the wrong place.
  const used = root
    .listExtensionsUsed()
    .find(({ extensionName }) => extensionName === EXTMeshGPUInstancing.EXTENSION_NAME);
  used?.setRequired(true);
  if (after < before) note(`${plural(before - after, 'node')} became instances.`);
};

function isSpecial(node: Node): boolean {
  return node.getWeights().some((weight) => weight !== 0) || Object.keys(node.getExtras()).length > 0;
}
