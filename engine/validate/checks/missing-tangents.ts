import { type Material, Primitive } from '@gltf-transform/core';
import type { Clearcoat } from '@gltf-transform/extensions';
import { plural } from '../../formats/corrections.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Meshes with a normal map and without tangents. */
export const missingTangents: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'primitives whose material has a normal map or anisotropy, without tangents of their own',
  finding: 'any',
  severity: 'info',
  sameAs: ['MESH_PRIMITIVE_GENERATED_TANGENT_SPACE', 'MESH_PRIMITIVE_NO_TANGENT_SPACE'],
  remedy: 'Export tangents with the mesh so that normal maps look the same in every viewer.',
  measure(document) {
    const tally = new Tally();
    let needed = 0;
    for (const mesh of document.getRoot().listMeshes()) {
      for (const primitive of mesh.listPrimitives()) {
        if (primitive.getMode() < Primitive.Mode.TRIANGLES || !needsTangents(primitive.getMaterial())) continue;
        needed++;
        if (!primitive.getAttribute('TANGENT')) tally.add(primitive);
      }
    }
    const { total, places } = tally;
    if (needed === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'primitive')} with a normal map or anisotropy ${total === 1 ? 'has' : 'have'} no tangents`,
      places,
    };
  },
};

function needsTangents(material: Material | null): boolean {
  if (!material) return false;
  return (
    material.getNormalTexture() !== null ||
    material.getExtension('KHR_materials_anisotropy') !== null ||
    Boolean(material.getExtension<Clearcoat>('KHR_materials_clearcoat')?.getClearcoatNormalTexture())
  );
}
