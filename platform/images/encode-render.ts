import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { PassMeaning, RenderFileRole } from '#contracts/render/render-file.ts';
import { encodeExr } from '#engine/render/film/encode-exr.ts';
import type { RenderedImage } from '#engine/render/rendered-image.ts';
import { encodePass } from './encode-pass.ts';
import { encodeImage } from './sharp-codec.ts';

/** A file of a render. */
export interface RenderFile {
  role: RenderFileRole;
  bytes: Uint8Array;
  meaning: PassMeaning | null;
}

/**
 * The files of a render in the order of its passes: one EXR with all of them as layers, or the picture in its format
 * and every other pass as PNG, which loses nothing.
 */
export async function encodeRender(
  image: RenderedImage,
  { format, quality, exrDepth, passes }: Pick<ImageRequest, 'format' | 'quality' | 'exrDepth' | 'passes'>,
): Promise<RenderFile[]> {
  if (format === 'exr') {
    const [first, ...others] = passes;
    const role = first && others.length === 0 ? first : 'layers';
    return [{ role, bytes: encodeExr(image, exrDepth), meaning: null }];
  }
  return Promise.all(
    passes.map(async (role): Promise<RenderFile> => {
      if (role === 'beauty') {
        const bytes = await encodeImage(image, format, quality);
        return { role, bytes, meaning: null };
      }
      const pass = image.passes.find(({ name }) => name === role);
      if (!pass) throw new Error(`The renderer made no pass “${role}”.`);
      const { png, meaning } = encodePass(pass, image);
      return { role, bytes: png, meaning };
    }),
  );
}
