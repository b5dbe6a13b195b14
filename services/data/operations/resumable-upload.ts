import type { OrganizationId, UploadId } from '#contracts/ids/ids.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { Upload } from '#contracts/rest/resources/upload.ts';
import { lengthRefused, offsetRefused, tooManyPieces, uploadOverrun, writerReplaced } from '../errors.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { projectOfAsset } from '../store/assets.ts';
import { claimBlobs } from '../store/blobs.ts';
import { holdProject } from '../store/projects.ts';
import {
  changeUpload,
  countPieces,
  insertPieces,
  insertUpload,
  lockPiecedUpload,
  type NewUpload,
  readUpload,
} from '../store/uploads.ts';
import { checkFileNames } from './file-names.ts';
import { ingestUpload } from './ingest.ts';
import type { OperationDeps } from './operation.ts';

/** Pieces of one upload: its job names them all. */
const MOST_PIECES = 10_000;

/**
 * Records a file that will come in pieces.
 *
 * @throws MaquetteError `not_found` (project or asset), `invalid_request` (the file's name)
 */
export async function createUpload(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: NewUpload,
): Promise<Upload> {
  checkFileNames([{ name: input.fileName }]);
  return deps.database.transaction(async (trx) => {
    let { projectId } = input;
    if (projectId !== undefined) await holdProject(trx, organizationId, projectId);
    if (input.assetId !== undefined) projectId = await projectOfAsset(trx, organizationId, input.assetId);
    await requireStorage(trx, deps, organizationId, input.bytes ?? 1);
    return insertUpload(trx, organizationId, { ...input, projectId });
  });
}

/**
 * Lets the caller add bytes at `offset`, and nobody else from now on: a connection that was cut may still have bytes on
 * their way, and they would come in between.
 *
 * @throws MaquetteError `not_found`, `conflict` (another offset), `invalid_request` (another length), `quota_exceeded`
 */
export async function beginWrite(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: UploadId,
  { offset, bytes }: { offset: number; bytes?: number | undefined },
): Promise<{ upload: Upload; writer: number }> {
  return deps.database.transaction(async (trx) => {
    const upload = await lockPiecedUpload(trx, organizationId, id);
    if (offset !== upload.received) throw offsetRefused(id, offset, upload.received);
    if (bytes !== undefined && (bytes < upload.received || (upload.bytes ?? bytes) !== bytes)) {
      throw lengthRefused(id, bytes);
    }
    const length = upload.bytes ?? bytes;
    // Of a length that is not known yet, at least something.
    await requireStorage(trx, deps, organizationId, length === undefined ? 1 : length - upload.received);
    const writer = upload.writer + 1;
    return { upload: await changeUpload(trx, upload, { writer, bytes: length ?? null }), writer };
  });
}

/**
 * Adds stored bytes. With the last ones the asset is made, or the further version, and the job that brings its file, in
 * the same transaction; unless the upload is held.
 *
 * @throws MaquetteError `not_found`, `conflict` (another writer, another offset, too many pieces), `payload_too_large`,
 * `quota_exceeded`
 */
export async function appendPieces(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: UploadId,
  { writer, offset, pieces }: { writer: number; offset: number; pieces: BlobReference[] },
): Promise<Upload> {
  return deps.database.transaction(async (trx) => {
    const upload = await lockPiecedUpload(trx, organizationId, id);
    if (writer !== upload.writer) throw writerReplaced(id);
    if (offset !== upload.received) throw offsetRefused(id, offset, upload.received);
    const received = pieces.reduce((sum, piece) => sum + piece.bytes, offset);
    if (upload.bytes !== null && received > upload.bytes) throw uploadOverrun(id, upload.bytes);
    if (received !== upload.bytes && (await countPieces(trx, id)) + pieces.length >= MOST_PIECES) {
      throw tooManyPieces(id, MOST_PIECES);
    }
    await claimBlobs(trx, deps.objects, pieces);
    await insertPieces(trx, id, offset, pieces);
    const changed = await changeUpload(trx, upload, { received });
    await requireStorage(trx, deps, organizationId);
    if (received !== upload.bytes || upload.held) return changed;
    await ingestUpload(trx, deps, { ...upload, received });
    return readUpload(trx, organizationId, id);
  });
}
