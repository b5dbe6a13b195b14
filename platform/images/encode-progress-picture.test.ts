import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ImageFormat } from '#contracts/render/image-request.ts';
import { encodeProgressPicture, shrink } from './encode-progress-picture.ts';

describe('a picture in the making', () => {
  it.each<[ImageFormat, string, string]>([
    ['png', 'image/png', 'png'],
    ['jpg', 'image/jpeg', 'jpeg'],
    ['webp', 'image/webp', 'webp'],
    ['avif', 'image/webp', 'webp'],
    ['exr', 'image/webp', 'webp'],
  ])('of %s is encoded as %s, at most 768 pixels large', async (format, contentType, read) => {
    const picture = { width: 1000, height: 500, data: new Uint8Array(1000 * 500 * 4).fill(200) };
    const { bytes, about } = await encodeProgressPicture(picture, { format, quality: 85, colorSpace: 'srgb' });
    expect(about).toEqual({ contentType, width: 500, height: 250 });
    expect(await sharp(bytes).metadata()).toMatchObject({ format: read, width: 500, height: 250 });
  });

  it('is the mean of what its pixels stand for, weighted by alpha, at the borders too', () => {
    const data = Uint8Array.from([
      ...[200, 0, 0, 255, 100, 0, 0, 255, 9, 9, 9, 255],
      ...[0, 0, 0, 0, 0, 0, 0, 0, 11, 9, 9, 255],
      ...[50, 60, 70, 255, 50, 60, 70, 255, 1, 2, 3, 4],
    ]);
    const small = shrink({ width: 3, height: 3, data }, 2);
    expect([small.width, small.height]).toEqual([2, 2]);
    expect([...small.data]).toEqual([...[150, 0, 0, 128, 10, 9, 9, 255], ...[50, 60, 70, 255, 1, 2, 3, 4]]);
    const fits = { width: 3, height: 3, data };
    expect(shrink(fits, 3).data).toBe(data);
  });
});
