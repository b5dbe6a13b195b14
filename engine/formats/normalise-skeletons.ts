import type { Document, Node, Scene, Skin } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/**
 * The joints of a skin have a common root, and stand in the scenes that show what they move (glTF 2.0, section 3.7.3):
 * where they do not, a node is put above their roots, and the root into the scenes. Nothing moves by that.
 */
export function normaliseSkeletons(document: Document, corrections: Corrections): void {
  for (const skin of document.getRoot().listSkins()) {
    const roots = new Set(skin.listJoints().map(rootOf));
    if (roots.size > 1) {
      joinRoots(document, [...roots]);
      corrections.add(
        'joined_skeletons',
        1,
        (n) => `${plural(n, 'skin')} with joints in several trees got a node above them.`,
      );
    }
    const skeleton = skin.getSkeleton();
    if (skeleton && !skin.listJoints().every((joint) => isBelow(joint, skeleton))) skin.setSkeleton(null);
    showJoints(document, skin);
  }
}

function joinRoots(document: Document, roots: readonly Node[]): void {
  const above = document.createNode('Skeleton');
  const scenes = new Set(roots.flatMap((root) => scenesOf(document, root)));
  for (const scene of scenes) {
    for (const root of roots) scene.removeChild(root);
    scene.addChild(above);
  }
  for (const root of roots) above.addChild(root);
}

function showJoints(document: Document, skin: Skin): void {
  const [joint] = skin.listJoints();
  if (!joint) return;
  const root = rootOf(joint);
  const shown = new Set(scenesOf(document, root));
  for (const node of document.getRoot().listNodes()) {
    if (node.getSkin() !== skin || !node.getMesh()) continue;
    for (const scene of scenesOf(document, rootOf(node))) if (!shown.has(scene)) scene.addChild(root);
  }
}

function scenesOf(document: Document, root: Node): Scene[] {
  return document
    .getRoot()
    .listScenes()
    .filter((scene) => scene.listChildren().includes(root));
}

function rootOf(node: Node): Node {
  let at = node;
  for (let parent = at.getParentNode(); parent; parent = at.getParentNode()) at = parent;
  return at;
}

function isBelow(node: Node, above: Node): boolean {
  for (let at: Node | null = node; at; at = at.getParentNode()) if (at === above) return true;
  return false;
}
