import { z } from 'zod';
import type { LeasedJob, LeaseRequest } from '#platform/bus/bus.ts';
import type { OperationDeps } from './operations/operation.ts';
import { settleJob } from './settle/settle.ts';
import { listWatchingRenders } from './store/job-pictures.ts';

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
    if (jobs.length > 0 || left <= 0) return signal.aborted ? giveBack(deps, jobs) : withWatchers(deps, jobs);
    await deps.bus.waitForWork(lease.kinds, left, signal);
  }
  return [];
}

/** The worker hung up while its jobs were being leased: nobody would work on them until the lease ran out. */
async function giveBack(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  for (const job of jobs) await settleJob(deps, job.id, job.token, { type: 'released' });
  return [];
}

/** The payload of a picture that is traced, which may be watched while it is made. */
const Traced = z.looseObject({ request: z.looseObject({ integrator: z.literal('path') }) });

/** Tells the workers which pictures somebody wants to see while they are made. */
async function withWatchers(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const traced = jobs.filter(({ kind, payload }) => kind === 'render.image' && Traced.safeParse(payload).success);
  const watching = await listWatchingRenders(
    deps.database.kysely,
    traced.map(({ id }) => id),
  );
  const watched = new Set(watching.map(({ job_id }) => job_id));
  return jobs.map((job) =>
    watched.has(job.id) ? { ...job, payload: { ...Traced.parse(job.payload), pictures: true } } : job,
  );
}
