import { invert, type Mat4 } from './affine.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { child, floatsOf, integersOf, textAt } from './fbx-node.ts';
import { childrenOf, type FbxObject } from './fbx-scene.ts';

/** Joints that a vertex may follow: two sets of four in glTF. */
export const MAX_INFLUENCES = 8;

/** How the vertices of a mesh follow bones. */
export interface FbxSkin {
  /** Each bone with the matrix from the space of the mesh's node to that of the bone when they were bound. */
  joints: { bone: FbxObject; bind: Mat4 }[];
  /** The most joints that any vertex follows, at most eight. */
  influences: number;
  /** `influences` for each vertex of the file, the strongest first; numbers of `joints`. */
  indices: Uint16Array;
  /** Likewise; they sum to one, or all are 0 where a vertex follows no bone. */
  weights: Float32Array;
  /** Whether some vertices follow no bone. */
  hasFree: boolean;
}

/** Reads all skins of a mesh as one; null where it has none that moves anything. */
export function readSkin(geometry: FbxObject, vertices: number, findings: FbxFindings): FbxSkin | null {
  const joints: FbxSkin['joints'] = [];
  const clusters: { joint: number; indices: Int32Array; weights: Float64Array }[] = [];
  for (const deformer of childrenOf(geometry, 'Deformer', 'Skin')) {
    const method = textAt(child(deformer.node, 'SkinningType'), 0);
    if (method === 'DualQuaternion' || method === 'Blend')
      findings.add('skinning_method', `"${geometry.name}" (${method})`);
    for (const cluster of childrenOf(deformer, 'Deformer', 'Cluster')) {
      const indices = integersOf(child(cluster.node, 'Indexes'));
      const weights = floatsOf(child(cluster.node, 'Weights'));
      const bone = childrenOf(cluster, 'Model')[0];
      if (!bone) {
        if (indices.length > 0) findings.add('missing_bone', `cluster "${cluster.name}" (${cluster.node.place})`);
        continue;
      }
      const bind = readBind(cluster);
      if (!bind) continue;
      clusters.push({ joint: joints.length, indices, weights });
      joints.push({ bone, bind });
    }
  }
  if (joints.length === 0 || joints.length > 0xffff) return null;
  return { joints, ...collectWeights(clusters, vertices, geometry, findings) };
}

/** `Transform` takes the mesh to the bone at the time of binding; files without it bind a mesh at the origin. */
function readBind(cluster: FbxObject): Mat4 | null {
  const transform = floatsOf(child(cluster.node, 'Transform'));
  const link = floatsOf(child(cluster.node, 'TransformLink'));
  const finite = (m: Float64Array): boolean => m.length >= 16 && m.every(Number.isFinite);
  if (finite(transform)) return affine(transform);
  if (!finite(link)) return null;
  return invert(affine(link));
}

/** The last row of a transform is always 0, 0, 0, 1, whatever the file says. */
function affine(numbers: Float64Array): Mat4 {
  const m = numbers.slice(0, 16);
  m[3] = 0;
  m[7] = 0;
  m[11] = 0;
  m[15] = 1;
  return m;
}

function collectWeights(
  clusters: readonly { joint: number; indices: Int32Array; weights: Float64Array }[],
  vertices: number,
  geometry: FbxObject,
  findings: FbxFindings,
): Omit<FbxSkin, 'joints'> {
  // The strongest eight of each vertex by insertion, in flat arrays.
  const joints = new Uint16Array(vertices * MAX_INFLUENCES);
  const weights = new Float32Array(vertices * MAX_INFLUENCES);
  const counts = new Uint8Array(vertices);
  let dropped = 0;
  for (const cluster of clusters) {
    const count = Math.min(cluster.indices.length, cluster.weights.length);
    for (let i = 0; i < count; i++) {
      const vertex = cluster.indices[i]!;
      const weight = cluster.weights[i]!;
      if (vertex < 0 || vertex >= vertices || !(weight > 0) || weight === Infinity) continue;
      const base = vertex * MAX_INFLUENCES;
      const known = counts[vertex]!;
      let listed = 0;
      while (listed < known && joints[base + listed] !== cluster.joint) listed++;
      if (listed < known) {
        // A cluster that lists a vertex twice means the sum.
        raise(joints, weights, base, listed, weights[base + listed]! + weight, cluster.joint);
        continue;
      }
      if (known === MAX_INFLUENCES) dropped++;
      if (known === MAX_INFLUENCES && weight <= weights[base + known - 1]!) continue;
      raise(joints, weights, base, known === MAX_INFLUENCES ? known - 1 : known, weight, cluster.joint);
      if (known < MAX_INFLUENCES) counts[vertex] = known + 1;
    }
  }
  findings.add('many_influences', `"${geometry.name}"`, dropped > 0 ? 1 : 0);
  let influences = 1;
  let hasFree = false;
  for (let vertex = 0; vertex < vertices; vertex++) {
    influences = Math.max(influences, counts[vertex]!);
    if (counts[vertex] === 0) hasFree = true;
  }
  return { influences, hasFree, ...packWeights(joints, weights, vertices, influences) };
}

/** Puts a weight into a slot and moves it up to where it belongs among the stronger ones. */
function raise(
  joints: Uint16Array,
  weights: Float32Array,
  base: number,
  from: number,
  weight: number,
  joint: number,
): void {
  let slot = base + from;
  for (; slot > base && weights[slot - 1]! < weight; slot--) {
    weights[slot] = weights[slot - 1]!;
    joints[slot] = joints[slot - 1]!;
  }
  weights[slot] = weight;
  joints[slot] = joint;
}

function packWeights(
  joints: Uint16Array,
  weights: Float32Array,
  vertices: number,
  influences: number,
): { indices: Uint16Array; weights: Float32Array } {
  const indices = new Uint16Array(vertices * influences);
  const packed = new Float32Array(vertices * influences);
  for (let vertex = 0; vertex < vertices; vertex++) {
    let total = 0;
    for (let k = 0; k < influences; k++) total += weights[vertex * MAX_INFLUENCES + k]!;
    if (!(total > 0)) continue;
    for (let k = 0; k < influences; k++) {
      const weight = weights[vertex * MAX_INFLUENCES + k]! / total;
      packed[vertex * influences + k] = weight;
      indices[vertex * influences + k] = weight > 0 ? joints[vertex * MAX_INFLUENCES + k]! : 0;
    }
  }
  return { indices, weights: packed };
}
