import {
  type Document,
  type Extension,
  ExtensionProperty,
  type Material,
  type Property,
  Texture,
} from '@gltf-transform/core';
import { copyToDocument, createDefaultPropertyResolver } from '@gltf-transform/functions';
import { useOneBuffer } from './merge.ts';
import { TEXTURE_EXTENSIONS } from './texture-extensions.ts';

/**
 * What copies a material with its textures from one document into another, with the extensions that it needs, and no
 * more. Each is copied once, textures that several share too.
 */
export function materialCopier(document: Document, other: Document): (material: Material) => Material {
  const resolve = createDefaultPropertyResolver(document, other) as (property: Property) => Property;
  const copies = new Map<Material, Material>();
  return (material) => {
    const known = copies.get(material);
    if (known) return known;
    const copied = copyToDocument(document, other, [material], resolve as never);
    declareExtensions(document, other, [...copied.keys()]);
    useOneBuffer(document);
    const made = copied.get(material) as Material;
    copies.set(material, made);
    return made;
  };
}

/** Extensions of what was copied, required where they were. */
function declareExtensions(document: Document, other: Document, copied: readonly Property[]): void {
  const needed = new Set<string>();
  for (const property of copied) {
    if (property instanceof ExtensionProperty) needed.add(property.extensionName);
    if (property instanceof Texture) {
      const type = property.getMimeType() as keyof typeof TEXTURE_EXTENSIONS;
      if (type in TEXTURE_EXTENSIONS) needed.add(TEXTURE_EXTENSIONS[type].EXTENSION_NAME);
    }
  }
  for (const used of other.getRoot().listExtensionsUsed()) {
    if (!needed.has(used.extensionName)) continue;
    const made = document.createExtension(used.constructor as new (document: Document) => Extension);
    if (used.isRequired()) made.setRequired(true);
  }
}
