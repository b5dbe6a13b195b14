import type { Document, Material, Primitive } from '@gltf-transform/core';
import { createPrimitive, gather } from '../../formats/geometry/create-primitive.ts';
import { shadeMesh } from '../../formats/geometry/shade-mesh.ts';

/** Faces that meet at less than this are shaded as one surface: a hull of a ball looks round, one of a box does not. */
const CREASE = Math.PI / 6;

/** A primitive of triangles that have no normals yet. */
export function shadedPrimitive(
  document: Document,
  { positions, indices }: { positions: ArrayLike<number>; indices: Uint32Array },
  material: Material | null,
): Primitive {
  const stored = Float32Array.from(positions);
  const shaded = shadeMesh(stored, indices, { creaseAngle: CREASE });
  return createPrimitive(document, {
    positions: gather(stored, 3, shaded.source),
    normals: shaded.normals,
    indices: shaded.indices,
    material,
  });
}
