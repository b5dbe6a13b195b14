import type { Document, Texture } from '@gltf-transform/core';
import { srgbByte } from '../../render/srgb-byte.ts';
import type { EncodeTexture, RgbaImage } from '../../texture/image-codec.ts';
import { fillMargins } from '../../texture/raster/fill-margins.ts';
import type { BakedTexels } from './bake-texels.ts';

/** What a texel of a map says, four numbers from 0 to 1. */
type TexelOf = (texel: number) => [number, number, number, number];

/** A map as bytes, with all that nothing is known of filled from the nearest texels that are known. */
export function toImage({ resolution, counts }: Pick<BakedTexels, 'resolution' | 'counts'>, of: TexelOf): RgbaImage {
  const data = new Uint8Array(resolution * resolution * 4);
  for (let texel = 0; texel < counts.length; texel++) {
    if (counts[texel] === 0) continue;
    const values = of(texel);
    for (let k = 0; k < 4; k++) data[texel * 4 + k] = Math.round(Math.min(1, Math.max(0, values[k]!)) * 255);
  }
  const image = { width: resolution, height: resolution, data };
  fillMargins(image, (texel) => counts[texel]! > 0);
  return image;
}

/** Base colour and alpha, in sRGB. */
export function baseColorImage(baked: BakedTexels): RgbaImage {
  const { base } = baked;
  return toImage(baked, (texel) => [
    encoded(base[texel * 4]!),
    encoded(base[texel * 4 + 1]!),
    encoded(base[texel * 4 + 2]!),
    base[texel * 4 + 3]!,
  ]);
}

/** Occlusion, roughness, metalness as red, green, blue. */
export function ormImage(baked: BakedTexels): RgbaImage {
  const { orm } = baked;
  const image = toImage(baked, (texel) => [1, orm[texel * 3 + 1]!, orm[texel * 3 + 2]!, 1]);
  const { data } = occlusionImage(baked);
  for (let i = 0; i < data.length; i += 4) image.data[i] = data[i]!;
  return image;
}

/** Occlusion alone, grey; white where nothing tells it. */
export function occlusionImage({ resolution, openCounts, orm }: BakedTexels): RgbaImage {
  if (!openCounts.some((count) => count > 0)) {
    return { width: resolution, height: resolution, data: new Uint8Array(resolution * resolution * 4).fill(255) };
  }
  return toImage({ resolution, counts: openCounts }, (texel) => [orm[texel * 3]!, orm[texel * 3]!, orm[texel * 3]!, 1]);
}

/** Unit normals in tangent space. */
export function normalImage(baked: BakedTexels): RgbaImage {
  const { normal } = baked;
  return toImage(baked, (texel) => {
    const [x, y, z] = [normal[texel * 3]!, normal[texel * 3 + 1]!, normal[texel * 3 + 2]!];
    const length = Math.hypot(x, y, z);
    if (!(length > 1e-6)) return [0.5, 0.5, 1, 1];
    return [0.5 + x / length / 2, 0.5 + y / length / 2, 0.5 + z / length / 2, 1];
  });
}

/** Emission over `most`, in sRGB. */
export function emissionImage(baked: BakedTexels, most: number): RgbaImage {
  const { emission } = baked;
  return toImage(baked, (texel) => [
    encoded(emission[texel * 3]! / most),
    encoded(emission[texel * 3 + 1]! / most),
    encoded(emission[texel * 3 + 2]! / most),
    1,
  ]);
}

/** A texture of an image, without loss. */
export async function createTexture(
  document: Document,
  name: string,
  image: RgbaImage,
  encode: EncodeTexture,
  alpha = false,
): Promise<Texture> {
  const bytes = await encode(image, { format: 'png', quality: 100, lossless: true, alpha });
  return document.createTexture(name).setImage(bytes).setMimeType('image/png');
}

/** Linear light as sRGB, from 0 to 1. */
function encoded(light: number): number {
  return srgbByte(light) / 255;
}
