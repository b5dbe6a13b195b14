import { type Selectable, sql } from 'kysely';
import {
  type AssetId,
  type JobId,
  newId,
  type OrganizationId,
  type ProjectId,
  type UploadId,
} from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { UploadedFile } from '#contracts/jobs/ingest-source.ts';
import type { Upload } from '#contracts/rest/resources/upload.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { batches } from '../batches.ts';
import { uploadIncomplete } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import type { UploadsTable } from '../upload-tables.ts';

/** An upload lives so long after the last byte that came. */
const LIFE_MS = 24 * 3_600_000;
/** Uploads that one look of the sweep forgets. */
const FORGOTTEN_AT_ONCE = 100;

/** What never changes of an upload, whichever way its bytes take. */
export interface UploadFacts {
  bytes: number | null;
  fileName: string;
  name?: string | undefined;
  projectId?: ProjectId | undefined;
  assetId?: AssetId | undefined;
  sha256?: Sha256 | undefined;
}

/** An upload that comes through the server. */
export interface NewUpload extends UploadFacts {
  held: boolean;
  metadata: string;
}

export type UploadRow = Selectable<UploadsTable>;

export async function insertUpload(trx: DataTrx, organizationId: OrganizationId, upload: NewUpload): Promise<Upload> {
  const row = await trx
    .insertInto('uploads')
    .values({
      ...newUploadRow(organizationId, upload),
      id: newId('upload'),
      held: upload.held,
      metadata: upload.metadata,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toUpload(row);
}

/** The columns of a new upload that are the same for every way. */
export function newUploadRow(organizationId: OrganizationId, upload: UploadFacts) {
  return {
    organization_id: organizationId,
    bytes: upload.bytes,
    file_name: upload.fileName,
    name: upload.name ?? null,
    project_id: upload.projectId ?? null,
    asset_id: upload.assetId ?? null,
    sha256: upload.sha256 ?? null,
    made_asset_id: null,
    job_id: null,
    expires_at: new Date(Date.now() + LIFE_MS),
  };
}

/** @throws MaquetteError `not_found`, also when it has expired */
export async function readUpload(db: DataReader, organizationId: OrganizationId, id: UploadId): Promise<Upload> {
  const row = await selectUpload(db, organizationId, id).where('part_bytes', 'is', null).executeTakeFirst();
  if (!row) throw notFound('upload', id);
  return toUpload(row);
}

/** Locks an upload until the transaction ends. @throws MaquetteError `not_found` */
export async function lockUpload(trx: DataTrx, organizationId: OrganizationId, id: UploadId): Promise<UploadRow> {
  const row = await selectUpload(trx, organizationId, id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('upload', id);
  return row;
}

/** As `lockUpload`, of one that comes through the server. @throws MaquetteError `not_found` */
export async function lockPiecedUpload(trx: DataTrx, organizationId: OrganizationId, id: UploadId): Promise<UploadRow> {
  const row = await lockUpload(trx, organizationId, id);
  if (row.part_bytes !== null) throw notFound('upload', id);
  return row;
}

/** Changes a locked upload. Every change prolongs its life. */
export async function changeUpload(
  trx: DataTrx,
  { id }: UploadRow,
  change: { writer?: number; bytes?: number | null; received?: number; made?: { assetId: AssetId; jobId: JobId } },
): Promise<Upload> {
  const row = await trx
    .updateTable('uploads')
    .set({
      ...(change.writer !== undefined && { writer: change.writer }),
      ...(change.bytes !== undefined && { bytes: change.bytes }),
      ...(change.received !== undefined && { received: change.received }),
      ...(change.made && { made_asset_id: change.made.assetId, job_id: change.made.jobId }),
      expires_at: new Date(Date.now() + LIFE_MS),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toUpload(row);
}

/** Adds pieces behind what has come already. */
export async function insertPieces(trx: DataTrx, id: UploadId, start: number, pieces: BlobReference[]): Promise<void> {
  let next = start;
  const rows = pieces.map(({ sha256, bytes }) => {
    const row = { upload_id: id, start: next, sha256, bytes };
    next += bytes;
    return row;
  });
  for (const batch of batches(rows)) await trx.insertInto('upload_pieces').values(batch).execute();
}

export async function countPieces(trx: DataTrx, id: UploadId): Promise<number> {
  const row = await trx
    .selectFrom('upload_pieces')
    .select(({ fn }) => fn.countAll<string | number>().as('count'))
    .where('upload_id', '=', id)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A complete upload as a file. @throws MaquetteError `conflict` while bytes are missing */
export async function filedUpload(trx: DataTrx, upload: UploadRow): Promise<UploadedFile> {
  if (upload.bytes === null || upload.received < upload.bytes) {
    throw uploadIncomplete(upload.id, upload.received, upload.bytes);
  }
  const file = { name: upload.file_name, ...(upload.sha256 !== null && { sha256: upload.sha256 }) };
  if (upload.part_bytes !== null) return { ...file, arrived: upload.id, bytes: upload.bytes };
  const pieces = await trx
    .selectFrom('upload_pieces')
    .select(['sha256', 'bytes'])
    .where('upload_id', '=', upload.id)
    .orderBy('start')
    .execute();
  return { ...file, pieces };
}

/** @throws MaquetteError `not_found` */
export async function deleteUpload(trx: DataTrx, organizationId: OrganizationId, id: UploadId): Promise<void> {
  await lockPiecedUpload(trx, organizationId, id);
  await expireUpload(trx, id);
}

/** Ends the life of an upload; the sweep lets go what came of it. */
export async function expireUpload(trx: DataTrx, id: UploadId): Promise<void> {
  await trx
    .updateTable('uploads')
    .set({ expires_at: new Date(0) })
    .where('id', '=', id)
    .execute();
}

/** A job has made files of uploads: nobody needs their pieces any more. */
export async function releasePieces(trx: DataTrx, jobId: JobId): Promise<void> {
  await trx.updateTable('uploads').set({ released: true }).where('job_id', '=', jobId).execute();
}

/** The asset that uploads were to become is deleted: nobody needs what came of them any more. */
export async function releaseUploads(trx: DataTrx, organizationId: OrganizationId, assetId: AssetId): Promise<void> {
  await trx
    .updateTable('uploads')
    .set({ released: true })
    .where('organization_id', '=', organizationId)
    .where('made_asset_id', '=', assetId)
    .execute();
}

/**
 * Forgets uploads that have expired, and the pieces of those that became files. What a job still works on stays, and
 * what the storage still holds.
 *
 * @returns the blobs of the pieces
 */
export async function forgetUploads(trx: DataTrx, now: Date): Promise<Sha256[]> {
  const { rows: ended } = await sql<{ id: UploadId; expired: boolean }>`
    select uploads.id, uploads.expires_at < ${now} as expired from uploads
    left join jobs on jobs.id = uploads.job_id and jobs.finished_at is null
    where (uploads.expires_at < ${now} or uploads.released) and jobs.id is null and uploads.storage_upload is null
      and (uploads.expires_at < ${now} or exists (select from upload_pieces where upload_id = uploads.id))
    limit ${FORGOTTEN_AT_ONCE} for update of uploads skip locked`.execute(trx);
  if (ended.length === 0) return [];
  const pieces = await trx
    .deleteFrom('upload_pieces')
    .where(
      'upload_id',
      'in',
      ended.map(({ id }) => id),
    )
    .returning('sha256')
    .execute();
  const expired = ended.filter((upload) => upload.expired).map(({ id }) => id);
  if (expired.length > 0) await trx.deleteFrom('uploads').where('id', 'in', expired).execute();
  return [...new Set(pieces.map(({ sha256 }) => sha256))];
}

/** An upload that has not expired. */
export function selectUpload(db: DataReader, organizationId: OrganizationId, id: UploadId) {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('expires_at', '>', new Date());
}

function toUpload(row: UploadRow): Upload {
  return {
    id: row.id,
    state: row.received === row.bytes ? 'complete' : 'uploading',
    fileName: row.file_name,
    bytes: row.bytes,
    received: row.received,
    metadata: row.metadata,
    projectId: row.project_id,
    assetId: row.made_asset_id,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
