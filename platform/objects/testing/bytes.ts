import { Readable } from 'node:stream';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '../objects.ts';

/** Stores bytes, or a text as UTF-8, in one piece. */
export function putBytes(objects: ObjectStore, content: Uint8Array | string): Promise<BlobReference> {
  return objects.put(Readable.from([Buffer.from(content)]));
}

/** A blob as a whole. */
export async function readBytes(objects: ObjectStore, sha256: Sha256): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await objects.read(sha256)) parts.push(part);
  return Buffer.concat(parts);
}
