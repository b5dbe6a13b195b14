import type { Material, Primitive } from '@gltf-transform/core';
import type { Clearcoat } from '@gltf-transform/extensions';

/**
 * Whether a material's anisotropy, or the normal texture of its clear coat, has no direction on a primitive: that comes from
 * tangents, or from a normal map and the texture coordinates that they can be made of (`KHR_materials_anisotropy`,
 * `KHR_materials_clearcoat`).
 */
export function lacksTangentSpace(primitive: Primitive): boolean {
  const material = primitive.getMaterial();
  if (!material || !needsDirection(material) || primitive.getAttribute('TANGENT')) return false;
  const set = material.getNormalTextureInfo()?.getTexCoord() ?? 0;
  return material.getNormalTexture() === null || primitive.getAttribute(`TEXCOORD_${set}`) === null;
}

/** The clear coat of a material that has a normal texture of its own. */
export function bumpyCoat(material: Material): Clearcoat | null {
  const coat = material.getExtension<Clearcoat>('KHR_materials_clearcoat');
  return coat?.getClearcoatNormalTexture() ? coat : null;
}

function needsDirection(material: Material): boolean {
  return material.getExtension('KHR_materials_anisotropy') !== null || bumpyCoat(material) !== null;
}
