import type { ImageFormat } from '#contracts/render/image-request.ts';
import type { RenderFileRole } from '#contracts/render/render-file.ts';

/** Media types of the image formats. */
export const CONTENT_TYPES = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  exr: 'image/x-exr',
} as const satisfies Record<ImageFormat, string>;

/** Media type of a file of a render: the picture in its format, everything else as PNG, unless all is in one EXR. */
export function contentTypeOf(role: RenderFileRole, format: ImageFormat): string {
  return CONTENT_TYPES[format === 'exr' || role === 'beauty' ? format : 'png'];
}
