import type { JobId } from '#contracts/ids/ids.ts';
import type { LeasedJob, LeaseRequest } from '#platform/bus/bus.ts';
import type { OperationDeps } from './operations/operation.ts';
import { settleJob } from './settle/settle.ts';
import { readProgress } from './store/jobs.ts';

/**
 * Leases waiting jobs; when there are none, waits for some. Answers with none after `waitMs` at the latest, or when the
 * signal aborts.
 */
export async function leaseJobs(
  deps: OperationDeps,
  request: LeaseRequest & { waitMs: number },
  signal: AbortSignal,
): Promise<LeasedJob[]> {
  const { waitMs, ...lease } = request;
  const until = Date.now() + waitMs;
  while (!signal.aborted) {
    const jobs = await deps.bus.lease(lease);
    const left = until - Date.now();
    if (jobs.length > 0 || left <= 0) return signal.aborted ? giveBack(deps, jobs) : jobs;
    await deps.bus.waitForWork(lease.kinds, left, signal);
  }
  return [];
}

/** Prolongs a lease and tells listeners of the job's progress when it moved. */
export async function heartbeat(
  deps: OperationDeps,
  beat: { jobId: JobId; token: number; leaseMs: number; progress: number; stage: string },
): Promise<'running' | 'canceled' | 'lost'> {
  const before = await readProgress(deps.database.kysely, beat.jobId);
  const state = await deps.bus.heartbeat(beat.jobId, beat.token, beat.leaseMs, beat.progress, beat.stage);
  if (state !== 'running' || !before) return state;
  if (beat.progress <= before.progress && beat.stage === before.stage) return state;
  // Clients know a part's parent alone; the bus has just summed its parts up.
  const shown = before.parentId === null ? undefined : await readProgress(deps.database.kysely, before.parentId);
  const jobId = before.parentId ?? beat.jobId;
  await deps.bus.broadcast({
    id: null,
    type: 'job_progress',
    time: new Date().toISOString(),
    organizationId: before.organizationId,
    projectId: before.projectId,
    subject: { type: 'job', id: jobId },
    data: {
      jobId,
      assetId: before.assetId,
      kind: shown?.kind ?? before.kind,
      progress: shown?.progress ?? Math.max(beat.progress, before.progress),
      stage: shown?.stage ?? beat.stage,
    },
  });
  return state;
}

/** The worker hung up while its jobs were being leased: nobody would work on them until the lease ran out. */
async function giveBack(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  for (const job of jobs) await settleJob(deps, job.id, job.token, { type: 'released' });
  return [];
}
