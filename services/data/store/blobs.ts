import { sql } from 'kysely';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { batches } from '../batches.ts';
import { blobMissing } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';

/**
 * Announces that rows of this transaction will refer to these blobs, and makes sure that they are stored.
 *
 * The rows of `blobs` are locked before the object storage is asked: the sweep deletes a blob only under the same lock
 * and only when its row says that nobody has referred to it lately, so a blob that is found here stays.
 *
 * @throws MaquetteError `storage_failed` when one is missing or has another size
 */
export async function claimBlobs(trx: DataTrx, objects: ObjectStore, blobs: BlobReference[]): Promise<void> {
  const missing = await tryClaimBlobs(trx, objects, blobs);
  if (missing) throw blobMissing(missing.sha256, missing.bytes, missing.stored);
}

/** As `claimBlobs`; answers with the first blob that is missing or differs instead of throwing. */
export async function tryClaimBlobs(
  trx: DataTrx,
  objects: ObjectStore,
  blobs: BlobReference[],
): Promise<(BlobReference & { stored: number | null }) | undefined> {
  const unique = new Map(blobs.map((blob) => [blob.sha256, blob]));
  // In one order everywhere, so that two transactions which share blobs do not lock each other out.
  const ordered = [...unique.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  for (const batch of batches(ordered)) {
    await trx
      .insertInto('blobs')
      .values(batch.map(({ sha256, bytes }) => ({ sha256, bytes })))
      .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ referenced_at: sql<Date>`now()` }))
      .execute();
  }
  const stored = new Map<Sha256, number | null>();
  for (const { sha256 } of ordered) stored.set(sha256, (await objects.stat(sha256))?.bytes ?? null);
  // Each of them, because one blob may be claimed with two sizes.
  const missing = blobs.find(({ sha256, bytes }) => stored.get(sha256) !== bytes);
  return missing && { ...missing, stored: stored.get(missing.sha256) ?? null };
}

/**
 * Deletes a blob from the object storage unless a row refers to it or has begun to since `cutoff`.
 *
 * @param modifiedBefore leaves a blob whose bytes were stored again since then
 * @returns whether it was deleted
 */
export async function deleteUnreferencedBlob(
  trx: DataTrx,
  objects: ObjectStore,
  sha256: Sha256,
  cutoff: Date,
  modifiedBefore = cutoff,
): Promise<boolean> {
  // A blob that was never claimed gets a row too: whoever claims it at this moment waits for this transaction, and then
  // finds it gone instead of losing it later.
  await trx
    .insertInto('blobs')
    .values({ sha256, bytes: 0, referenced_at: new Date(0) })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute();
  const deleted = await trx
    .deleteFrom('blobs')
    .where('sha256', '=', sha256)
    .where('referenced_at', '<', cutoff)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('version_files').select('sha256').where('version_files.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('versions').select('glb_sha256').where('glb_sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('environments').select('sha256').where('environments.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('derivatives').select('sha256').where('derivatives.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('sequence_frames').select('sha256').where('sequence_frames.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('job_pictures').select('sha256').where('job_pictures.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('upload_pieces').select('sha256').where('upload_pieces.sha256', '=', sha256))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('recipe_states').select('sha256').where('recipe_states.sha256', '=', sha256))),
    )
    .executeTakeFirst();
  if (deleted.numDeletedRows === 0n) return false;
  const stored = await objects.stat(sha256);
  // Uploaded again since it was listed, and about to be claimed.
  if (stored === null || stored.modifiedAt >= modifiedBefore) return false;
  await objects.delete(sha256, modifiedBefore);
  return true;
}

/** Those of some blobs that no row refers to, and that none has begun to refer to since `cutoff`. */
export async function findUnreferenced(db: DataReader, hashes: Sha256[], cutoff: Date): Promise<Sha256[]> {
  const rows = await db
    .selectFrom('version_files')
    .select('sha256')
    .where('sha256', 'in', hashes)
    .union(
      db
        .selectFrom('versions')
        .select('glb_sha256 as sha256')
        .where('glb_sha256', 'in', hashes)
        .$narrowType<{ sha256: Sha256 }>(),
    )
    .union(db.selectFrom('derivatives').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('environments').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('sequence_frames').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('job_pictures').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('upload_pieces').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('recipe_states').select('sha256').where('sha256', 'in', hashes))
    .union(db.selectFrom('blobs').select('sha256').where('sha256', 'in', hashes).where('referenced_at', '>=', cutoff))
    .execute();
  const referenced = new Set(rows.map(({ sha256 }) => sha256));
  return hashes.filter((sha256) => !referenced.has(sha256));
}
