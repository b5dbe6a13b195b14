import type { NewEvent } from '#contracts/events/events.ts';
import type { JobId, VersionId } from '#contracts/ids/ids.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { LockedAsset } from '../store/assets.ts';
import type { JobLegacy } from '../store/jobs.ts';
import { recordFiles } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';

/**
 * The bytes of a version are there: records its files, whose blobs are claimed, and the job that processes them.
 *
 * @returns `model_uploaded`, to be published at the end of the transaction
 */
export async function startProcessing(
  trx: DataTrx,
  bus: Bus,
  asset: LockedAsset,
  version: { versionId: VersionId; jobId: JobId; files: SourceFile[] } & JobLegacy,
): Promise<NewEvent> {
  const { id: assetId, organizationId, projectId, name } = asset;
  const { versionId, jobId, files, traceParent, priority } = version;
  await recordFiles(trx, organizationId, versionId, files, jobId);
  await bus.enqueue(trx, {
    id: jobId,
    kind: 'geometry.process',
    organizationId,
    projectId,
    assetId,
    payload: { assetId, versionId, files },
    priority,
    traceParent,
  });
  return {
    type: 'model_uploaded',
    organizationId,
    projectId,
    subject: { type: 'asset', id: assetId },
    data: { assetId, versionId, jobId, name, bytes: files.reduce((sum, file) => sum + file.bytes, 0) },
  };
}
