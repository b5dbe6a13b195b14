import type { Document, Mesh, Node, Scene, Skin } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import type { Pose } from '../animation/pose.ts';
import { isHidden } from '../describe/is-hidden.ts';
import { floatsOf } from './accessor-floats.ts';
import { type Affine, affineFromMatrix, composeInto, multiply, multiplyInto } from './matrix.ts';

/** One mesh at one place: what is left of the scene graph for drawing. What moves changes these numbers in place. */
export interface Draw {
  /** The node that places the mesh. */
  node: Node;
  mesh: Mesh;
  /** Which of the node's copies this is when it makes several. */
  copy: number | undefined;
  /** Mesh to world. A skinned mesh is moved by its joints alone. */
  transform: Affine;
  /** Joints to world times inverse bind matrix, for skinned meshes. */
  joints: Affine[] | undefined;
  /** Weights of morph targets. */
  weights: ArrayLike<number>;
  /** How the draw changes with time: not at all, as a whole, or in its shape. */
  motion: 'still' | 'rigid' | 'deforming';
}

/** A transform that follows from two others, of which the first may move. */
export interface Product {
  out: Affine;
  left: Affine;
  right: Affine;
}

/** Nodes of the scene that is drawn. */
export interface SceneNodes {
  /** Node to world, hidden nodes included. */
  world: Map<Node, Affine>;
  parents: Map<Node, Node | undefined>;
  /** Those that are seen, in order. */
  seen: Node[];
}

/**
 * Walks the default scene (else the first, else all root nodes) in rest pose. A node met twice on the way (a cycle)
 * counts once.
 */
export function walkScene(document: Document): SceneNodes {
  const root = document.getRoot();
  const scene: Scene | undefined = root.getDefaultScene() ?? root.listScenes()[0];
  const starts = scene ? scene.listChildren() : root.listNodes().filter((node) => node.getParentNode() === null);
  const world = new Map<Node, Affine>();
  const parents = new Map<Node, Node | undefined>();
  const seen: Node[] = [];
  // An explicit stack: chains of many thousand nodes would overflow the call stack.
  const pending: { node: Node; parent: Node | undefined; hidden: boolean }[] = starts
    .map((node) => ({ node, parent: undefined, hidden: false }))
    .reverse();
  while (pending.length > 0) {
    const { node, parent, hidden } = pending.pop()!;
    if (world.has(node)) continue;
    const local = affineFromMatrix(node.getMatrix());
    world.set(node, parent ? multiply(world.get(parent)!, local) : local);
    parents.set(node, parent);
    // What is hidden may still hold the joints of something that is not.
    const unseen = hidden || isHidden(node);
    if (!unseen) seen.push(node);
    const children = node.listChildren();
    for (let i = children.length - 1; i >= 0; i--) pending.push({ node: children[i]!, parent: node, hidden: unseen });
  }
  return { world, parents, seen };
}

/**
 * Lists what a scene draws, as `pose` moves it. Copies of `EXT_mesh_gpu_instancing` become a draw each. Transforms that
 * follow from those of nodes are added to `products`, which `updateProducts` brings up to date.
 */
export function listDraws({ world, seen }: SceneNodes, pose: Pose | undefined, products: Product[]): Draw[] {
  const draws: Draw[] = [];
  const product = (left: Affine, right: Affine): Affine => {
    const out = multiply(left, right);
    products.push({ out, left, right });
    return out;
  };
  for (const node of seen) {
    const mesh = node.getMesh();
    if (!mesh) continue;
    const transform = world.get(node)!;
    const posed = pose?.weights.get(node);
    const weights = posed ?? (node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights());
    const moves = pose?.moving.has(node) ?? false;
    const place = { node, copy: undefined, mesh, transform, joints: undefined, weights };
    const skin = node.getSkin();
    const instancing = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    if (skin) {
      const deforms = posed || skin.listJoints().some((joint) => pose?.moving.has(joint));
      const joints = jointMatrices(skin, world, product);
      draws.push({ ...place, joints, motion: deforms ? 'deforming' : 'still' });
      continue;
    }
    const motion = posed ? 'deforming' : moves ? 'rigid' : 'still';
    if (!instancing) draws.push({ ...place, motion });
    else {
      // Hundreds of thousands of copies are common, and few of them move.
      const at = motion === 'still' ? multiply : product;
      for (const [copy, matrix] of instanceTransforms(instancing).entries())
        draws.push({ ...place, copy, transform: at(transform, matrix), motion });
    }
  }
  return draws;
}

/** Brings transforms up to date after what they follow from has moved. */
export function updateProducts(products: readonly Product[]): void {
  for (const { out, left, right } of products) multiplyInto(out, left, right);
}

function jointMatrices(
  skin: Skin,
  world: Map<Node, Affine>,
  product: (left: Affine, right: Affine) => Affine,
): Affine[] {
  const accessor = skin.getInverseBindMatrices();
  const inverse = accessor ? floatsOf(accessor) : undefined;
  return skin.listJoints().map((joint, i) => {
    const matrix = world.get(joint) ?? affineFromMatrix(joint.getWorldMatrix());
    return inverse && inverse.length >= i * 16 + 16
      ? product(matrix, affineFromMatrix(inverse.subarray(i * 16, i * 16 + 16)))
      : matrix;
  });
}

function instanceTransforms(instancing: InstancedMesh): Affine[] {
  const translation = instancing.getAttribute('TRANSLATION');
  const rotation = instancing.getAttribute('ROTATION');
  const scale = instancing.getAttribute('SCALE');
  const [t, r, s] = [translation, rotation, scale].map((accessor) => (accessor ? floatsOf(accessor) : undefined));
  const count = Math.max(0, ...[translation, rotation, scale].map((accessor) => accessor?.getCount() ?? 0));
  // Translation, rotation and scale of one copy, as `composeInto` takes them: allocated once for all.
  const numbers = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
  return Array.from({ length: count }, (_, copy) => {
    for (let i = 0; t && i < 3; i++) numbers[i] = t[copy * 3 + i]!;
    for (let i = 0; r && i < 4; i++) numbers[3 + i] = r[copy * 4 + i]!;
    for (let i = 0; s && i < 3; i++) numbers[7 + i] = s[copy * 3 + i]!;
    const transform = new Float64Array(12);
    composeInto(transform, numbers, 0);
    return transform;
  });
}
