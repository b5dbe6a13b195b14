import type { Document, Primitive } from '@gltf-transform/core';
import type { Anisotropy } from '@gltf-transform/extensions';
import { bumpyCoat } from '../formats/tangent-space.ts';
import { floatValues } from './float-values.ts';
import { rebuildVertices } from './rebuild-vertices.ts';
import { splitVertices } from './split-vertices.ts';
import { indexPrimitive } from './triangle-lists.ts';

/**
 * Gives a primitive the tangents that its material needs, splitting vertices where they break.
 *
 * @returns whether it could; without normals or texture coordinates, nothing changes
 */
export async function computeTangents(document: Document, primitive: Primitive): Promise<boolean> {
  const { MeshoptTangents } = await import('meshoptimizer/tangents');
  await MeshoptTangents.ready;
  const set = tangentCoordinates(primitive);
  if (set === null || !primitive.getAttribute('NORMAL') || !primitive.getAttribute(set)) return false;
  primitive.setAttribute('TANGENT', null);
  for (const target of primitive.listTargets()) target.setAttribute('TANGENT', null);
  indexPrimitive(primitive);
  const corners = Uint32Array.from(primitive.getIndices()!.getArray()!);
  const ofCorners = MeshoptTangents.generateTangents(
    corners,
    floatValues(primitive.getAttribute('POSITION')!, 3),
    3,
    floatValues(primitive.getAttribute('NORMAL')!, 3),
    3,
    floatValues(primitive.getAttribute(set)!, 2),
    2,
    ['Compatible'],
  );
  // MikkTSpace counts V upwards, glTF downwards: the bitangent has the other sign.
  for (let i = 3; i < ofCorners.length; i += 4) ofCorners[i] = -ofCorners[i]!;
  const { source, indices, values } = splitVertices(corners, ofCorners, 4);
  rebuildVertices(document, primitive, source, indices);
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setAttribute('TANGENT', document.createAccessor().setType('VEC4').setArray(values).setBuffer(buffer));
  return true;
}

/** The texture coordinates that a primitive's tangents follow; null where its material needs none. */
export function tangentCoordinates(primitive: Primitive): string | null {
  const material = primitive.getMaterial();
  if (material?.getNormalTexture()) return `TEXCOORD_${material.getNormalTextureInfo()?.getTexCoord() ?? 0}`;
  const anisotropy = material?.getExtension<Anisotropy>('KHR_materials_anisotropy');
  if (anisotropy) return `TEXCOORD_${anisotropy.getAnisotropyTextureInfo()?.getTexCoord() ?? 0}`;
  const coat = material && bumpyCoat(material);
  return coat ? `TEXCOORD_${coat.getClearcoatNormalTextureInfo()?.getTexCoord() ?? 0}` : null;
}
