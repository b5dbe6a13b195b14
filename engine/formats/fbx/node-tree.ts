import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import { checkNodes } from '../geometry/check-size.ts';
import type { FbxFindings } from './fbx-findings.ts';
import type { FbxObject, FbxScene } from './fbx-scene.ts';
import { type NodeTransform, readNodeTransform } from './node-transform.ts';

/** As deep as other parts of the engine follow nodes. */
const MAX_DEPTH = 500;

/** Viewport cameras that the FBX SDK writes into every file. */
const EDITOR_CAMERAS = /^(Producer (Perspective|Front|Back|Right|Left|Top|Bottom)|Camera Switcher)$/;

/** A node of the scene. */
export interface ModelNode {
  model: FbxObject;
  transform: NodeTransform;
  parent: ModelNode | null;
  children: ModelNode[];
}

/**
 * The models of a file as a tree, parents before children. Nodes that are their own ancestors are attached to the root.
 *
 * @throws MaquetteError `model_too_large`, `model_malformed` for a tree that is too deep
 */
export function readNodeTree(scene: FbxScene, file: string, limits: ModelLimits, findings: FbxFindings): ModelNode[] {
  const models = scene.objects.filter(
    (object) =>
      object.kind === 'Model' &&
      object.subtype !== 'CameraSwitcher' &&
      !((object.subtype === 'Camera' || object.subtype === '') && EDITOR_CAMERAS.test(object.name)),
  );
  checkNodes(file, models.length, limits);
  const nodes = new Map<FbxObject, ModelNode>();
  for (const model of models) {
    nodes.set(model, { model, transform: readNodeTransform(model, findings), parent: null, children: [] });
  }
  for (const node of nodes.values()) {
    const parent = node.model.parents.find(({ object, property }) => property === null && nodes.has(object));
    if (parent) node.parent = nodes.get(parent.object)!;
  }
  cutCycles([...nodes.values()], findings);
  for (const node of nodes.values()) node.parent?.children.push(node);
  return sortByDepth([...nodes.values()], file);
}

function cutCycles(nodes: readonly ModelNode[], findings: FbxFindings): void {
  const safe = new Set<ModelNode>();
  for (const start of nodes) {
    const path = new Set<ModelNode>();
    let node: ModelNode | null = start;
    while (node && !safe.has(node) && !path.has(node)) {
      path.add(node);
      node = node.parent;
    }
    if (node && path.has(node)) {
      findings.add('node_cycle', `node "${node.model.name}"`);
      node.parent = null;
    }
    for (const visited of path) safe.add(visited);
  }
}

function sortByDepth(nodes: readonly ModelNode[], file: string): ModelNode[] {
  const sorted: ModelNode[] = [];
  let level = nodes.filter((node) => node.parent === null);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw modelMalformed(
        `${file}, node "${level[0]!.model.name}"`,
        `The nodes are nested more than ${MAX_DEPTH} levels deep.`,
        'Flatten the hierarchy before the export.',
      );
    }
    for (const node of level) sorted.push(node);
    level = level.flatMap((node) => node.children);
  }
  return sorted;
}
