import type { RgbaImage } from '../texture/image-codec.ts';
import type { TextureUse } from './materials.ts';
import type { RenderHost } from './render-host.ts';

/**
 * Decodes the images of all textures at once, each image a single time. One that cannot be decoded becomes undefined
 * and a warning: a picture without a texture tells more than none.
 */
export async function decodeTextures(
  uses: readonly TextureUse[],
  host: Pick<RenderHost, 'decodeImage'>,
  warnings: string[],
): Promise<(RgbaImage | undefined)[]> {
  const decoded = new Map<unknown, Promise<RgbaImage | undefined>>();
  for (const { texture } of uses) {
    if (decoded.has(texture)) continue;
    const name = texture.getName() || texture.getURI() || 'without a name';
    const bytes = texture.getImage();
    decoded.set(
      texture,
      bytes
        ? host.decodeImage(bytes, texture.getMimeType()).catch((error: unknown) => {
            warnings.push(`Texture “${name}” is left out: ${error instanceof Error ? error.message : String(error)}`);
            return undefined;
          })
        : Promise.resolve(undefined),
    );
    if (!bytes) warnings.push(`Texture “${name}” is left out: its image is missing.`);
  }
  return Promise.all(uses.map(({ texture }) => decoded.get(texture)!));
}
