import type { Primitive } from '@gltf-transform/core';

/** The extension of primitives that are clouds of Gaussian splats, and the prefix of their attributes. */
export const SPLATS = 'KHR_gaussian_splatting';

/** Whether a primitive is a cloud of Gaussian splats. */
export function isSplats(primitive: Primitive): boolean {
  return primitive.getExtension(SPLATS) !== null;
}
