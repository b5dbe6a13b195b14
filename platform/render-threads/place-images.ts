import { readFileSync } from 'node:fs';
import * as L from '#engine/render/kernel/layout.ts';
import { textureRoom } from '#engine/render/memory-plan.ts';
import type { PlacedImages } from '#engine/render/render-host.ts';
import type { DecodeTexels } from '#engine/texture/image-codec.ts';
import { decodingBytes, writeDecodeJob } from '#engine/texture/jpeg/decode-job.ts';
import { type JpegFile, readJpegFile } from '#engine/texture/jpeg/jpeg-file.ts';

const DECODER = new URL('../../engine/texture/jpeg/kernel/jpeg.wasm', import.meta.url);

/** The kernel's memory and its threads, as long as no scene lies there. */
export interface DecodingThreads {
  /** Memory of so many bytes from its start. @throws MaquetteError `render_too_large` when the machine refuses it */
  open(bytes: number): WebAssembly.Memory;
  /** Lets the threads decode, in this order. Resolves with the indices of the jobs whose data were in order. */
  decode(module: WebAssembly.Module, jobs: number[]): Promise<ReadonlySet<number>>;
}

/** Images that are being decoded, and the decoder that hands them out. */
export interface PlacedDecoder {
  placed: PlacedImages;
  decodeImage: DecodeTexels;
}

interface Place {
  file: Uint8Array;
  jpeg: JpegFile;
  address: number;
}

/** A coefficient that is not zero costs about as much as four texels, and has about four bits. */
const TEXELS_A_BYTE = 8;

/**
 * Begins to decode images straight into the kernel's memory: those that the decoder of `engine/texture/jpeg` knows, the
 * slowest first.
 *
 * @param most Bytes that they may take.
 * @param decodeOther Decodes all other images, and those that turn out not to be in order.
 * @returns undefined where there is none to decode so.
 */
export function placeImages(
  files: readonly Uint8Array[],
  most: number,
  threads: DecodingThreads,
  decodeOther: DecodeTexels,
): PlacedDecoder | undefined {
  const places: Place[] = [];
  let end = L.ARENA;
  for (const file of files) {
    const jpeg = readJpegFile(file);
    if (!jpeg || places.some((other) => isSame(other.file, file))) continue;
    const room = Math.ceil(Math.max(textureRoom(jpeg.width, jpeg.height), decodingBytes(jpeg)) / 64) * 64;
    if (end + room - L.ARENA > most) continue;
    places.push({ file, jpeg, address: end });
    end += room;
  }
  if (places.length === 0) return undefined;
  const module = new WebAssembly.Module(readFileSync(DECODER));
  const memory = threads.open(end);
  const work = ({ jpeg }: Place) => jpeg.width * jpeg.height + jpeg.data.length * TEXELS_A_BYTE;
  places.sort((a, b) => work(b) - work(a));
  const jobs = places.map(({ address, jpeg }) => writeDecodeJob(memory, address, jpeg));
  const decoded = threads.decode(module, jobs).catch(() => new Set<number>());
  const find = (file: Uint8Array) => places.findIndex((place) => isSame(place.file, file));
  return {
    placed: { end, find: (file) => places[find(file)]?.address },
    async decodeImage(file, mimeType) {
      const index = find(file);
      const place = places[index];
      if (!place || !(await decoded).has(index)) return decodeOther(file, mimeType);
      const { address, jpeg } = place;
      const { width, height } = jpeg;
      const data = new Uint8Array(memory.buffer, address, width * height * 3);
      return { width, height, channels: 3, data, address };
    },
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && Buffer.compare(a, b) === 0);
}
