import { decodePng } from '../textures/decode-png.ts';
import { encodePng } from '../textures/encode-png.ts';

/** Larger images are left as they are: decoding and packing them takes longer than reading most models. */
const MAX_PIXELS = 4096 * 4096;

/**
 * One glTF texture of separate grey maps: roughness in green, metalness in blue (glTF 2.0, section 3.9.2). A map that
 * is not given counts as 1 everywhere. A smaller image is repeated pixel by pixel to the size of the larger one.
 *
 * @returns a PNG; null where an image is no PNG that can be decoded here
 */
export function mergeGreyMaps(roughness: Uint8Array | null, metalness: Uint8Array | null): Uint8Array | null {
  const rough = roughness && decodePng(roughness, MAX_PIXELS);
  const metal = metalness && decodePng(metalness, MAX_PIXELS);
  if ((roughness && !rough) || (metalness && !metal)) return null;
  const width = Math.max(rough?.width ?? 1, metal?.width ?? 1);
  const height = Math.max(rough?.height ?? 1, metal?.height ?? 1);
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (const [image, channel] of [
    [rough, 1],
    [metal, 2],
  ] as const) {
    if (!image) continue;
    for (let y = 0; y < height; y++) {
      const row = Math.floor((y * image.height) / height) * image.width;
      for (let x = 0; x < width; x++) {
        const from = row + Math.floor((x * image.width) / width);
        pixels[(y * width + x) * 4 + channel] = image.pixels[from * 4]!;
      }
    }
  }
  return encodePng({ width, height, pixels });
}
