import { newId, type OrganizationId, type UploadId } from '#contracts/ids/ids.ts';
import type { DirectUpload, PartRequests } from '#contracts/rest/resources/direct-upload.ts';
import { notFound } from '#platform/errors/not-found.ts';
import type { DirectUploads, StoredPart } from '#platform/objects/direct-uploads.ts';
import {
  directUploadsNotOffered,
  partMissing,
  partNotAsSaid,
  partOutside,
  uploadComplete,
  uploadIncomplete,
} from '../errors.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { projectOfAsset } from '../store/assets.ts';
import {
  bytesOfPart,
  countParts,
  type DirectUploadRow,
  insertDirectUpload,
  lockDirectUpload,
  type NewDirectUpload,
  partBytesFor,
  readDirectUpload,
  toDirectUpload,
} from '../store/direct-uploads.ts';
import { holdProject } from '../store/projects.ts';
import { changeUpload } from '../store/uploads.ts';
import { checkFileNames } from './file-names.ts';
import { ingestUpload } from './ingest.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Begins an upload in the storage and records it.
 *
 * @throws MaquetteError `not_found` (project or asset), `invalid_request` (the file's name), `quota_exceeded`,
 * `not_offered`
 */
export async function createDirectUpload(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: Omit<NewDirectUpload, 'partBytes'>,
): Promise<DirectUpload> {
  checkFileNames([{ name: input.fileName }]);
  return deps.database.transaction(async (trx) => {
    let { projectId } = input;
    if (projectId !== undefined) await holdProject(trx, organizationId, projectId);
    if (input.assetId !== undefined) projectId = await projectOfAsset(trx, organizationId, input.assetId);
    const direct = directOf(deps);
    await requireStorage(trx, deps, organizationId, input.bytes);
    const id = newId('upload');
    const storageUpload = await direct.begin(id);
    try {
      const upload = { ...input, projectId, partBytes: partBytesFor(input.bytes) };
      return toDirectUpload(await insertDirectUpload(trx, organizationId, { ...upload, id, storageUpload }), []);
    } catch (error) {
      // Else the sweep does it, a day later.
      await direct.discard({ id, storageUpload }).catch(() => {});
      throw error;
    }
  });
}

/** @throws MaquetteError `not_found` */
export async function getDirectUpload(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: UploadId,
): Promise<DirectUpload> {
  const row = await readDirectUpload(deps.database.kysely, organizationId, id);
  if (isComplete(row) || row.storage_upload === null) return toDirectUpload(row, []);
  const parts = await deps.objects.direct?.listParts({ id, storageUpload: row.storage_upload });
  return toDirectUpload(row, parts ?? []);
}

/**
 * Signs the requests that bring parts. It prolongs the life of the upload.
 *
 * @throws MaquetteError `not_found`, `conflict` (it is complete), `invalid_request` (a part that it does not have)
 */
export async function signParts(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: UploadId,
  parts: { number: number; sha256?: string | undefined }[],
): Promise<PartRequests> {
  const upload = await deps.database.transaction(async (trx) => {
    const row = await lockDirectUpload(trx, organizationId, id);
    if (isComplete(row)) throw uploadComplete(id);
    await changeUpload(trx, row, {});
    return row;
  });
  const direct = directOf(deps);
  const waiting = { id, storageUpload: storageUploadOf(upload) };
  const requests: PartRequests['parts'] = [];
  let expiresAt = Number.POSITIVE_INFINITY;
  for (const [index, { number, sha256 }] of parts.entries()) {
    if (number > countParts(upload)) throw partOutside(index, number, countParts(upload));
    const part = { number, bytes: bytesOfPart(upload, number) };
    const request = await direct.requestFor(waiting, { ...part, sha256 });
    requests.push({ ...part, url: request.url, headers: request.headers });
    expiresAt = Math.min(expiresAt, request.expiresAt.getTime());
  }
  return { parts: requests, expiresAt: new Date(expiresAt).toISOString() };
}

/**
 * Makes one object of the parts, and in the same transaction the asset, or the further version, and the job that brings
 * its file to its place; unless the upload is held. A complete one is answered as it is.
 *
 * @param said what the client was answered for its parts
 * @throws MaquetteError `not_found`, `conflict` (parts are missing, or other ones than said), `quota_exceeded`
 */
export async function completeDirectUpload(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: UploadId,
  said: { number: number; etag: string }[] | undefined,
): Promise<DirectUpload> {
  return deps.database.transaction(async (trx) => {
    const upload = await lockDirectUpload(trx, organizationId, id);
    if (isComplete(upload)) return toDirectUpload(upload, []);
    const direct = directOf(deps);
    // It is counted since it was begun; what else came in between may leave it no room.
    await requireStorage(trx, deps, organizationId);
    await join(direct, upload, said);
    const { bytes } = upload;
    await changeUpload(trx, upload, { received: bytes });
    if (!upload.held) await ingestUpload(trx, deps, { ...upload, received: bytes });
    return toDirectUpload(await readDirectUpload(trx, organizationId, id), []);
  });
}

/** Makes one object of the parts in the storage, of which nothing but the storage's own word is believed. */
async function join(
  direct: DirectUploads,
  upload: DirectUploadRow,
  said: { number: number; etag: string }[] | undefined,
): Promise<void> {
  const waiting = { id: upload.id, storageUpload: storageUploadOf(upload) };
  const parts = await direct.listParts(waiting);
  if (parts === null) {
    // Joined before, by a request whose transaction then failed.
    const bytes = (await direct.size(upload.id)) ?? 0;
    if (bytes !== upload.bytes) throw uploadIncomplete(upload.id, bytes, upload.bytes);
    return;
  }
  const stored = new Map(parts.map((part) => [part.number, part]));
  const wanted: StoredPart[] = [];
  for (let number = 1; number <= countParts(upload); number++) {
    const part = stored.get(number);
    const bytes = bytesOfPart(upload, number);
    if (part?.bytes !== bytes) throw partMissing(upload.id, number, part?.bytes ?? 0, bytes);
    wanted.push(part);
  }
  for (const { number, etag } of said ?? []) {
    const found = stored.get(number)?.etag;
    if (found !== etag.replaceAll('"', '')) throw partNotAsSaid(upload.id, number, etag, found);
  }
  await direct.complete(waiting, wanted);
}

function isComplete({ received, bytes }: DirectUploadRow): boolean {
  return received === bytes;
}

/** @throws MaquetteError `not_found` once nothing waits in the storage */
function storageUploadOf({ id, storage_upload: storageUpload }: DirectUploadRow): string {
  if (storageUpload === null) throw notFound('upload', id);
  return storageUpload;
}

/** @throws MaquetteError `not_offered` */
function directOf({ objects }: OperationDeps): DirectUploads {
  if (!objects.direct) throw directUploadsNotOffered();
  return objects.direct;
}
