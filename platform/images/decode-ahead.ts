import { readImageHeader } from '#engine/formats/image-header.ts';

/** Decodes an image file of a type. */
type Decode<T> = (bytes: Uint8Array, mimeType: string) => Promise<T>;

/** An image that is being decoded before anyone has asked for it. */
interface Begun<T> {
  bytes: Uint8Array;
  image: Promise<T>;
}

/**
 * Begins to decode the images of a model before the model is read: decoding takes other threads than reading does.
 *
 * @param most Bytes of decoded images that may wait; what goes beyond is decoded when it is asked for.
 * @returns A decoder that hands out what was begun, once, for the same bytes, and decodes all else when asked.
 */
export function decodeAhead<T>(images: readonly Uint8Array[], decode: Decode<T>, most: number): Decode<T> {
  const begun: Begun<T>[] = [];
  let waiting = 0;
  for (const bytes of images) {
    const header = readImageHeader(bytes);
    if (!header || begun.some((other) => isSame(other.bytes, bytes))) continue;
    const size = header.width * header.height * 4;
    if (size === 0 || waiting + size > most) continue;
    waiting += size;
    const image = decode(bytes, header.mimeType);
    // Whoever asks for it hears of it.
    image.catch(() => {});
    begun.push({ bytes, image });
  }
  return (bytes, mimeType) => {
    const index = begun.findIndex((other) => isSame(other.bytes, bytes));
    if (index < 0) return decode(bytes, mimeType);
    // Taken out, so that it can be given up when whoever has it is done with it.
    const [taken] = begun.splice(index, 1) as [Begun<T>];
    return taken.image;
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && Buffer.compare(a, b) === 0;
}
