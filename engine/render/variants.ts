import type { Document, Material, Primitive } from '@gltf-transform/core';
import type { MappingList, Variant } from '@gltf-transform/extensions';
import { unknownName } from '../animation/errors.ts';

const EXTENSION = 'KHR_materials_variants';

/** Names of the variants of a document's materials, in order. */
function variantNames(document: Document): string[] {
  const names = new Set<string>();
  for (const extension of document.getRoot().listExtensionsUsed()) {
    if (extension.extensionName !== EXTENSION) continue;
    for (const property of extension.listProperties())
      if (property.propertyType === 'Variant') names.add((property as Variant).getName());
  }
  return [...names];
}

/**
 * What material each primitive has in a variant; where it has none of its own, and without a variant, that of the file.
 *
 * @throws MaquetteError `invalid_request` when there is no variant of the name
 */
export function variantOf(document: Document, name: string | undefined): (primitive: Primitive) => Material | null {
  if (name === undefined) return (primitive) => primitive.getMaterial();
  const names = variantNames(document);
  if (!names.includes(name)) throw unknownName('variant', 'variants', name, names);
  return (primitive) => {
    const mappings = primitive.getExtension<MappingList>(EXTENSION)?.listMappings() ?? [];
    const mapping = mappings.find((each) => each.listVariants().some((variant) => variant.getName() === name));
    return mapping?.getMaterial() ?? primitive.getMaterial();
  };
}
