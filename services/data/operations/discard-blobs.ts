import type { Sha256 } from '#contracts/ids/sha256.ts';
import { asSystem } from '#platform/database/tenant-scope.ts';
import { deleteUnreferencedBlob } from '../store/blobs.ts';
import type { OperationDeps } from './operation.ts';

/** A blob that came to nothing. */
export interface RefusedBlob {
  sha256: Sha256;
  /** When it was there; who has stored it since needs it. */
  storedBefore: Date;
}

/**
 * Deletes what was stored for something that then was refused, unless anything refers to it: else an organisation fills
 * the storage with what it may not keep, a day's worth at any time.
 */
export async function discardBlobs(
  { database, objects }: Pick<OperationDeps, 'database' | 'objects'>,
  blobs: readonly RefusedBlob[],
): Promise<void> {
  for (const { sha256, storedBefore } of blobs) {
    // Other organisations may refer to the same bytes, which the one that asks cannot see.
    await asSystem(() => database.transaction((trx) => deleteUnreferencedBlob(trx, objects, sha256, storedBefore)));
  }
}
