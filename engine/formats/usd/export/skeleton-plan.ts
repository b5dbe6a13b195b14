import type { Node, Skin } from '@gltf-transform/core';
import { floatsOf } from '../../../render/accessor-floats.ts';
import { fromTrs, identity, invert, type Mat4, multiply } from '../../fbx/affine.ts';

/** Bind matrices that differ by less, relative to their size, are the same. */
const SAME = 1e-4;

/** Joints that hang together and move together: one `Skeleton` of USD. */
export interface SkeletonPlan {
  /** The nearest node that all joints hang from and that is none of them; null: the scene. */
  anchor: Node | null;
  /** Parents before children; between joints also the nodes that connect them. */
  joints: Node[];
  numbers: Map<Node, number>;
  /** Place of each joint relative to the anchor when the mesh was bound. */
  binds: Mat4[];
}

/** How a skin uses a skeleton. */
export interface SkinBinding {
  skeleton: SkeletonPlan;
  /** By the number of a joint in the skin, its number in the skeleton. */
  numbers: number[];
  /** Brings the mesh to where the skeleton was bound. */
  geomBind: Mat4;
}

/**
 * Divides skins among skeletons. A skeleton has one bind place for each joint, a glTF file one for each joint of each
 * skin: skins with common joints share a skeleton if their bind matrices differ by the same transform for all of them.
 *
 * @param parents of the nodes of the scene
 */
export function planSkeletons(
  skins: Iterable<Skin>,
  parents: ReadonlyMap<Node, Node | undefined>,
): Map<Skin, SkinBinding> {
  const skeletons: SkeletonPlan[] = [];
  const bindings = new Map<Skin, SkinBinding>();
  for (const skin of skins) {
    const joints = skin.listJoints().filter((joint) => parents.has(joint));
    if (joints.length === 0) continue;
    const inverseBinds = inverseBindsOf(skin);
    const anchor = anchorOf(joints, parents);
    const known = skeletons
      .filter((skeleton) => skeleton.anchor === anchor)
      .map((skeleton) => ({ skeleton, geomBind: geomBindOf(skeleton, joints, inverseBinds) }))
      .find(({ geomBind }) => geomBind !== null);
    const skeleton = known?.skeleton ?? { anchor, joints: [], numbers: new Map<Node, number>(), binds: [] };
    if (!known) skeletons.push(skeleton);
    const geomBind = known?.geomBind ?? identity();
    extend(skeleton, joints, inverseBinds, geomBind, parents);
    const numbers = skin.listJoints().map((joint) => skeleton.numbers.get(joint) ?? 0);
    bindings.set(skin, { skeleton, numbers, geomBind });
  }
  return bindings;
}

function inverseBindsOf(skin: Skin): Map<Node, Mat4> {
  const accessor = skin.getInverseBindMatrices();
  const values = accessor ? floatsOf(accessor) : null;
  return new Map(
    skin
      .listJoints()
      .map((joint, i) => [
        joint,
        values && values.length >= i * 16 + 16 ? Float64Array.from(values.subarray(i * 16, i * 16 + 16)) : identity(),
      ]),
  );
}

/** The transform by which the skin's bind matrices differ from the skeleton's; null where they do not fit. */
function geomBindOf(skeleton: SkeletonPlan, joints: readonly Node[], inverseBinds: Map<Node, Mat4>): Mat4 | null {
  let common: Mat4 | null = null;
  for (const joint of joints) {
    const number = skeleton.numbers.get(joint);
    if (number === undefined) continue;
    const difference = multiply(skeleton.binds[number]!, inverseBinds.get(joint)!);
    if (!common) common = difference;
    else {
      const size = Math.max(1, ...common.map(Math.abs));
      const one = common;
      if (difference.some((value, i) => !(Math.abs(value - one[i]!) <= SAME * size))) return null;
    }
  }
  return common;
}

/** Adds joints, and the nodes between them and those that are there, in the order of the hierarchy. */
function extend(
  skeleton: SkeletonPlan,
  joints: readonly Node[],
  inverseBinds: Map<Node, Mat4>,
  geomBind: Mat4,
  parents: ReadonlyMap<Node, Node | undefined>,
): void {
  const { anchor, numbers, binds } = skeleton;
  const inverseGeomBind = invert(geomBind) ?? identity();
  for (const joint of joints) {
    const chain: Node[] = [];
    for (let node: Node | undefined = joint; node && node !== anchor; node = parents.get(node)) chain.push(node);
    for (const node of chain.reverse()) {
      const inverseBind = inverseBinds.get(node);
      const bind = inverseBind && invert(multiply(inverseBind, inverseGeomBind));
      const known = numbers.get(node);
      if (known === undefined) {
        numbers.set(node, skeleton.joints.length);
        skeleton.joints.push(node);
        binds.push(bind ?? restPlace(node, anchor, parents));
      } else if (bind) binds[known] = bind;
    }
  }
}

function restPlace(node: Node, anchor: Node | null, parents: ReadonlyMap<Node, Node | undefined>): Mat4 {
  let place = localMatrix(node);
  for (let parent = parents.get(node); parent && parent !== anchor; parent = parents.get(parent))
    place = multiply(localMatrix(parent), place);
  return place;
}

/** A node's own transform. */
export function localMatrix(node: Node): Mat4 {
  return fromTrs({ translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() });
}

function anchorOf(joints: readonly Node[], parents: ReadonlyMap<Node, Node | undefined>): Node | null {
  let common: Node[] | null = null;
  for (const joint of joints) {
    const ancestors: Node[] = [];
    for (let node = parents.get(joint); node; node = parents.get(node)) ancestors.unshift(node);
    if (!common) common = ancestors;
    else {
      let length = 0;
      while (length < common.length && common[length] === ancestors[length]) length++;
      common = common.slice(0, length);
    }
  }
  return common?.at(-1) ?? null;
}
