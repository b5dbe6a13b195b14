import type { TexelImage } from '../texture/image-codec.ts';
import type { TextureUse } from './materials.ts';
import type { RenderHost } from './render-host.ts';

/** Decoded images that wait to be taken over, in bytes; a larger one waits alone. */
export const WAITING_IMAGE_BYTES = 160 * 2 ** 20;

/** The images of a scene's textures while they are being decoded. */
export interface TextureImages {
  /**
   * Hands the image of a use over when it is decoded, undefined when it cannot be; for each use once. It is given up
   * when all uses of its texture have had it, so whoever needs it longer copies it.
   */
  take<T>(use: number, taken: (image: TexelImage | undefined) => T): Promise<T>;
  /** Decodes no more and hands nothing over from now on: whoever waits for an image waits for ever. */
  close(): void;
}

/** A texture in the queue. */
interface Waiting {
  image: Promise<TexelImage | undefined>;
  start(): void;
  bytes: number;
  /** Uses that have not had it yet. */
  uses: number;
}

/**
 * Starts to decode the images of all textures, each a single time and as many at once as may wait decoded: memory that
 * the kernel's does not show. One that cannot be decoded becomes undefined and a warning: a picture without a texture
 * tells more than none.
 *
 * @param sizes of the images by use, as their files declare them
 */
export function decodeTextures(
  uses: readonly TextureUse[],
  sizes: readonly { width: number; height: number }[],
  host: Pick<RenderHost, 'decodeImage'>,
  warnings: string[],
): TextureImages {
  const byTexture = new Map<unknown, Waiting>();
  const queue: Waiting[] = [];
  let waitingBytes = 0;

  const startWhatFits = () => {
    for (let next = queue[0]; next; next = queue[0]) {
      if (waitingBytes > 0 && waitingBytes + next.bytes > WAITING_IMAGE_BYTES) return;
      queue.shift();
      waitingBytes += next.bytes;
      next.start();
    }
  };
  const waiting = uses.map(({ texture }, i) => {
    const known = byTexture.get(texture);
    if (known) {
      known.uses++;
      return known;
    }
    const { promise, resolve } = Promise.withResolvers<TexelImage | undefined>();
    const start = () => resolve(decode(texture, host, warnings));
    const { width, height } = sizes[i]!;
    const entry: Waiting = { image: promise, start, bytes: width * height * 4, uses: 1 };
    byTexture.set(texture, entry);
    queue.push(entry);
    return entry;
  });
  startWhatFits();
  const gone = Promise.resolve(undefined);
  let closed = false;
  return {
    close() {
      closed = true;
      queue.length = 0;
    },
    async take(use, taken) {
      const entry = waiting[use]!;
      const image = await entry.image;
      // Memory and threads may be another render's by now.
      if (closed) return new Promise<never>(() => {});
      const result = taken(image);
      if (--entry.uses === 0) {
        entry.image = gone;
        waitingBytes -= entry.bytes;
        startWhatFits();
      }
      return result;
    },
  };
}

async function decode(
  texture: TextureUse['texture'],
  host: Pick<RenderHost, 'decodeImage'>,
  warnings: string[],
): Promise<TexelImage | undefined> {
  const name = texture.getName() || texture.getURI() || 'without a name';
  const bytes = texture.getImage();
  if (!bytes) {
    warnings.push(`Texture “${name}” is left out: its image is missing.`);
    return undefined;
  }
  try {
    return await host.decodeImage(bytes, texture.getMimeType());
  } catch (error) {
    warnings.push(`Texture “${name}” is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
