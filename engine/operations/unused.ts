import type { Document } from '@gltf-transform/core';
import { PropertyType } from '@gltf-transform/core';
import { prune } from '@gltf-transform/functions';

/** Removes accessors, primitives and what else an operation left without a user; whatever was there for a reason stays. */
export async function removeUnused(document: Document, types: string[] = [PropertyType.ACCESSOR]): Promise<void> {
  await document.transform(
    prune({ propertyTypes: types, keepAttributes: true, keepLeaves: true, keepSolidTextures: true, keepExtras: true }),
  );
}
