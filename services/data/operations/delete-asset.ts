import type { AssetId, OrganizationId } from '#contracts/ids/ids.ts';
import { deleteAssetRows, lockAsset } from '../store/assets.ts';
import { listOpenJobs } from '../store/jobs.ts';
import { releaseUploads } from '../store/uploads.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Deletes an asset with everything made from it and cancels its jobs. Its blobs stay until the sweep finds that nobody
 * refers to them.
 *
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function deleteAsset(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  ifRevision: number | undefined,
): Promise<void> {
  await deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId, ifRevision);
    const { projectId } = asset;
    const canceled = [];
    for (const job of await listOpenJobs(trx, organizationId, assetId)) {
      if (await deps.bus.cancel(trx, job.id)) canceled.push(job);
    }
    await releaseUploads(trx, organizationId, assetId);
    await deleteAssetRows(trx, asset);
    for (const job of canceled) {
      await deps.bus.publish(trx, {
        type: 'job_canceled',
        organizationId,
        projectId,
        subject: { type: 'job', id: job.id },
        data: { jobId: job.id, assetId, kind: job.kind },
      });
    }
    await deps.bus.publish(trx, {
      type: 'asset_deleted',
      organizationId,
      projectId,
      subject: { type: 'asset', id: assetId },
      data: { assetId },
    });
  });
}
