import type { Primitive } from '@gltf-transform/core';
import { floatsOf } from '../../../render/accessor-floats.ts';
import type { UsdPrim } from '../usd-layer.ts';

/** Offsets that move fewer vertices than this share are listed by vertex. */
const SPARSE = 0.6;

/**
 * Writes the morph targets of a primitive as blend shapes of its mesh.
 *
 * @param names the name by which an animation weights each target
 */
export function writeBlendShapes(mesh: UsdPrim, primitive: Primitive, names: readonly string[]): void {
  const count = primitive.getAttribute('POSITION')!.getCount();
  const targets: string[] = [];
  for (const [i, target] of primitive.listTargets().entries()) {
    const position = target.getAttribute('POSITION');
    const normal = target.getAttribute('NORMAL');
    const offsets = position ? floatsOf(position) : new Float32Array(count * 3);
    const normals = normal ? floatsOf(normal) : null;
    const moved: number[] = [];
    for (let vertex = 0; vertex < count; vertex++) {
      let isMoved = false;
      for (let k = vertex * 3; k < vertex * 3 + 3; k++)
        if (offsets[k] !== 0 || (normals && normals[k] !== 0)) isMoved = true;
      if (isMoved) moved.push(vertex);
    }
    const isSparse = moved.length < count * SPARSE;
    const pick = (values: Float32Array): Float32Array =>
      isSparse
        ? Float32Array.from({ length: moved.length * 3 }, (_, at) => values[moved[Math.floor(at / 3)]! * 3 + (at % 3)]!)
        : values;
    const shape = mesh.define(names[i]!, 'BlendShape');
    shape.attribute('offsets', 'vector3f[]', pick(offsets), { uniform: true });
    if (normals) shape.attribute('normalOffsets', 'vector3f[]', pick(normals), { uniform: true });
    if (isSparse) shape.attribute('pointIndices', 'int[]', moved, { uniform: true });
    targets.push(shape.path);
  }
  mesh.attribute('skel:blendShapes', 'token[]', names, { uniform: true });
  mesh.relationship('skel:blendShapeTargets', ...targets);
}
