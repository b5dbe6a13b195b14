import type { LeasedJob, LeaseRequest } from '#platform/bus/bus.ts';
import type { OperationDeps } from './operations/operation.ts';
import { settleJob } from './settle/settle.ts';

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

/** The worker hung up while its jobs were being leased: nobody would work on them until the lease ran out. */
async function giveBack(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  for (const job of jobs) await settleJob(deps, job.id, job.token, { type: 'released' });
  return [];
}
