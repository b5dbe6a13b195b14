import type { ImageFormat, ImageRequest } from '#contracts/render/image-request.ts';
import { LONGEST_SIDE, type ProgressPicture } from '#contracts/render/progress-picture.ts';
import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { CONTENT_TYPES } from './content-types.ts';
import { encodeImage } from './sharp-codec.ts';

/** Formats of pictures in the making: those that every browser shows and that take no time to encode. */
const FORMATS = { png: 'png', jpg: 'jpg', webp: 'webp', avif: 'webp', exr: 'webp' } as const satisfies Record<
  ImageFormat,
  'png' | 'jpg' | 'webp'
>;

/** Encodes a picture in the making, made smaller where it is larger than 768 pixels. */
export async function encodeProgressPicture(
  picture: RgbaImage,
  { format, quality, colorSpace }: Pick<ImageRequest, 'format' | 'quality' | 'colorSpace'>,
): Promise<{ bytes: Uint8Array; about: Pick<ProgressPicture, 'contentType' | 'width' | 'height'> }> {
  const small = shrink(picture, LONGEST_SIDE);
  const bytes = await encodeImage({ ...small, colorSpace }, FORMATS[format], quality);
  const { width, height } = small;
  return { bytes, about: { contentType: CONTENT_TYPES[FORMATS[format]], width, height } };
}

/** The picture by a whole number smaller, each pixel the mean of those it stands for, weighted by their alpha. */
export function shrink({ width, height, data }: RgbaImage, longest: number): RgbaImage {
  const factor = Math.ceil(Math.max(width, height) / longest);
  if (factor === 1) return { width, height, data };
  const [across, down] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const out = new Uint8Array(across * down * 4);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [right, bottom] = [Math.min(width, (x + 1) * factor), Math.min(height, (y + 1) * factor)];
      let [red, green, blue, alpha, count] = [0, 0, 0, 0, 0];
      for (let row = y * factor; row < bottom; row++) {
        for (let column = x * factor; column < right; column++) {
          const at = (row * width + column) * 4;
          const weight = data[at + 3]!;
          red += data[at]! * weight;
          green += data[at + 1]! * weight;
          blue += data[at + 2]! * weight;
          alpha += weight;
          count += 1;
        }
      }
      const colors = alpha > 0 ? [red / alpha, green / alpha, blue / alpha] : [0, 0, 0];
      out.set([...colors, alpha / count].map(Math.round), (y * across + x) * 4);
    }
  }
  return { width: across, height: down, data: out };
}
