import { type AssetId, newId, type OrganizationId, type ProjectId, type UploadId } from '#contracts/ids/ids.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { shortened } from '#contracts/rest/resources/name.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { uploadTaken } from '../errors.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { insertAsset, type LockedAsset, lockAsset, readAsset } from '../store/assets.ts';
import { changeUpload, filedUpload, lockUpload, type UploadRow } from '../store/uploads.ts';
import { insertVersion } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';
import { checkFileNames } from './file-names.ts';
import type { OperationDeps } from './operation.ts';
import { newAsset, renewed } from './record-upload.ts';

/** Where the bytes come from: elsewhere, or from uploads that are complete. */
export type IngestWish = (IngestSource & { kind: 'url' }) | { kind: 'uploads'; uploads: UploadId[] };

/**
 * Records an upload whose bytes a job brings: the asset is `uploading` until then.
 *
 * @throws MaquetteError `not_found` (the project, an upload), `conflict` (an upload that is not complete, or is part of
 * an asset), `invalid_request` (a file's name)
 */
export async function ingestAsset(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: { projectId?: ProjectId | undefined; name?: string | undefined; source: IngestWish; priority: number },
): Promise<Asset> {
  return deps.database.transaction(async (trx) => {
    const ready = await readySource(trx, organizationId, input.source);
    const name = input.name ?? ready.name;
    const asset = await newAsset(trx, organizationId, { projectId: input.projectId, name });
    await insertAsset(trx, asset);
    await recordIngest(trx, deps, asset, ready, input.priority);
    return readAsset(trx, organizationId, asset.id);
  });
}

/** As `ingestAsset`, for a further version of an asset. */
export async function ingestVersion(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  { source, priority }: { source: IngestWish; priority: number },
): Promise<Asset> {
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    const ready = await readySource(trx, organizationId, source);
    await recordIngest(trx, deps, await renewed(trx, asset), ready, priority);
    return readAsset(trx, organizationId, assetId);
  });
}

/** What a job is to bring, and the uploads that it is made of. */
interface ReadySource {
  source: IngestSource;
  /** Of the first file, without its folders. */
  name: string;
  uploads: UploadRow[];
}

/** Records the version that an ingest will fill, and its job. */
async function recordIngest(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  { source, uploads }: ReadySource,
  priority = 0,
): Promise<void> {
  checkFileNames(source.kind === 'url' ? [source] : source.files);
  const { id: assetId, organizationId, projectId, versionId } = asset;
  // How much a URL brings is not known yet, at least something; uploads are counted as they come.
  await requireStorage(trx, deps, organizationId, source.kind === 'url' ? 1 : 0);
  const jobId = newId('job');
  await insertVersion(trx, { id: versionId, organizationId, assetId, jobId });
  for (const upload of uploads) await changeUpload(trx, upload, { made: { assetId, jobId } });
  await deps.bus.enqueue(trx, {
    id: jobId,
    kind: 'asset.ingest',
    organizationId,
    projectId,
    assetId,
    payload: { assetId, versionId, source },
    priority,
    traceParent: currentContext()?.traceParent,
  });
}

/** Makes the asset, or further version, that an upload is to become by itself. */
export async function ingestUpload(trx: DataTrx, deps: OperationDeps, upload: UploadRow): Promise<void> {
  const { organization_id: organizationId, asset_id: assetId, project_id: projectId } = upload;
  const ready = await readyUploads(trx, [upload]);
  if (assetId === null) {
    const asset = await newAsset(trx, organizationId, {
      projectId: projectId ?? undefined,
      name: upload.name ?? ready.name,
    });
    await insertAsset(trx, asset);
    await recordIngest(trx, deps, asset, ready);
  } else {
    await recordIngest(trx, deps, await renewed(trx, await lockAsset(trx, organizationId, assetId)), ready);
  }
}

async function readySource(trx: DataTrx, organizationId: OrganizationId, wish: IngestWish): Promise<ReadySource> {
  if (wish.kind === 'url') return { source: wish, name: wish.name, uploads: [] };
  const uploads: UploadRow[] = [];
  for (const id of wish.uploads) {
    const upload = await lockUpload(trx, organizationId, id);
    if (!upload.held || upload.made_asset_id !== null) throw uploadTaken(id);
    uploads.push(upload);
  }
  return readyUploads(trx, uploads);
}

async function readyUploads(trx: DataTrx, uploads: UploadRow[]): Promise<ReadySource> {
  const files = [];
  for (const upload of uploads) files.push(await filedUpload(trx, upload));
  const name = shortened(files[0]?.name.split('/').pop() ?? '', 300) || 'model';
  return { source: { kind: 'pieces', files }, name, uploads };
}
