import type { Accessor, Primitive } from '@gltf-transform/core';

/** The attributes of a primitive and of its morph targets. */
export function listAttributes(primitive: Primitive): Accessor[] {
  return [primitive, ...primitive.listTargets()].flatMap((item) => item.listAttributes());
}

/** All that a primitive is made of: its indices, its attributes and those of its morph targets. */
export function listAccessors(primitive: Primitive): Accessor[] {
  const indices = primitive.getIndices();
  return [...(indices ? [indices] : []), ...listAttributes(primitive)];
}
