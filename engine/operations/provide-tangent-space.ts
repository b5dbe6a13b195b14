import { type Document, type Material, Primitive } from '@gltf-transform/core';
import { bumpyCoat, lacksTangentSpace } from '../formats/tangent-space.ts';
import { computeTangents } from './compute-tangents.ts';
import { disposeUnused } from './dispose-unused.ts';
import { listAttributes } from './primitive-accessors.ts';

/** What was done for anisotropy and for normal textures of clear coats that had no direction. */
export interface ProvidedTangentSpace {
  /** Primitives whose tangents were computed. */
  computed: number;
  /** Materials that lost their anisotropy, where no tangents can be computed. */
  flattened: number;
  /** Materials that lost the normal texture of their clear coat, likewise. */
  smoothed: number;
}

/** Computes tangents where something of a material has no direction without, and takes that away where it cannot be. */
export async function provideTangentSpace(document: Document): Promise<ProvidedTangentSpace> {
  const lost = new Set<Material>();
  let computed = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      if (!lacksTangentSpace(primitive)) continue;
      const before = listAttributes(primitive);
      const indices = primitive.getIndices();
      const surface = primitive.getMode() >= Primitive.Mode.TRIANGLES;
      if (surface && (await computeTangents(document, primitive))) {
        computed++;
        disposeUnused(indices ? [...before, indices] : before);
      } else lost.add(primitive.getMaterial() as Material);
    }
  }
  let [flattened, smoothed] = [0, 0];
  for (const material of lost) {
    if (material.getExtension('KHR_materials_anisotropy')) flattened++;
    material.setExtension('KHR_materials_anisotropy', null);
    const coat = bumpyCoat(material);
    if (!coat) continue;
    coat.setClearcoatNormalTexture(null);
    smoothed++;
  }
  return { computed, flattened, smoothed };
}
