import type { Accessor, Document } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';

/**
 * Gives an accessor that serves as vertex attribute and as something else (indices, key frames, instances, bind matrices) a copy
 * for the latter: glTF lays these out in different buffer views (2.0, section 3.6.2.4).
 */
export function separateAccessorUses(document: Document): void {
  const root = document.getRoot();
  const primitives = root.listMeshes().flatMap((mesh) => mesh.listPrimitives());
  const attributes = new Set(
    primitives.flatMap((primitive) => [
      ...primitive.listAttributes(),
      ...primitive.listTargets().flatMap((target) => target.listAttributes()),
    ]),
  );
  const copies = new Map<Accessor, Accessor>();
  const apart = (accessor: Accessor | null, use: (copy: Accessor) => void): void => {
    if (!accessor || !attributes.has(accessor)) return;
    const copy = copies.get(accessor) ?? accessor.clone();
    copies.set(accessor, copy);
    use(copy);
  };
  for (const primitive of primitives) apart(primitive.getIndices(), (copy) => primitive.setIndices(copy));
  const indices = primitives.flatMap((primitive) => primitive.getIndices() ?? []);
  for (const accessor of indices) attributes.add(accessor);
  copies.clear();
  for (const sampler of root.listAnimations().flatMap((animation) => animation.listSamplers())) {
    apart(sampler.getInput(), (copy) => sampler.setInput(copy));
    apart(sampler.getOutput(), (copy) => sampler.setOutput(copy));
  }
  copies.clear();
  for (const node of root.listNodes()) {
    const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    for (const semantic of instances?.listSemantics() ?? []) {
      apart(instances!.getAttribute(semantic), (copy) => instances!.setAttribute(semantic, copy));
    }
  }
  copies.clear();
  for (const skin of root.listSkins()) {
    apart(skin.getInverseBindMatrices(), (copy) => skin.setInverseBindMatrices(copy));
  }
}
