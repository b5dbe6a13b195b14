import { type Document, type Material, Primitive } from '@gltf-transform/core';
import { lacksTangentSpace } from '../formats/tangent-space.ts';
import { computeTangents } from './compute-tangents.ts';
import { disposeUnused } from './dispose-unused.ts';

/** What was done for anisotropy that had no direction. */
export interface ProvidedTangentSpace {
  /** Primitives whose tangents were computed. */
  computed: number;
  /** Materials that lost their anisotropy, where no tangents can be computed. */
  flattened: number;
}

/** Computes tangents where anisotropy has no direction without, and takes the anisotropy away where that cannot be. */
export async function provideTangentSpace(document: Document): Promise<ProvidedTangentSpace> {
  const lost = new Set<Material>();
  let computed = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      if (!lacksTangentSpace(primitive)) continue;
      const before = [primitive, ...primitive.listTargets()].flatMap((holder) => holder.listAttributes());
      const indices = primitive.getIndices();
      const surface = primitive.getMode() >= Primitive.Mode.TRIANGLES;
      if (surface && (await computeTangents(document, primitive))) {
        computed++;
        disposeUnused(indices ? [...before, indices] : before);
      } else lost.add(primitive.getMaterial() as Material);
    }
  }
  for (const material of lost) material.setExtension('KHR_materials_anisotropy', null);
  return { computed, flattened: lost.size };
}
