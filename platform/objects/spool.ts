import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { objectStorageFailed, objectTooLarge } from './errors.ts';
import { gather } from './gather.ts';
import type { PutOptions, StoredObject } from './objects.ts';

/** Piece in which files are read and written: memory stays flat at a few of them for each stream. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * Writes a stream to a local file and hashes it on the way.
 *
 * @throws MaquetteError `payload_too_large`, `storage_failed`; the signal's reason; whatever the source throws.
 */
export async function spool(
  file: FileHandle,
  source: AsyncIterable<Uint8Array>,
  { limitBytes = Number.POSITIVE_INFINITY, signal }: PutOptions,
): Promise<StoredObject> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of gather(source, CHUNK_BYTES, signal)) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw objectTooLarge(limitBytes);
    hash.update(chunk);
    await attempt('The upload cannot be written', writeWhole(file, chunk));
  }
  signal?.throwIfAborted();
  const sha256: Sha256 = hash.digest('hex');
  return { sha256, bytes };
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    offset += (await file.write(chunk, offset)).bytesWritten;
  }
}

/** Says what was being done when a file operation fails. */
export async function attempt<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw objectStorageFailed(what, error);
  }
}
