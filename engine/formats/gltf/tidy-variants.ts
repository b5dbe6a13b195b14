import type { GLTF } from '@gltf-transform/core';
import { isIndex, isObject, type Json } from './json-checker.ts';

const NAME = 'KHR_materials_variants';

/**
 * Gives every material variant the name that the extension asks for, and takes variants that do not exist out of the
 * mappings of primitives, which `checkStructure` found to be lists of objects. Changes what it is given.
 *
 * @param json glTF whose `extensions` and `meshes` nobody else holds
 * @returns how many values were changed
 */
export function tidyVariants(json: GLTF.IGLTF): number {
  const extensions = (json.extensions ?? {}) as Json;
  const root = extensions[NAME];
  if (!isObject(root)) return 0;
  let changed = 0;
  const listed = Array.isArray(root.variants) ? root.variants : [];
  root.variants = listed.map((variant, index) => {
    // An empty name is not written, and would be missing.
    if (isObject(variant) && typeof variant.name === 'string' && variant.name !== '') return variant;
    changed++;
    return { ...(isObject(variant) && variant), name: `Variant ${index + 1}` };
  });
  for (const { primitives } of json.meshes ?? []) {
    for (const { extensions } of primitives) {
      for (const mapping of ((extensions?.[NAME] as Json | undefined)?.mappings ?? []) as Json[]) {
        const variants = Array.isArray(mapping.variants) ? mapping.variants : [];
        const kept = variants.filter((variant) => isIndex(variant, listed.length));
        if (kept.length !== variants.length || !Array.isArray(mapping.variants)) changed++;
        mapping.variants = kept;
      }
    }
  }
  return changed;
}
