import {
  conjugate,
  eulerToQuat,
  fromTrs,
  type Mat4,
  multiplyQuat,
  type Quat,
  rotate,
  type Trs,
  type Vec3,
} from './affine.ts';
import type { FbxFindings } from './fbx-findings.ts';
import type { FbxObject } from './fbx-scene.ts';

/** How a node takes over the scale of its parent. */
export type InheritType = 'RrSs' | 'RSrs' | 'Rrs';

/** Everything of a node's transform that does not move, and the rest values of what does. */
export interface NodeTransform {
  /** In the units of the file. */
  translation: Vec3;
  /** Euler angles in degrees. */
  rotation: Vec3;
  scale: Vec3;
  rotationOrder: number;
  preRotation: Quat;
  /** Already inverted. */
  postRotationInverse: Quat;
  rotationOffset: Vec3;
  rotationPivot: Vec3;
  scalingOffset: Vec3;
  scalingPivot: Vec3;
  /** Whether rotation and scale move the translation as well. */
  hasPivots: boolean;
  inherit: InheritType;
}

const INHERIT: InheritType[] = ['RrSs', 'RSrs', 'Rrs'];

export function readNodeTransform(model: FbxObject, findings: FbxFindings): NodeTransform {
  const { properties } = model;
  const vector = (name: string): Vec3 => properties.vector(name) ?? [0, 0, 0];
  // Without an active rotation space the SDK turns in XYZ order and takes no notice of pre- and post-rotation.
  const active =
    (properties.number('RotationActive') ?? 1) !== 0 && (properties.number('RotationSpaceForLimitOnly') ?? 0) === 0;
  const order = active ? (properties.number('RotationOrder') ?? 0) : 0;
  if (order === 6) findings.add('spheric_rotation', `node "${model.name}"`);
  const offsets = [vector('RotationOffset'), vector('RotationPivot'), vector('ScalingOffset'), vector('ScalingPivot')];
  return {
    translation: vector('Lcl Translation'),
    rotation: vector('Lcl Rotation'),
    scale: properties.vector('Lcl Scaling') ?? [1, 1, 1],
    rotationOrder: order >= 0 && order <= 5 ? order : 0,
    preRotation: eulerToQuat(active ? vector('PreRotation') : [0, 0, 0]),
    postRotationInverse: conjugate(eulerToQuat(active ? vector('PostRotation') : [0, 0, 0])),
    rotationOffset: offsets[0]!,
    rotationPivot: offsets[1]!,
    scalingOffset: offsets[2]!,
    scalingPivot: offsets[3]!,
    hasPivots: offsets.some((offset) => offset.some((value) => value !== 0)),
    inherit: INHERIT[properties.number('InheritType') ?? 1] ?? 'RSrs',
  };
}

/**
 * The local transform for values of translation, rotation (see `eulerToQuat`) and scale: T · Roff · Rp · Rpre · R · Rpost⁻¹ ·
 * Rp⁻¹ · Soff · Sp · S · Sp⁻¹ (FBX SDK, "Computing transformation matrices"). As the only scale stands behind all
 * rotations, it is always a translation, a rotation and a scale.
 */
export function localTransform(node: NodeTransform, translation: Vec3, turn: Quat, scale: Vec3): Trs {
  const rotation = multiplyQuat(multiplyQuat(node.preRotation, turn), node.postRotationInverse);
  if (!node.hasPivots) return { translation, rotation, scale };
  const { rotationOffset, rotationPivot, scalingOffset, scalingPivot } = node;
  // Where the origin of the node ends up: through the scale pivot, then turned about the rotation pivot.
  const inner: Vec3 = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    inner[k] = scalingOffset[k]! + scalingPivot[k]! - scale[k]! * scalingPivot[k]! - rotationPivot[k]!;
  }
  const turned = rotate(rotation, inner);
  return {
    translation: [
      translation[0] + rotationOffset[0] + rotationPivot[0] + turned[0],
      translation[1] + rotationOffset[1] + rotationPivot[1] + turned[1],
      translation[2] + rotationOffset[2] + rotationPivot[2] + turned[2],
    ],
    rotation,
    scale,
  };
}

export function restTransform(node: NodeTransform): Trs {
  return localTransform(node, node.translation, eulerToQuat(node.rotation, node.rotationOrder), node.scale);
}

/** The transform of what hangs on a node, which its children do not inherit; null where it is none. */
export function geometricTransform(model: FbxObject): Mat4 | null {
  const { properties } = model;
  const translation = properties.vector('GeometricTranslation') ?? [0, 0, 0];
  const degrees = properties.vector('GeometricRotation') ?? [0, 0, 0];
  const scale = properties.vector('GeometricScaling') ?? [1, 1, 1];
  const none = translation.every((v) => v === 0) && degrees.every((v) => v === 0) && scale.every((v) => v === 1);
  return none ? null : fromTrs({ translation, rotation: eulerToQuat(degrees), scale });
}
