import { type Document, ExtensibleProperty } from '@gltf-transform/core';
import type { MappingList, Variant } from '@gltf-transform/extensions';
import { holdsNumbers } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { PassThroughProperty } from './gltf/pass-through.ts';

/** Extensions without which the data that they are about cannot be read: never optional, as their specifications say. */
const ALWAYS_REQUIRED = ['KHR_mesh_quantization'];

/** Brings what extensions say by the rules of their specifications: which are required, and what variants show. */
export function normaliseExtensions(document: Document, corrections: Corrections): void {
  for (const extension of document.getRoot().listExtensionsUsed()) {
    if (extension.isRequired() || !ALWAYS_REQUIRED.includes(extension.extensionName)) continue;
    extension.setRequired(true);
    corrections.add(
      'required_extensions',
      1,
      (n) =>
        `${plural(n, 'extension')} that no reader can do without ${n === 1 ? 'was' : 'were'} not said to be required.`,
    );
  }
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const list = primitive.getExtension<MappingList>('KHR_materials_variants');
      if (!list) continue;
      normaliseMappings(list, corrections);
      if (list.listMappings().length > 0) continue;
      primitive.setExtension('KHR_materials_variants', null);
      list.dispose();
    }
  }
}

/** A mapping names a material and at least one variant; of a primitive, each variant has one material. */
function normaliseMappings(list: MappingList, corrections: Corrections): void {
  const seen = new Set<Variant>();
  const before = list.listMappings();
  let removed = before.length === 0 ? 1 : 0;
  for (const mapping of before) {
    for (const variant of mapping.listVariants()) {
      if (seen.has(variant)) {
        mapping.removeVariant(variant);
        removed++;
      }
      seen.add(variant);
    }
    if (mapping.getMaterial() && mapping.listVariants().length > 0) continue;
    list.removeMapping(mapping);
    mapping.dispose();
    removed++;
  }
  corrections.add(
    'removed_variants',
    removed,
    (n) =>
      `${plural(n, 'mapping')} of material variants that ${n === 1 ? 'shows' : 'show'} nothing ${n === 1 ? 'was' : 'were'} removed.`,
  );
}

/**
 * Takes off what is only carried along and refers to accessors that no file may hold. An extension without a part of
 * its data would say something else.
 */
export function removeUnreadableExtensions(document: Document, corrections: Corrections): void {
  for (const accessor of document.getRoot().listAccessors()) {
    const carried = accessor.listParents().filter((parent) => parent instanceof PassThroughProperty);
    if (carried.length === 0 || holdsNumbers(accessor)) continue;
    for (const extension of carried) {
      for (const holder of extension.listParents()) {
        if (holder instanceof ExtensibleProperty) holder.setExtension(extension.extensionName, null);
      }
      extension.dispose();
      corrections.add(
        'removed_extensions',
        1,
        (n) => `${plural(n, 'extension')} with data that no file may hold ${n === 1 ? 'was' : 'were'} left out.`,
      );
    }
  }
}
