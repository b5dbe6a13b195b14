import { type Accessor, PropertyType } from '@gltf-transform/core';

/** Removes those of some accessors that nothing in the document uses any more. */
export function disposeUnused(accessors: Iterable<Accessor>): void {
  for (const accessor of new Set(accessors)) {
    if (accessor.listParents().every(({ propertyType }) => propertyType === PropertyType.ROOT)) accessor.dispose();
  }
}
