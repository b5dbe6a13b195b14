import { EXTTextureAVIF, EXTTextureWebP, KHRTextureBasisu } from '@gltf-transform/extensions';

/** The extensions that formats of images beyond PNG and JPEG are, by their media types. */
export const TEXTURE_EXTENSIONS = {
  'image/webp': EXTTextureWebP,
  'image/avif': EXTTextureAVIF,
  'image/ktx2': KHRTextureBasisu,
} as const;
