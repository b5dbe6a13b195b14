import type { Document, Material } from '@gltf-transform/core';

/** Two materials that differ in their names alone are one. */
const IGNORED = new Set(['name']);

/**
 * Holds materials that are equal once: the reader makes one anew for each mesh.
 *
 * `dedup` of glTF-Transform's functions does the same, but loads a native image library with them, which the sandbox of
 * uploads does not permit.
 */
export function mergeMaterials(document: Document): void {
  const kept: Material[] = [];
  const merged = new Map<Material, Material>();
  for (const material of document.getRoot().listMaterials()) {
    const same = kept.find((other) => other.equals(material, IGNORED));
    if (same) merged.set(material, same);
    else kept.push(material);
  }
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const same = merged.get(primitive.getMaterial()!);
      if (same) primitive.setMaterial(same);
    }
  }
  for (const material of merged.keys()) material.dispose();
}
