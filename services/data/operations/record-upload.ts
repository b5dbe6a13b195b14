import { type AssetId, newId, type OrganizationId, type ProjectId } from '#contracts/ids/ids.ts';
import type { SourceFile } from '#contracts/jobs/job-kinds.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { unsafeFileName } from '../errors.ts';
import { changeAsset, insertAsset, type LockedAsset, lockAsset, readAsset } from '../store/assets.ts';
import { claimBlobs } from '../store/blobs.ts';
import { holdFirstProject, holdProject } from '../store/projects.ts';
import { insertVersion } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';
import type { OperationDeps } from './operation.ts';

/** The longest name of a file, in UTF-16 code units. */
const LONGEST_FILE_NAME = 1024;

/**
 * Records an upload whose bytes are stored: the asset, its first version, the job that processes it and
 * `model_uploaded`, in one transaction.
 *
 * @throws MaquetteError `not_found` (the project), `invalid_request` (a file's name), `storage_failed` (a missing blob)
 */
export async function createAsset(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: { projectId?: ProjectId | undefined; name: string; files: SourceFile[] },
): Promise<Asset> {
  checkFileNames(input.files);
  return deps.database.transaction(async (trx) => {
    const projectId =
      input.projectId === undefined
        ? await holdFirstProject(trx, organizationId)
        : await holdProject(trx, organizationId, input.projectId);
    await claimBlobs(trx, deps.objects, input.files);
    const asset: LockedAsset = {
      id: newId('asset'),
      organizationId,
      projectId,
      name: input.name,
      versionId: newId('version'),
      revision: 1,
    };
    await insertAsset(trx, asset);
    await recordVersion(trx, deps, asset, input.files);
    return readAsset(trx, organizationId, asset.id);
  });
}

/**
 * Records a further upload of an asset: it is the newest version from now on, and what the asset shows.
 *
 * @throws MaquetteError `not_found`, `invalid_request` (a file's name), `storage_failed` (a missing blob)
 */
export async function createVersion(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  files: SourceFile[],
): Promise<Asset> {
  checkFileNames(files);
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    await claimBlobs(trx, deps.objects, files);
    const newest: LockedAsset = { ...asset, versionId: newId('version') };
    await changeAsset(trx, asset, { versionId: newest.versionId });
    await recordVersion(trx, deps, newest, files);
    return readAsset(trx, organizationId, assetId);
  });
}

async function recordVersion(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  files: SourceFile[],
): Promise<void> {
  const { id: assetId, organizationId, projectId, name, versionId } = asset;
  const jobId = newId('job');
  await insertVersion(trx, { id: versionId, organizationId, assetId, files, jobId });
  await deps.bus.enqueue(trx, {
    id: jobId,
    kind: 'geometry.process',
    organizationId,
    projectId,
    assetId,
    payload: { assetId, versionId, files },
    traceParent: currentContext()?.traceParent,
  });
  await deps.bus.publish(trx, {
    type: 'model_uploaded',
    organizationId,
    projectId,
    subject: { type: 'asset', id: assetId },
    data: { assetId, versionId, jobId, name, bytes: files.reduce((sum, file) => sum + file.bytes, 0) },
  });
}

/** Names become paths in a worker's folder and in URLs, so they must stay within the model's own folder. */
function checkFileNames(files: SourceFile[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of files.entries()) {
    const refuse = (why: string) => unsafeFileName(index, name.slice(0, 200), why);
    if (name.length > LONGEST_FILE_NAME) throw refuse(`is longer than ${LONGEST_FILE_NAME} characters`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f\u007f\\]/.test(name)) throw refuse('holds a backslash or a control character');
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw refuse('is not a plain relative path');
    }
    if (seen.has(name)) throw refuse('names two files');
    seen.add(name);
  }
}
