/** A decoded image: eight-bit RGBA, row by row from the top left, alpha not premultiplied. */
export interface RgbaImage {
  width: number;
  height: number;
  /** `width × height × 4` bytes. */
  data: Uint8Array;
}

/** A decoded image for a texture, which may do without alpha where all of it is opaque. */
export interface TexelImage {
  width: number;
  height: number;
  /** Bytes of a texel: 3 are RGB, 4 RGBA. */
  channels: 3 | 4;
  /** `width × height × channels` bytes, alpha not premultiplied. */
  data: Uint8Array;
  /** Where they lie in the render kernel's memory, for one that was decoded there. */
  address?: number | undefined;
}

/**
 * Decodes the image formats that the engine leaves to its host (PNG, JPEG, WebP, AVIF). In Node it is
 * `platform/images`, in a browser `createImageBitmap`.
 *
 * @throws MaquetteError `image_malformed` when the bytes are no image or end too early.
 */
export type DecodeImage = (bytes: Uint8Array, mimeType: string) => Promise<RgbaImage>;

/** The same for textures. */
export type DecodeTexels = (bytes: Uint8Array, mimeType: string) => Promise<TexelImage>;

/** A format that textures are encoded in. */
export type TextureFormat = 'webp' | 'jpeg' | 'png';

/** How a texture is encoded. */
export interface TextureEncoding {
  format: TextureFormat;
  /** 1 to 100, of jpeg and webp. */
  quality: number;
  /** Of webp. */
  lossless: boolean;
  /** Whether alpha is stored; without, it is dropped, and colours stay as they are. */
  alpha: boolean;
}

/**
 * Encodes a texture: exactly the given channels, no colour profile, no other metadata, the same bytes each time. Like
 * decoding, it is left to the host.
 */
export type EncodeTexture = (image: RgbaImage, encoding: TextureEncoding) => Promise<Uint8Array<ArrayBuffer>>;
