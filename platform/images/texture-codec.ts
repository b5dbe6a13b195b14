import type { EncodeTexture } from '#engine/texture/image-codec.ts';

/** Encodes textures with sharp: no profile, no metadata, alpha only where it is wanted. */
export const encodeTexture: EncodeTexture = async (image, { format, quality, lossless, alpha }) => {
  const { default: sharp } = await import('sharp');
  const raw = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 4 } });
  const input = alpha ? raw : raw.removeAlpha();
  switch (format) {
    case 'png':
      return new Uint8Array(await input.png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer());
    case 'jpeg':
      return new Uint8Array(await input.jpeg({ quality, mozjpeg: true }).toBuffer());
    case 'webp':
      return new Uint8Array(
        await input.webp({ quality, alphaQuality: 100, lossless, effort: 5, exact: true }).toBuffer(),
      );
    default:
      return format satisfies never;
  }
};
