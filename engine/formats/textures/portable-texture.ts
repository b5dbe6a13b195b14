import type { Texture } from '@gltf-transform/core';
import type { ExportHost } from '../exporter.ts';
import { readImageHeader } from '../image-header.ts';

/** Of the JPEG that textures become: differences below what is seen at arm's length. */
const QUALITY = 92;

export interface PortableImage {
  bytes: Uint8Array<ArrayBuffer>;
  ending: '.png' | '.jpg';
  /** The format it had, where it had to be converted. */
  convertedFrom: string | null;
}

/**
 * A texture as PNG or JPEG, which every format and program reads: as it is where it is one of them, else (WebP, AVIF,
 * KTX2) decoded and encoded anew, as PNG where transparency or directions must not suffer. Null for a texture without an
 * image.
 *
 * @throws MaquetteError `image_malformed` when the image cannot be decoded
 */
export async function portableImage(
  texture: Texture,
  lossless: boolean,
  { decodeImage, encodeTexture }: ExportHost,
): Promise<PortableImage | null> {
  const bytes = texture.getImage();
  if (!bytes || bytes.length === 0) return null;
  const mimeType = readImageHeader(bytes)?.mimeType ?? texture.getMimeType();
  if (mimeType === 'image/png' || mimeType === 'image/jpeg')
    return { bytes: new Uint8Array(bytes), ending: mimeType === 'image/png' ? '.png' : '.jpg', convertedFrom: null };
  const image = await decodeImage(bytes, mimeType);
  let alpha = false;
  for (let i = 3; i < image.data.length && !alpha; i += 4) alpha = image.data[i]! < 255;
  const format = alpha || lossless ? 'png' : 'jpeg';
  return {
    bytes: await encodeTexture(image, { format, quality: QUALITY, lossless: true, alpha }),
    ending: format === 'png' ? '.png' : '.jpg',
    convertedFrom: mimeType,
  };
}
