import type { mat4 } from '@gltf-transform/core';
import { fromRows, IDENTITY, multiply } from '../geometry/transform-steps.ts';
import { child, childrenOf, type XmlElement } from '../xml/xml-tree.ts';
import type { PositionWeights } from './build-mesh.ts';
import type { DaeFile } from './dae-file.ts';

/** Joints of a vertex that glTF viewers take: two sets of four. */
const MAX_JOINTS = 8;

/** The skin of a controller. */
export interface DaeSkin {
  geometry: XmlElement;
  /** Names (`sid`) or ids of the joints. */
  joints: string[];
  /** From the space of the mesh to that of the joint, in columns. */
  inverseBind: mat4[];
  weights: PositionWeights;
  /** Vertices with more than eight joints. */
  reduced: number;
}

/** Reads `<controller><skin>`; null for a controller of another kind. */
export function readSkin(file: DaeFile, controller: XmlElement): DaeSkin | null {
  const skin = child(controller, 'skin');
  if (!skin) return null;
  const geometry =
    file.follow(skin.attributes.get('source')) ??
    file.fail(skin, `Its mesh "${skin.attributes.get('source') ?? ''}" does not exist.`);
  const bindShape = child(skin, 'bind_shape_matrix');
  const shape = bindShape ? file.floats(bindShape) : null;
  if (shape && shape.length !== 16) file.fail(skin, `The bind shape matrix has ${shape.length} numbers.`);
  const bind = shape ? fromRows(shape) : IDENTITY;
  const source = (parent: XmlElement | null, semantic: string): XmlElement => {
    const input = childrenOf(parent, 'input').find((candidate) => candidate.attributes.get('semantic') === semantic);
    return file.follow(input?.attributes.get('source')) ?? file.fail(skin, `It has no ${semantic}.`);
  };
  const jointsElement = child(skin, 'joints');
  const names = source(jointsElement, 'JOINT');
  const list = child(names, 'Name_array') ?? child(names, 'IDREF_array') ?? child(names, 'SIDREF_array');
  const joints = list ? file.words(list) : [];
  const matrices = file.source(source(jointsElement, 'INV_BIND_MATRIX')).values;
  if (joints.length === 0 || matrices.length < joints.length * 16) {
    file.fail(skin, `It has ${joints.length} joints and ${Math.floor(matrices.length / 16)} bind matrices.`);
  }
  const inverseBind = joints.map((_, i) => multiply(fromRows(matrices, i * 16), bind));
  const vertexWeights = child(skin, 'vertex_weights');
  return {
    geometry,
    joints,
    inverseBind,
    ...readWeights(file, skin, vertexWeights, joints.length, file.source(source(vertexWeights, 'WEIGHT')).values),
  };
}

/** Keeps the eight largest weights of each vertex and scales them to sum to one. */
function readWeights(
  file: DaeFile,
  skin: XmlElement,
  element: XmlElement | null,
  joints: number,
  values: Float32Array,
): { weights: PositionWeights; reduced: number } {
  const counts = child(element, 'vcount');
  const list = child(element, 'v');
  const offsetOf = (semantic: string): number =>
    Number(
      childrenOf(element, 'input')
        .find((input) => input.attributes.get('semantic') === semantic)
        ?.attributes.get('offset') ?? 0,
    ) || 0;
  const jointOffset = offsetOf('JOINT');
  const weightOffset = offsetOf('WEIGHT');
  const width = Math.max(jointOffset, weightOffset) + 1;
  const vcount = counts ? file.integers(counts) : new Int32Array(0);
  const v = list ? file.integers(list) : new Int32Array(0);
  const stride = vcount.some((count) => count > 4) ? MAX_JOINTS : 4;
  const out: PositionWeights = {
    width: stride,
    joints: new Uint16Array(vcount.length * stride),
    weights: new Float32Array(vcount.length * stride),
  };
  let at = 0;
  let reduced = 0;
  for (let vertex = 0; vertex < vcount.length; vertex++) {
    const count = vcount[vertex]!;
    if (count < 0 || at + count * width > v.length)
      file.fail(skin, `Its <v> ends before vertex ${vertex} of ${vcount.length}.`);
    const pairs: [joint: number, weight: number][] = [];
    for (let i = 0; i < count; i++, at += width) {
      const joint = v[at + jointOffset]!;
      const weight = values[v[at + weightOffset]!];
      // -1 means the bind shape itself, which glTF has no joint for.
      if (joint < 0 || joint >= joints || weight === undefined || !(weight > 0)) continue;
      pairs.push([joint, weight]);
    }
    pairs.sort((a, b) => b[1] - a[1]);
    if (pairs.length > MAX_JOINTS) reduced++;
    const kept = pairs.slice(0, MAX_JOINTS);
    const sum = kept.reduce((total, [, weight]) => total + weight, 0);
    for (const [k, [joint, weight]] of kept.entries()) {
      out.joints[vertex * stride + k] = joint;
      out.weights[vertex * stride + k] = weight / sum;
    }
  }
  return { weights: out, reduced };
}
