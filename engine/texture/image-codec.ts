/** A decoded image: eight-bit RGBA, row by row from the top left, alpha not premultiplied. */
export interface RgbaImage {
  width: number;
  height: number;
  /** `width × height × 4` bytes. */
  data: Uint8Array;
}

/**
 * Decodes the image formats that the engine leaves to its host (PNG, JPEG, WebP, AVIF). In Node it is
 * `platform/images`, in a browser `createImageBitmap`.
 *
 * @throws MaquetteError `image_malformed` when the bytes are no image or end too early.
 */
export type DecodeImage = (bytes: Uint8Array, mimeType: string) => Promise<RgbaImage>;
