import type { Node, vec3, vec4 } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { floatsOf } from '../../render/accessor-floats.ts';

/** Where a copy stands, relative to its node. */
export interface InstanceTransform {
  translation: vec3;
  rotation: vec4;
  scale: vec3;
}

/** Where the copies of a node's mesh stand (EXT_mesh_gpu_instancing); null where it is drawn once. */
export function instanceTransforms(node: Node): InstanceTransform[] | null {
  const instancing = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
  if (!instancing) return null;
  const [t, r, s] = ['TRANSLATION', 'ROTATION', 'SCALE'].map((name) => {
    const accessor = instancing.getAttribute(name);
    return accessor && floatsOf(accessor);
  });
  const count = Math.max(0, (t?.length ?? 0) / 3, (r?.length ?? 0) / 4, (s?.length ?? 0) / 3);
  return Array.from({ length: count }, (_, i) => ({
    translation: [t?.[i * 3] ?? 0, t?.[i * 3 + 1] ?? 0, t?.[i * 3 + 2] ?? 0],
    rotation: r ? [r[i * 4]!, r[i * 4 + 1]!, r[i * 4 + 2]!, r[i * 4 + 3]!] : [0, 0, 0, 1],
    scale: [s?.[i * 3] ?? 1, s?.[i * 3 + 1] ?? 1, s?.[i * 3 + 2] ?? 1],
  }));
}
