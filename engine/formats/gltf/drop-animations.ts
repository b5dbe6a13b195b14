import type { GLTF } from '@gltf-transform/core';

/**
 * Takes animations out of a glTF asset, and the accessors that only they use: a character with 76 clips has 8,839
 * accessors, of which a picture of its rest pose needs 72. Other accessors keep their numbers: extensions that nobody
 * here knows may refer to them.
 *
 * @param json changed in place
 * @param keep index of the one animation that stays; undefined: none does
 */
export function dropAnimations(json: GLTF.IGLTF, keep?: number): void {
  const { accessors, animations } = json;
  if (!animations) return;
  const kept = keep === undefined ? undefined : animations[keep];
  if (kept) json.animations = [kept];
  else delete json.animations;
  if (!accessors) return;
  const dropped = new Set<number>();
  for (const animation of animations) {
    for (const sampler of animation.samplers ?? []) dropped.add(sampler.input).add(sampler.output);
  }
  for (const sampler of kept?.samplers ?? []) for (const i of [sampler.input, sampler.output]) dropped.delete(i);
  for (const index of accessorsOfMeshes(json)) dropped.delete(index);
  while (dropped.has(accessors.length - 1)) accessors.pop();
  for (const index of dropped) {
    if (index < accessors.length) accessors[index] = { componentType: 5121, type: 'SCALAR', count: 1 };
  }
}

function* accessorsOfMeshes(json: GLTF.IGLTF): Generator<number> {
  for (const mesh of json.meshes ?? []) {
    for (const { indices, attributes, targets = [] } of mesh.primitives ?? []) {
      if (indices !== undefined) yield indices;
      for (const group of [attributes ?? {}, ...targets]) yield* Object.values(group);
    }
  }
  for (const skin of json.skins ?? []) {
    if (skin.inverseBindMatrices !== undefined) yield skin.inverseBindMatrices;
  }
  for (const node of json.nodes ?? []) {
    const instancing = node.extensions?.EXT_mesh_gpu_instancing as { attributes?: Record<string, number> } | undefined;
    yield* Object.values(instancing?.attributes ?? {});
  }
}
