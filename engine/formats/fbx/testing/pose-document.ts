import type { Document, Node } from '@gltf-transform/core';
import { Track } from '../../../animation/track.ts';
import { isHidden } from '../../../describe/is-hidden.ts';
import { fromTrs, type Mat4, multiply, type Quat, type Trs, type Vec3 } from '../affine.ts';
import { slerp } from '../evaluate-layers.ts';

/**
 * Every vertex of a document at a time of one of its animations, in world space: node transforms, morph targets and
 * skins as glTF 2.0 defines them, without a renderer. Three numbers each.
 *
 * @param clip number of the animation; null for the rest pose
 */
export function poseDocument(document: Document, clip: number | null, time: number): Float64Array {
  const values = clip === null ? new Map<Node, Map<string, number[]>>() : evaluateClip(document, clip, time);
  const globalOf = worldMatrices(values);
  const out: number[] = [];
  for (const node of document.getRoot().listNodes()) {
    const mesh = node.getMesh();
    if (!mesh || isNodeHidden(node)) continue;
    const weights = values.get(node)?.get('weights') ?? mesh.getWeights();
    const joints = jointMatrices(node, globalOf);
    for (const primitive of mesh.listPrimitives()) {
      const positions = primitive.getAttribute('POSITION')!.getArray()!;
      const targets = primitive.listTargets().map((target) => target.getAttribute('POSITION')!.getArray()!);
      const sets = [0, 1].flatMap((set) => {
        const indices = primitive.getAttribute(`JOINTS_${set}`)?.getArray();
        const shares = primitive.getAttribute(`WEIGHTS_${set}`)?.getArray();
        return indices && shares ? [{ indices, shares }] : [];
      });
      for (let vertex = 0; vertex < positions.length / 3; vertex++) {
        const at = (k: number): number =>
          targets.reduce(
            (sum, target, i) => sum + target[vertex * 3 + k]! * (weights[i] ?? 0),
            positions[vertex * 3 + k]!,
          );
        const [x, y, z] = [at(0), at(1), at(2)];
        let m = globalOf(node);
        if (joints) {
          m = new Float64Array(16);
          for (const { indices, shares } of sets) {
            for (let k = vertex * 4; k < vertex * 4 + 4; k++) {
              for (let e = 0; e < 16; e++) m[e] = m[e]! + joints[indices[k]!]![e]! * shares[k]!;
            }
          }
        }
        for (let row = 0; row < 3; row++) out.push(m[row]! * x + m[row + 4]! * y + m[row + 8]! * z + m[row + 12]!);
      }
    }
  }
  return Float64Array.from(out);
}

/** World matrices of the nodes of a document at a time of one of its animations. */
export function poseNodes(document: Document, clip: number, time: number): (node: Node) => Mat4 {
  return worldMatrices(evaluateClip(document, clip, time));
}

function worldMatrices(values: Map<Node, Map<string, number[]>>): (node: Node) => Mat4 {
  const globals = new Map<Node, Mat4>();
  const globalOf = (node: Node): Mat4 => {
    let known = globals.get(node);
    if (!known) {
      const own = values.get(node);
      const local: Trs = {
        translation: (own?.get('translation') ?? node.getTranslation()) as Vec3,
        rotation: (own?.get('rotation') ?? node.getRotation()) as Quat,
        scale: (own?.get('scale') ?? node.getScale()) as Vec3,
      };
      const parent = node.getParentNode();
      known = parent ? multiply(globalOf(parent), fromTrs(local)) : fromTrs(local);
      globals.set(node, known);
    }
    return known;
  };
  return globalOf;
}

function isNodeHidden(node: Node): boolean {
  for (let at: Node | null = node; at; at = at.getParentNode()) if (isHidden(at)) return true;
  return false;
}

function jointMatrices(node: Node, globalOf: (node: Node) => Mat4): Mat4[] | null {
  const skin = node.getSkin();
  const binds = skin?.getInverseBindMatrices()?.getArray();
  if (!skin || !binds) return null;
  return skin
    .listJoints()
    .map((joint, i) => multiply(globalOf(joint), Float64Array.from(binds.subarray(i * 16, i * 16 + 16))));
}

function evaluateClip(document: Document, clip: number, time: number): Map<Node, Map<string, number[]>> {
  const values = new Map<Node, Map<string, number[]>>();
  for (const channel of document.getRoot().listAnimations()[clip]!.listChannels()) {
    const sampler = channel.getSampler()!;
    const times = sampler.getInput()!.getArray()!;
    const array = sampler.getOutput()!.getArray()!;
    const width = array.length / times.length;
    const own = values.get(channel.getTargetNode()!) ?? new Map<string, number[]>();
    values.set(channel.getTargetNode()!, own);
    if (sampler.getInterpolation() === 'CUBICSPLINE') {
      const isRotation = channel.getTargetPath() === 'rotation';
      const track = new Track(Float32Array.from(times), Float32Array.from(array), 'CUBICSPLINE', isRotation);
      const out = new Float64Array(track.size);
      track.sample(time, out, 0);
      own.set(channel.getTargetPath()!, [...out]);
      continue;
    }
    let key = 0;
    while (key + 1 < times.length && times[key + 1]! <= time) key++;
    const here = [...array.subarray(key * width, key * width + width)];
    let value = here;
    if (key + 1 < times.length && time > times[key]! && sampler.getInterpolation() === 'LINEAR') {
      const next = [...array.subarray((key + 1) * width, (key + 2) * width)];
      const share = (time - times[key]!) / (times[key + 1]! - times[key]!);
      value =
        channel.getTargetPath() === 'rotation'
          ? slerp(here as Quat, next as Quat, share)
          : here.map((v, k) => v + (next[k]! - v) * share);
    }
    own.set(channel.getTargetPath()!, value);
  }
  return values;
}

/** `[min, max]` of points. */
export function boundsOf(points: ArrayLike<number>): [number[], number[]] {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    min[i % 3] = Math.min(min[i % 3]!, points[i]!);
    max[i % 3] = Math.max(max[i % 3]!, points[i]!);
  }
  return [min, max];
}
