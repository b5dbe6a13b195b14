import { type Document, type Mesh, Node, type Primitive, PropertyType, Root, Scene } from '@gltf-transform/core';
import { removeUnused } from '../unused.ts';
import type { MeshNode } from './placed-nodes.ts';

/** A node at the top of the default scene with a mesh of the given primitives, which are placed from `origin`. */
export function addToScene(
  document: Document,
  name: string,
  primitives: readonly Primitive[],
  origin: readonly [number, number, number],
): Node {
  const mesh = meshOf(document, name, primitives);
  const node = document
    .createNode(name)
    .setMesh(mesh)
    .setTranslation([...origin]);
  document.getRoot().getDefaultScene()!.addChild(node);
  return node;
}

export function meshOf(document: Document, name: string, primitives: readonly Primitive[]): Mesh {
  const mesh = document.createMesh(name);
  for (const primitive of primitives) mesh.addPrimitive(primitive);
  return mesh;
}

/**
 * Takes the meshes off nodes, and removes the nodes and the data that nothing is left of: empty nodes stay where a
 * skin, an animation, an extension or custom properties need them.
 */
export async function removeMeshes(document: Document, nodes: readonly MeshNode[]): Promise<void> {
  for (const { node } of nodes) {
    node.setMesh(null).setSkin(null).setWeights([]).setExtension('EXT_mesh_gpu_instancing', null);
    removeEmpty(node);
  }
  dropWeightChannels(document, nodes);
  await removeUndrawn(document);
}

/** Removes meshes that nothing refers to, with all that only they used. */
export async function removeUndrawn(document: Document): Promise<void> {
  for (const mesh of document.getRoot().listMeshes()) {
    if (mesh.listParents().every((parent) => parent instanceof Root)) mesh.dispose();
  }
  const { PRIMITIVE, SKIN, MATERIAL, TEXTURE, PRIMITIVE_TARGET, ACCESSOR } = PropertyType;
  await removeUnused(document, [PRIMITIVE, SKIN, MATERIAL, TEXTURE, PRIMITIVE_TARGET, ACCESSOR]);
}

function removeEmpty(node: Node): void {
  // Whatever else refers to it, such as a joint's skin, an animation, or an extension that is carried along.
  const isUsed = node
    .listParents()
    .some((parent) => !(parent instanceof Root || parent instanceof Scene || parent instanceof Node));
  const has = node.getMesh() || node.getCamera() || node.listExtensions().length > 0;
  if (isUsed || has || node.listChildren().length > 0 || Object.keys(node.getExtras()).length > 0) return;
  const parent = node.getParentNode();
  node.dispose();
  if (parent) removeEmpty(parent);
}

/** Ends the animation of morph weights of nodes whose meshes have no morph targets any more. */
export function dropWeightChannels(document: Document, nodes: readonly MeshNode[]): void {
  const without = new Set(nodes.map(({ node }) => node));
  for (const animation of document.getRoot().listAnimations()) {
    for (const channel of animation.listChannels()) {
      const node = channel.getTargetNode();
      if (node && without.has(node) && channel.getTargetPath() === 'weights') channel.dispose();
    }
    if (animation.listChannels().length === 0) animation.dispose();
  }
}
