import { rename, writeFile } from 'node:fs/promises';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { hasProgressPictures } from '#contracts/render/progress-picture.ts';
import type { PassingPicture } from '#engine/render/draw-image.ts';
import { PictureTimes } from '#platform/images/picture-times.ts';
import { encodeImage } from '#platform/images/sharp-codec.ts';
import { UsageError } from './command.ts';

/**
 * Makes what writes a picture in the making to the output file when it is worth it, whole each time: who reads the file
 * meanwhile sees one picture or the next.
 *
 * @throws UsageError for what is not seen while it is made
 */
export function pictureWriter(output: string, request: ImageRequest): (picture: PassingPicture) => Promise<void> {
  const { format, quality, colorSpace, passes } = request;
  if (!hasProgressPictures(request)) {
    throw new UsageError('--progress-picture: of --integrator path alone, without --shutter');
  }
  if (format === 'exr' || passes[0] !== 'beauty') {
    throw new UsageError('--progress-picture: OUT has to be the picture itself, in a format other than exr');
  }
  const times = new PictureTimes();
  return async ({ width, height, develop }) => {
    if (!times.due()) return;
    await replaceFile(output, await encodeImage({ width, height, data: await develop(), colorSpace }, format, quality));
  };
}

/** Writes a file that is read meanwhile: whole each time. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, bytes);
  await rename(part, path);
}
