import {
  decompose,
  fromTrs,
  identity,
  invert,
  type Mat4,
  multiply,
  multiplyQuat,
  type Quat,
  type Trs,
  type Vec3,
} from './affine.ts';
import { evaluateRotation, evaluateVector, findChannels, type LayeredChannel } from './evaluate-layers.ts';
import { localTransform, restTransform } from './node-transform.ts';
import type { ModelNode } from './node-tree.ts';
import { type AnimationStack, channelKey } from './read-animation.ts';

/** The animated transform of a node in one stack. */
export interface NodeChannels {
  translation: LayeredChannel[];
  rotation: LayeredChannel[];
  scale: LayeredChannel[];
}

interface Global {
  matrix: Mat4;
  rotation: Quat;
  /** The node's own. */
  scale: Vec3;
}

const IDENTITY: Quat = [0, 0, 0, 1];

/** Times remembered for each node. */
const MAX_REMEMBERED = 256;

/** Local transforms of nodes, at rest or at a time in an animation stack, with FBX's rules for inheriting scale. */
export class Pose {
  private readonly stack: AnimationStack | null;
  private readonly channels = new Map<ModelNode, NodeChannels>();
  private readonly rests = new Map<ModelNode, Trs>();
  /** Global transforms by time; translation, rotation and scale of a node ask for the same times. */
  private readonly globals = new Map<ModelNode, Map<number, Global>>();

  /** @param stack null for the rest pose */
  constructor(stack: AnimationStack | null) {
    this.stack = stack;
  }

  channelsOf(node: ModelNode): NodeChannels {
    let channels = this.channels.get(node);
    if (!channels) {
      const find = (property: string): LayeredChannel[] =>
        this.stack ? findChannels(this.stack, [channelKey(node.model.id, property)]) : [];
      channels = {
        translation: find('Lcl Translation'),
        rotation: find('Lcl Rotation'),
        scale: find('Lcl Scaling'),
      };
      this.channels.set(node, channels);
    }
    return channels;
  }

  /**
   * As the file states it: without regard to how scales are inherited.
   *
   * @param only the part that is asked for; the others may then be those at rest
   */
  plain(node: ModelNode, time: number, only?: keyof Trs): Trs {
    const { transform } = node;
    const { translation, rotation, scale } = this.channelsOf(node);
    if (translation.length + rotation.length + scale.length === 0) return this.restOf(node);
    const all = only === undefined || (only === 'translation' && transform.hasPivots);
    return localTransform(
      transform,
      all || only === 'translation'
        ? evaluateVector(translation, transform.translation, time, false)
        : transform.translation,
      all || only === 'rotation'
        ? evaluateRotation(rotation, transform.rotation, transform.rotationOrder, time).quat
        : IDENTITY,
      all || only === 'scale' ? evaluateVector(scale, transform.scale, time, true) : transform.scale,
    );
  }

  private restOf(node: ModelNode): Trs {
    let rest = this.rests.get(node);
    if (!rest) {
      rest = restTransform(node.transform);
      this.rests.set(node, rest);
    }
    return rest;
  }

  /** Relative to the parent with all that it passes on, as glTF understands nodes. */
  local(node: ModelNode, time: number): Trs & { sheared: boolean } {
    if (!node.parent || node.transform.inherit === 'RSrs') return { ...this.plain(node, time), sheared: false };
    const above = this.global(node.parent, time);
    const inverse = invert(above.matrix);
    if (!inverse) return { ...this.plain(node, time), sheared: false };
    return decompose(multiply(inverse, this.global(node, time).matrix));
  }

  /**
   * The global transform, with the rotation alone (FBX SDK, "Transformation inheritance"). `RrSs` applies the parent's
   * scale along the node's own axes; `Rrs` leaves the scale of the direct parent out.
   */
  private global(node: ModelNode, time: number): Global {
    let known = this.globals.get(node);
    if (!known) {
      known = new Map();
      this.globals.set(node, known);
    }
    let result = known.get(time);
    if (!result) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      result = this.computeGlobal(node, time);
      known.set(time, result);
    }
    return result;
  }

  private computeGlobal(node: ModelNode, time: number): Global {
    const above: Global = node.parent
      ? this.global(node.parent, time)
      : { matrix: identity(), rotation: IDENTITY, scale: [1, 1, 1] };
    const local = this.plain(node, time);
    const rotation = multiplyQuat(above.rotation, local.rotation);
    if (node.transform.inherit === 'RSrs' || !node.parent) {
      return { matrix: multiply(above.matrix, fromTrs(local)), rotation, scale: local.scale };
    }
    const turnAbove = fromTrs({ translation: [0, 0, 0], rotation: above.rotation, scale: [1, 1, 1] });
    let scaleAbove = multiply(invert(turnAbove)!, withoutTranslation(above.matrix));
    if (node.transform.inherit === 'Rrs') {
      const [x, y, z] = above.scale.map((value) => (value === 0 ? 1 : 1 / value)) as Vec3;
      scaleAbove = multiply(scaleAbove, Float64Array.of(x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1));
    }
    const turn = fromTrs({ translation: [0, 0, 0], rotation, scale: [1, 1, 1] });
    const matrix = multiply(
      turn,
      multiply(scaleAbove, fromTrs({ translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale: local.scale })),
    );
    const placed = multiply(above.matrix, fromTrs({ ...local, rotation: [0, 0, 0, 1], scale: [1, 1, 1] }));
    for (let row = 12; row < 15; row++) matrix[row] = placed[row]!;
    return { matrix, rotation, scale: local.scale };
  }
}

function withoutTranslation(m: Mat4): Mat4 {
  const out = m.slice();
  out.fill(0, 12, 15);
  return out;
}

/**
 * Whether a node needs its ancestors to find its local transform: scales that are not inherited the way glTF does.
 *
 * @param scales whether a node has another scale than 1, 1, 1 at any time, and whether that is uneven
 */
export function needsAncestors(node: ModelNode, scales: (node: ModelNode) => 'none' | 'even' | 'uneven'): boolean {
  if (node.transform.inherit === 'RSrs' || !node.parent) return false;
  if (node.transform.inherit === 'Rrs' && scales(node.parent) !== 'none') return true;
  for (let above: ModelNode | null = node.parent; above; above = above.parent) {
    if (scales(above) === 'uneven') return true;
  }
  return false;
}
