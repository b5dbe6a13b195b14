import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/**
 * Writes the body of an answer to a file, of any size, which is there whole or not at all.
 *
 * @returns its bytes
 */
export async function saveAnswer({ body }: Response, path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  try {
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(beside));
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  return (await stat(path)).size;
}
