import type { JobId, OrganizationId } from '#contracts/ids/ids.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { assetGone, jobNotFailed } from '../errors.ts';
import { requireRoomInQueue } from '../quotas/require-quota.ts';
import { effectsOfRetry } from '../settle/settle.ts';
import { tryLockAsset } from '../store/assets.ts';
import { findJob, isShown, readJob } from '../store/jobs.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Queues a job that failed or was canceled once more, and lets what waited for it wait again.
 *
 * @throws MaquetteError `not_found`; `conflict` when it neither failed nor was canceled, when its asset was deleted, or
 * when another job does the same by now; `quota_exceeded`
 */
export async function retryJob(deps: OperationDeps, organizationId: OrganizationId, jobId: JobId): Promise<Job> {
  return deps.database.transaction(async (trx) => {
    const job = await findJob(trx, jobId);
    if (!job || job.organizationId !== organizationId || job.parentId !== null || !isShown(job)) {
      throw notFound('job', jobId);
    }
    const asset = job.assetId === null ? undefined : await tryLockAsset(trx, organizationId, job.assetId);
    if (!asset) throw assetGone(jobId);
    await requireRoomInQueue(trx, deps, organizationId);
    if (!(await deps.bus.retry(trx, jobId))) {
      throw jobNotFailed(jobId, (await readJob(trx, organizationId, jobId)).state);
    }
    await effectsOfRetry(trx, deps, job, asset);
    await deps.bus.publish(trx, {
      type: 'job_retried',
      organizationId,
      projectId: asset.projectId,
      subject: { type: 'job', id: jobId },
      data: { jobId, assetId: asset.id, kind: job.kind },
    });
    return readJob(trx, organizationId, jobId);
  });
}
