import type { Document, Node, Scene, Skin } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/**
 * The joints of a skin have a common root, and stand in the scenes that show what they move (glTF 2.0, section 3.7.3):
 * where they do not, a node is put above their roots, and the root into the scenes. Nothing moves by that.
 */
export function normaliseSkeletons(document: Document, corrections: Corrections): void {
  const skins = document.getRoot().listSkins();
  const hierarchy = new Hierarchy(skins.length > 0 ? document.getRoot().listNodes() : []);
  for (const skin of skins) {
    const roots = new Set(skin.listJoints().map((joint) => hierarchy.rootOf(joint)));
    if (roots.size > 1) {
      hierarchy.join(joinRoots(document, [...roots]), roots);
      corrections.add(
        'joined_skeletons',
        1,
        (n) => `${plural(n, 'skin')} with joints in several trees got a node above them.`,
      );
    }
    const skeleton = skin.getSkeleton();
    if (skeleton && !skin.listJoints().every((joint) => hierarchy.isBelow(joint, skeleton))) skin.setSkeleton(null);
    showJoints(document, skin, hierarchy);
  }
}

/** Returns the node that is now above the roots. */
function joinRoots(document: Document, roots: readonly Node[]): Node {
  const above = document.createNode('Skeleton');
  const scenes = new Set(roots.flatMap((root) => scenesOf(document, root)));
  for (const scene of scenes) {
    for (const root of roots) scene.removeChild(root);
    scene.addChild(above);
  }
  for (const root of roots) above.addChild(root);
  return above;
}

function showJoints(document: Document, skin: Skin, hierarchy: Hierarchy): void {
  const [joint] = skin.listJoints();
  if (!joint) return;
  const root = hierarchy.rootOf(joint);
  const shown = new Set(scenesOf(document, root));
  for (const node of document.getRoot().listNodes()) {
    if (node.getSkin() !== skin || !node.getMesh()) continue;
    for (const scene of scenesOf(document, hierarchy.rootOf(node))) if (!shown.has(scene)) scene.addChild(root);
  }
}

function scenesOf(document: Document, root: Node): Scene[] {
  return document
    .getRoot()
    .listScenes()
    .filter((scene) => scene.listChildren().includes(root));
}

/** What is above what. A node itself looks for its parent among everything that refers to it, channels of clips too. */
class Hierarchy {
  private readonly parents = new Map<Node, Node>();

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) this.join(node, node.listChildren());
  }

  /** Says that a node is above others now. */
  join(above: Node, nodes: Iterable<Node>): void {
    for (const node of nodes) this.parents.set(node, above);
  }

  rootOf(node: Node): Node {
    let at = node;
    for (let parent = this.parents.get(at); parent; parent = this.parents.get(at)) at = parent;
    return at;
  }

  isBelow(node: Node, above: Node): boolean {
    for (let at: Node | undefined = node; at; at = this.parents.get(at)) if (at === above) return true;
    return false;
  }
}
