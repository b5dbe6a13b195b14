import type { Document, Node } from '@gltf-transform/core';
import { clearNodeParent } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import { isSheared } from '../formats/geometry/is-sheared.ts';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import type { OperationFunction } from './operation-context.ts';

/**
 * Moves nodes up to the scene, with the transforms of their parents worked in. Joints stay where they are, under all
 * that holds their skeleton together; so does what animations move, whatever they move it through, and all that hangs
 * from these, and what the scales of its parents skew: no node has a transform that says so.
 * Empty nodes stay for `prune` to judge.
 */
export const flatten: OperationFunction<'flatten'> = (document, _parameters, { note }) => {
  const fixed = fixedNodes(document);
  const nested: Node[] = [];
  let kept = 0;
  let skewed = 0;
  for (const scene of document.getRoot().listScenes()) {
    // From the top down: a node's parents are where they belong when its turn comes.
    scene.traverse((node) => {
      if (node.getParentNode() === null) return;
      if (fixed.has(node)) kept++;
      else if (isSheared(node.getWorldMatrix())) skewed++;
      else nested.push(node);
    });
  }
  for (const node of nested) clearNodeParent(node);
  if (nested.length > 0) note(`Moved ${plural(nested.length, 'node')} up to the scene.`);
  if (skewed > 0)
    note(`${plural(skewed, 'node')} stayed: the scales of what is above skew them, which no node can say alone.`);
  if (kept > 0) note(`${plural(kept, 'node')} stayed: joints, what animations move, and what hangs from them.`);
};

/** Nodes that are joints, moved or meant by something, and all below them. */
function fixedNodes(document: Document): Set<Node> {
  const fixed = new Set<Node>();
  /** Nodes that were added with all below them. */
  const whole = new Set<Node>();
  const add = (node: Node): void => {
    if (whole.has(node)) return;
    whole.add(node);
    fixed.add(node);
    for (const child of node.listChildren()) add(child);
  };
  for (const skin of document.getRoot().listSkins()) {
    for (const joint of skin.listJoints()) {
      add(joint);
      // What joints hang from holds them together: a skin needs one root above all of them.
      for (let above = joint.getParentNode(); above; above = above.getParentNode()) fixed.add(above);
    }
  }
  for (const node of document.getRoot().listNodes()) if (isMoved(node)) add(node);
  return fixed;
}

/** Whether an animation moves a node, or an extension that is only carried along means it and may move it. */
export function isMoved(node: Node): boolean {
  return node
    .listParents()
    .some((parent) => parent.propertyType === 'AnimationChannel' || parent instanceof PassThroughProperty);
}
