import type { Node, Skin } from '@gltf-transform/core';
import { floatsOf } from '../../../render/accessor-floats.ts';
import { identity, invert, type Mat4 } from '../affine.ts';
import type { FbxDraft } from './fbx-draft.ts';
import type { GeometryPlan } from './geometry-objects.ts';
import { inCentimetres } from './units.ts';

/** Vertices that follow a joint, and how much. */
interface Cluster {
  indices: number[];
  weights: number[];
}

/**
 * Adds a skin to a geometry: one cluster a joint that vertices follow. The mesh is bound at the origin.
 *
 * @param binds gets the place of each joint at the time of binding, in centimetres
 */
export function addSkin(
  draft: FbxDraft,
  geometry: number,
  plan: GeometryPlan,
  skin: Skin,
  models: ReadonlyMap<Node, number>,
  binds: Map<Node, Mat4>,
): void {
  const deformer = draft.add('Deformer', 'Deformer', skin.getName(), 'Skin', (writer) => {
    writer.node('Version', 101);
    writer.node('Link_DeformAcuracy', 50);
    writer.node('SkinningType', 'Linear');
  });
  draft.connect(deformer, geometry);
  const clusters = collectClusters(plan, skin.listJoints().length);
  const accessor = skin.getInverseBindMatrices();
  const inverses = accessor && floatsOf(accessor);
  for (const [i, joint] of skin.listJoints().entries()) {
    const model = models.get(joint);
    const cluster = clusters[i]!;
    if (model === undefined) continue;
    const values = inverses && inverses.length >= i * 16 + 16 ? inverses.subarray(i * 16, i * 16 + 16) : identity();
    const toJoint = inCentimetres(Float64Array.from(values));
    const place = invert(toJoint) ?? identity();
    if (!binds.has(joint)) binds.set(joint, place);
    const id = draft.add('Deformer', 'SubDeformer', joint.getName(), 'Cluster', (writer) => {
      writer.node('Version', 100);
      writer.node('UserData', '', '');
      if (cluster.indices.length > 0) {
        writer.array('Indexes', cluster.indices);
        writer.array('Weights', cluster.weights);
      }
      writer.array('Transform', toJoint);
      writer.array('TransformLink', place);
    });
    draft.connect(id, deformer);
    draft.connect(model, id);
  }
}

function collectClusters({ primitives, starts }: GeometryPlan, joints: number): Cluster[] {
  const clusters = Array.from({ length: joints }, (): Cluster => ({ indices: [], weights: [] }));
  for (const [p, primitive] of primitives.entries()) {
    for (let set = 0; ; set++) {
      const numbers = primitive.getAttribute(`JOINTS_${set}`)?.getArray();
      const accessor = primitive.getAttribute(`WEIGHTS_${set}`);
      if (!numbers || !accessor) break;
      const weights = floatsOf(accessor);
      for (let i = 0; i < weights.length; i++) {
        const cluster = clusters[numbers[i]!];
        if (!cluster || !(weights[i]! > 0)) continue;
        cluster.indices.push(starts[p]! + (i >> 2));
        cluster.weights.push(weights[i]!);
      }
    }
  }
  return clusters;
}
