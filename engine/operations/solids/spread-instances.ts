import type { Document } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { tooFine } from './errors.ts';

/** Nodes that instances may become. */
const MOST = 20_000;

/**
 * Gives each instance (EXT_mesh_gpu_instancing) a node of its own below the one that drew them, so that they can become
 * different.
 *
 * @returns how many nodes were made
 */
export function spreadInstances(document: Document): number {
  let made = 0;
  for (const node of document.getRoot().listNodes()) {
    const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    const mesh = node.getMesh();
    if (!instances || !mesh) continue;
    const count = instances.listAttributes()[0]?.getCount() ?? 0;
    made += count;
    if (made > MOST) throw tooFine('The nodes of all instances', made, MOST, 'Remove instances, or name fewer nodes.');
    const [translation, rotation, scale] = ['TRANSLATION', 'ROTATION', 'SCALE'].map((name) =>
      instances.getAttribute(name),
    );
    for (let i = 0; i < count; i++) {
      const child = document.createNode(`${node.getName() || mesh.getName() || 'instance'}_${i + 1}`).setMesh(mesh);
      if (translation) child.setTranslation(translation.getElement(i, [0, 0, 0]));
      if (rotation) child.setRotation(rotation.getElement(i, [0, 0, 0, 1]));
      if (scale) child.setScale(scale.getElement(i, [1, 1, 1]));
      node.addChild(child.setWeights(node.getWeights()));
    }
    node.setMesh(null).setWeights([]).setExtension('EXT_mesh_gpu_instancing', null);
  }
  if (made > 0) {
    document
      .getRoot()
      .listExtensionsUsed()
      .find(({ extensionName }) => extensionName === 'EXT_mesh_gpu_instancing')
      ?.dispose();
  }
  return made;
}
