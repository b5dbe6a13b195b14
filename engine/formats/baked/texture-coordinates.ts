import type { TextureInfo } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import { cos, sin } from '../../render/portable-math.ts';

/** The set of texture coordinates that a texture lies on. */
export function coordinateSet(info: TextureInfo | null | undefined): number {
  const transform = info?.getExtension<Transform>('KHR_texture_transform');
  return transform?.getTexCoord() ?? info?.getTexCoord() ?? 0;
}

/** Texture coordinates with the transform of a texture worked in (KHR_texture_transform); the same ones without. */
export function transformedCoordinates(texcoords: Float32Array, info: TextureInfo | null): Float32Array {
  const transform = info?.getExtension<Transform>('KHR_texture_transform');
  if (!transform) return texcoords;
  const [ox, oy] = transform.getOffset();
  const [sx, sy] = transform.getScale();
  const c = cos(transform.getRotation());
  const s = sin(transform.getRotation());
  const out = new Float32Array(texcoords.length);
  for (let i = 0; i + 1 < out.length; i += 2) {
    const u = texcoords[i]! * sx;
    const v = texcoords[i + 1]! * sy;
    out[i] = c * u + s * v + ox;
    out[i + 1] = c * v - s * u + oy;
  }
  return out;
}
