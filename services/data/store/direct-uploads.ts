import type { Selectable } from 'kysely';
import type { OrganizationId, UploadId } from '#contracts/ids/ids.ts';
import type { DirectUpload } from '#contracts/rest/resources/direct-upload.ts';
import { notFound } from '#platform/errors/not-found.ts';
import type { DirectUpload as StorageUpload, StoredPart } from '#platform/objects/direct-uploads.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import type { UploadsTable } from '../upload-tables.ts';
import { expireUpload, lockUpload, newUploadRow, selectUpload, type UploadFacts } from './uploads.ts';

/** Of a part, unless the file would have too many of them. S3 wants 5 MiB at the least. */
const PART_BYTES = 16 * 1024 * 1024;
/** As many as S3 allows. */
const MOST_PARTS = 10_000;

/** What never changes of an upload straight to the storage. */
export interface NewDirectUpload extends UploadFacts {
  bytes: number;
  hold: boolean;
  partBytes: number;
}

/** A row of `uploads` that is one straight to the storage. */
export type DirectUploadRow = Selectable<UploadsTable> & { bytes: number; part_bytes: number };

/** How large the parts of a file are: whole MiB. */
export function partBytesFor(bytes: number): number {
  const mebibyte = 1024 * 1024;
  return Math.max(PART_BYTES, Math.ceil(bytes / MOST_PARTS / mebibyte) * mebibyte);
}

/** How many parts a file has. */
export function countParts({ bytes, part_bytes }: Pick<DirectUploadRow, 'bytes' | 'part_bytes'>): number {
  return Math.ceil(bytes / part_bytes);
}

/** Bytes of a part, counted from 1. */
export function bytesOfPart(upload: Pick<DirectUploadRow, 'bytes' | 'part_bytes'>, number: number): number {
  return Math.min(upload.part_bytes, upload.bytes - (number - 1) * upload.part_bytes);
}

export async function insertDirectUpload(
  trx: DataTrx,
  organizationId: OrganizationId,
  upload: NewDirectUpload & { id: UploadId; storageUpload: string },
): Promise<DirectUploadRow> {
  const row = await trx
    .insertInto('uploads')
    .values({
      ...newUploadRow(organizationId, upload),
      id: upload.id,
      held: upload.hold,
      metadata: '',
      part_bytes: upload.partBytes,
      storage_upload: upload.storageUpload,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return row as DirectUploadRow;
}

/** @throws MaquetteError `not_found`, also when it has expired */
export async function readDirectUpload(
  db: DataReader,
  organizationId: OrganizationId,
  id: UploadId,
): Promise<DirectUploadRow> {
  const row = await selectUpload(db, organizationId, id).where('part_bytes', 'is not', null).executeTakeFirst();
  if (!row) throw notFound('upload', id);
  return row as DirectUploadRow;
}

/** Locks an upload until the transaction ends. @throws MaquetteError `not_found` */
export async function lockDirectUpload(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: UploadId,
): Promise<DirectUploadRow> {
  const row = await lockUpload(trx, organizationId, id);
  if (row.part_bytes === null) throw notFound('upload', id);
  return row as DirectUploadRow;
}

/** Gives an upload up; the sweep removes it from the storage. @throws MaquetteError `not_found` */
export async function deleteDirectUpload(trx: DataTrx, organizationId: OrganizationId, id: UploadId): Promise<void> {
  await lockDirectUpload(trx, organizationId, id);
  await expireUpload(trx, id);
}

/**
 * Locks an upload that nobody needs in the storage any more: it has expired, or a job made a blob of it. What a job still
 * works on stays.
 */
export async function lockEndedDirectUpload(trx: DataTrx, now: Date): Promise<StorageUpload | undefined> {
  const row = await trx
    .selectFrom('uploads')
    .select(['id', 'storage_upload'])
    .where('storage_upload', 'is not', null)
    .where(({ eb, or }) => or([eb('expires_at', '<', now), eb('released', '=', true)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.id', '=', 'uploads.job_id')
            .where('jobs.finished_at', 'is', null),
        ),
      ),
    )
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row && { id: row.id, storageUpload: row.storage_upload ?? '' };
}

/** Takes note that an upload is no longer in the storage. */
export async function leaveStorage(trx: DataTrx, id: string): Promise<void> {
  await trx
    .updateTable('uploads')
    .set({ storage_upload: null })
    .where('id', '=', id as UploadId)
    .execute();
}

/** Those of some names in the storage that belong to no upload. */
export async function unknownToUploads(db: DataReader, ids: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', ids as UploadId[])
    .where('storage_upload', 'is not', null)
    .execute();
  const known = new Set<string>(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

export function toDirectUpload(row: DirectUploadRow, received: StoredPart[]): DirectUpload {
  return {
    id: row.id,
    state: row.received === row.bytes ? 'complete' : 'uploading',
    fileName: row.file_name,
    bytes: row.bytes,
    partBytes: row.part_bytes,
    parts: countParts(row),
    received,
    projectId: row.project_id,
    assetId: row.made_asset_id,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
