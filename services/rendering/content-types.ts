import type { ImageFormat } from '#contracts/render/image-request.ts';

/** Media types of the image formats. */
export const CONTENT_TYPES: Record<ImageFormat, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
};
