import type { Node, Primitive } from '@gltf-transform/core';
import { jointMatrices } from '../describe/measure-bounds.ts';

/** World positions of a skinned primitive; null where it has no skin. Vertices without weights stay where they are. */
export function skinnedPositions(
  node: Node,
  primitive: Primitive,
  local: Float32Array,
): Float32Array<ArrayBuffer> | null {
  const skin = node.getSkin();
  if (!skin || !primitive.getAttribute('JOINTS_0') || !primitive.getAttribute('WEIGHTS_0')) return null;
  const matrices = jointMatrices(skin);
  const out = new Float32Array(local.length);
  const totals = new Float64Array(local.length / 3);
  const joint: number[] = [];
  const weight: number[] = [];
  for (let set = 0; ; set++) {
    const joints = primitive.getAttribute(`JOINTS_${set}`);
    const weights = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!joints || !weights) break;
    for (let i = 0; i < totals.length; i++) {
      joints.getElement(i, joint);
      weights.getElement(i, weight);
      const at = i * 3;
      const [x, y, z] = [local[at]!, local[at + 1]!, local[at + 2]!];
      for (let k = 0; k < 4; k++) {
        const w = weight[k]!;
        const m = matrices[joint[k]!];
        if (w === 0 || !m) continue;
        out[at] = out[at]! + w * (m[0]! * x + m[4]! * y + m[8]! * z + m[12]!);
        out[at + 1] = out[at + 1]! + w * (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!);
        out[at + 2] = out[at + 2]! + w * (m[2]! * x + m[6]! * y + m[10]! * z + m[14]!);
        totals[i] = totals[i]! + w;
      }
    }
  }
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i]!;
    for (let k = i * 3; k < i * 3 + 3; k++) out[k] = total > 0 ? out[k]! / total : local[k]!;
  }
  return out;
}
