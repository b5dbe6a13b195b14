import type { JobId, OrganizationId } from '#contracts/ids/ids.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { canceledByRequest, jobEnded } from '../errors.ts';
import { effectsOfCancel } from '../settle/settle.ts';
import { tryLockAsset } from '../store/assets.ts';
import { findJob, isShown, readJob } from '../store/jobs.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Cancels a job, and with it the version or the renders that wait for it.
 *
 * @throws MaquetteError `not_found`, `conflict` when it has ended
 */
export async function cancelJob(deps: OperationDeps, organizationId: OrganizationId, jobId: JobId): Promise<Job> {
  return deps.database.transaction(async (trx) => {
    const job = await findJob(trx, jobId);
    if (!job || job.organizationId !== organizationId || job.parentId !== null || !isShown(job)) {
      throw notFound('job', jobId);
    }
    const asset = job.assetId === null ? undefined : await tryLockAsset(trx, organizationId, job.assetId);
    if (!(await deps.bus.cancel(trx, jobId))) {
      throw jobEnded(jobId, (await readJob(trx, organizationId, jobId)).state);
    }
    const events = asset ? await effectsOfCancel(trx, deps, job, asset, canceledByRequest(jobId)) : [];
    for (const event of events) await deps.bus.publish(trx, event);
    await deps.bus.publish(trx, {
      type: 'job_canceled',
      organizationId,
      projectId: asset?.projectId ?? null,
      subject: { type: 'job', id: jobId },
      data: { jobId, assetId: job.assetId, kind: job.kind },
    });
    return readJob(trx, organizationId, jobId);
  });
}
