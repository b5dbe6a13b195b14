import type { Accessor, Document, Material, Mesh, Primitive } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import { triangleIndices } from '../../describe/triangle-indices.ts';
import { type MaterialSlot, slotsOf } from '../../render/material-slots.ts';

/** Triangles with texture coordinates that their material uses. */
export interface CoordinateUse {
  mesh: Mesh;
  primitive: Primitive;
  material: Material | null;
  set: number;
  coordinates: Accessor;
  /** Three vertices for each triangle. */
  vertices: ArrayLike<number>;
}

/**
 * Every primitive with each set of texture coordinates that textures of its material use; where these use none, with
 * its first set.
 */
export function coordinateUses(document: Document): CoordinateUse[] {
  const uses: CoordinateUse[] = [];
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const material = primitive.getMaterial();
      const vertices = triangleIndices(primitive);
      if (!vertices) continue;
      for (const set of usedSets(material)) {
        const coordinates = primitive.getAttribute(`TEXCOORD_${set}`);
        if (coordinates) uses.push({ mesh, primitive, material, set, coordinates, vertices });
      }
    }
  }
  return uses;
}

function usedSets(material: Material | null): Set<number> {
  const slots = material ? texturesOf(material) : [];
  return slots.length === 0 ? new Set([0]) : new Set(slots.map(coordinateSet));
}

/** The textures of a material, the base colour first. */
export function texturesOf(material: Material): MaterialSlot[] {
  return slotsOf(material).filter((slot) => slot !== undefined);
}

/** The set of texture coordinates that a texture is laid out by. */
export function coordinateSet({ info }: MaterialSlot): number {
  return info?.getExtension<Transform>('KHR_texture_transform')?.getTexCoord() ?? info?.getTexCoord() ?? 0;
}
