import type { Node } from '@gltf-transform/core';
import type { Trs } from '../../fbx/affine.ts';
import type { UsdAttributeOptions, UsdPrim, UsdType } from '../usd-layer.ts';
import type { StageTime } from './stage-time.ts';

const OPS = [
  ['translation', 'xformOp:translate', 'double3', [0, 0, 0]],
  ['rotation', 'xformOp:orient', 'quatf', [0, 0, 0, 1]],
  ['scale', 'xformOp:scale', 'float3', [1, 1, 1]],
] as const satisfies readonly (readonly [keyof Trs, string, UsdType, readonly number[]])[];

/** Gives a prim the transform of a node and how a clip moves it: translation, then rotation, then scale. */
export function writeNodeTransform(prim: UsdPrim, node: Node, time: StageTime | null): void {
  const trs: Trs = { translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() };
  write(prim, trs, (path) => {
    const track = time?.track(node, path);
    return track ? { samples: time!.sample([{ track, offset: 0 }], trs[path]) } : {};
  });
}

/** Gives a prim a transform that stays. */
export function writeTransform(prim: UsdPrim, trs: Trs): void {
  write(prim, trs, () => ({}));
}

function write(prim: UsdPrim, trs: Trs, samplesOf: (path: keyof Trs) => UsdAttributeOptions): void {
  const order: string[] = [];
  for (const [path, op, type, neutral] of OPS) {
    const samples = samplesOf(path);
    if (!samples.samples && trs[path].every((value, i) => value === neutral[i])) continue;
    prim.attribute(op, type, trs[path], samples);
    order.push(op);
  }
  if (order.length > 0) prim.attribute('xformOpOrder', 'token[]', order, { uniform: true });
}
