import type { Document, Node } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { instance as instanceDocument } from '@gltf-transform/functions';
import { isHidden } from '../describe/is-hidden.ts';
import { plural } from '../formats/corrections.ts';
import { isSheared } from '../formats/geometry/is-sheared.ts';
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
  const putBack = holdSkewed(document);
  await document.transform(instanceDocument({ min }));
  const skewed = putBack();
  const after = root.listNodes().length;
  // Who does not know the extension would draw one of many, at the wrong place.
  const used = root
    .listExtensionsUsed()
    .find(({ extensionName }) => extensionName === EXTMeshGPUInstancing.EXTENSION_NAME);
  used?.setRequired(true);
  if (after < before) note(`${plural(before - after, 'node')} became instances.`);
  if (skewed > 0)
    note(`${plural(skewed, 'node')} stayed: the scales of what is above skew them, which no instance can say.`);
};

/**
 * Gives nodes that are skewed, which the translation, rotation and scale of an instance cannot be, a mesh that nothing
 * else has while glTF-Transform looks for meshes with several uses.
 *
 * @returns puts their meshes back, and says how many they are
 */
function holdSkewed(document: Document): () => number {
  const held = document
    .getRoot()
    .listNodes()
    .flatMap((node) => {
      const mesh = node.getMesh();
      if (!mesh || !isSheared(node.getWorldMatrix())) return [];
      const placeholder = document.createMesh();
      node.setMesh(placeholder);
      return [{ node, mesh, placeholder }];
    });
  return () => {
    for (const { node, mesh, placeholder } of held) {
      node.setMesh(mesh);
      placeholder.dispose();
    }
    return held.length;
  };
}

function isSpecial(node: Node): boolean {
  return node.getWeights().some((weight) => weight !== 0) || Object.keys(node.getExtras()).length > 0;
}
