import type { RgbaImage } from '../texture/image-codec.ts';
import type { TextureUse } from './materials.ts';
import type { RenderHost } from './render-host.ts';

/**
 * Starts to decode the images of all textures at once, each image a single time. One that cannot be decoded becomes
 * undefined and a warning: a picture without a texture tells more than none.
 */
export function decodeTextures(
  uses: readonly TextureUse[],
  host: Pick<RenderHost, 'decodeImage'>,
  warnings: string[],
): Promise<RgbaImage | undefined>[] {
  const decoded = new Map<unknown, Promise<RgbaImage | undefined>>();
  return uses.map(({ texture }) => {
    const started = decoded.get(texture);
    if (started) return started;
    const name = texture.getName() || texture.getURI() || 'without a name';
    const bytes = texture.getImage();
    if (!bytes) warnings.push(`Texture “${name}” is left out: its image is missing.`);
    const image = bytes
      ? host.decodeImage(bytes, texture.getMimeType()).catch((error: unknown) => {
          warnings.push(`Texture “${name}” is left out: ${error instanceof Error ? error.message : String(error)}`);
          return undefined;
        })
      : Promise.resolve(undefined);
    decoded.set(texture, image);
    return image;
  });
}
