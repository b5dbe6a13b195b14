import { type AssetId, newId, type OrganizationId, type ProjectId, type VersionId } from '#contracts/ids/ids.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { changeAsset, insertAsset, type LockedAsset, lockAsset, readAsset } from '../store/assets.ts';
import { claimBlobs } from '../store/blobs.ts';
import { holdFirstProject, holdProject } from '../store/projects.ts';
import { insertVersion } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';
import { checkFileNames } from './file-names.ts';
import type { OperationDeps } from './operation.ts';
import { startProcessing } from './start-processing.ts';

/** Which asset is made. */
export interface NewAsset {
  /** The first project of the organisation without it. */
  projectId?: ProjectId | undefined;
  name: string;
}

/**
 * Records an upload whose bytes are stored: the asset, its first version, the job that processes it and
 * `model_uploaded`, in one transaction.
 *
 * @throws MaquetteError `not_found` (the project), `invalid_request` (a file's name), `storage_failed` (a missing blob)
 */
export async function createAsset(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: NewAsset & { files: SourceFile[]; priority: number },
): Promise<Asset> {
  const { files, priority } = input;
  checkFileNames(files);
  return deps.database.transaction(async (trx) => {
    const asset = await newAsset(trx, organizationId, input);
    await claimBlobs(trx, deps.objects, files);
    await insertAsset(trx, asset);
    await recordVersion(trx, deps, asset, files, priority);
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
  { files, priority }: { files: SourceFile[]; priority: number },
): Promise<Asset> {
  checkFileNames(files);
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    await claimBlobs(trx, deps.objects, files);
    await recordVersion(trx, deps, await renewed(trx, asset), files, priority);
    return readAsset(trx, organizationId, assetId);
  });
}

/** An asset that is to be recorded, in its project. @throws MaquetteError `not_found` (the project) */
export async function newAsset(
  trx: DataTrx,
  organizationId: OrganizationId,
  { projectId, name }: NewAsset,
): Promise<LockedAsset> {
  const project =
    projectId === undefined
      ? await holdFirstProject(trx, organizationId)
      : await holdProject(trx, organizationId, projectId);
  return {
    id: newId('asset'),
    organizationId,
    projectId: project,
    name,
    versionId: newId('version'),
    revision: 1,
  };
}

/** A locked asset with a new newest version, which is to be recorded. */
export async function renewed(trx: DataTrx, asset: LockedAsset): Promise<LockedAsset> {
  const versionId: VersionId = newId('version');
  await changeAsset(trx, asset, { versionId });
  return { ...asset, versionId };
}

async function recordVersion(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  files: SourceFile[],
  priority: number,
): Promise<void> {
  const jobId = newId('job');
  const { id: assetId, organizationId, versionId } = asset;
  await insertVersion(trx, { id: versionId, organizationId, assetId, jobId });
  const event = await startProcessing(trx, deps.bus, asset, {
    versionId,
    jobId,
    files,
    priority,
    traceParent: currentContext()?.traceParent,
  });
  await requireStorage(trx, deps, organizationId);
  await deps.bus.publish(trx, event);
}
