import type { Primitive } from '@gltf-transform/core';

/**
 * Whether a material's anisotropy has no direction on a primitive: that comes from tangents, or from a normal map and
 * the texture coordinates that they can be made of (`KHR_materials_anisotropy`).
 */
export function lacksTangentSpace(primitive: Primitive): boolean {
  const material = primitive.getMaterial();
  if (!material?.getExtension('KHR_materials_anisotropy') || primitive.getAttribute('TANGENT')) return false;
  const set = material.getNormalTextureInfo()?.getTexCoord() ?? 0;
  return material.getNormalTexture() === null || primitive.getAttribute(`TEXCOORD_${set}`) === null;
}
