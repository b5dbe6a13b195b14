import type { MadeBlob } from '#contracts/jobs/blob-reference.ts';
import { asSystem } from '#platform/database/tenant-scope.ts';
import { deleteUnreferencedBlob } from '../store/blobs.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Deletes what was made for something that then was refused, unless anything refers to it or somebody has stored the same
 * bytes since: else an organisation fills the storage with what it may not keep, a day's worth at any time. What was there
 * before may be another upload's, which has yet to record it; the sweep comes to it.
 */
export async function discardBlobs(
  { database, objects }: Pick<OperationDeps, 'database' | 'objects'>,
  blobs: readonly MadeBlob[],
): Promise<void> {
  for (const { sha256, madeAt } of blobs) {
    // What was refused may have begun to refer to it until now.
    const cutoff = new Date();
    const modifiedBefore = new Date(Date.parse(madeAt) + 1);
    // Other organisations may refer to the same bytes, which the one that asks cannot see.
    await asSystem(() =>
      database.transaction((trx) => deleteUnreferencedBlob(trx, objects, sha256, cutoff, modifiedBefore)),
    );
  }
}
