import { z } from 'zod';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { lastKnown, planOf, runsOf } from '#contracts/operations/recipe-plan.ts';
import { stepKeys } from '#contracts/operations/step-keys.ts';
import type { LeasedJob, LeaseRequest } from '#platform/bus/bus.ts';
import { otherGone } from './errors.ts';
import type { OperationDeps } from './operations/operation.ts';
import { contentsOf, findGone } from './operations/with-others.ts';
import { settleJob } from './settle/settle.ts';
import { listWatchingRenders } from './store/job-pictures.ts';
import { useStates } from './store/recipe-states.ts';
import { decideJobs } from './test-mode/decide-jobs.ts';
import { withMessages } from './webhooks/with-messages.ts';

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
    const leased = await deps.bus.lease(lease);
    const jobs = await withoutLostOthers(deps, await decideJobs(deps, leased));
    // More may wait behind what is decided or lost.
    if (jobs.length < leased.length && jobs.length === 0) continue;
    const left = until - Date.now();
    if (jobs.length > 0 || left <= 0) return signal.aborted ? giveBack(deps, jobs) : withAdditions(deps, jobs);
    await deps.bus.waitForWork(lease.kinds, left, signal);
  }
  return [];
}

/** The worker hung up while its jobs were being leased: nobody would work on them until the lease ran out. */
async function giveBack(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  for (const job of jobs) await settleJob(deps, job.id, job.token, { type: 'released' });
  return [];
}

/** Adds to payloads what is known only now. */
async function withAdditions(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  return withMessages(deps, await withStates(deps, await withWatchers(deps, jobs)));
}

/** Ends recipes that take an asset which is not there any more: what they were asked to make cannot be made. */
async function withoutLostOthers(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const possible: LeasedJob[] = [];
  for (const job of jobs) {
    const payload = job.kind === 'geometry.recipe' ? JOB_KINDS['geometry.recipe'].payload.safeParse(job.payload) : null;
    const gone = payload?.success && (await findGone(deps.database.kysely, payload.data.others));
    if (!gone) possible.push(job);
    else {
      const error = otherGone(gone.assetId).toValue();
      await settleJob(deps, job.id, job.token, { type: 'failed', error, retryable: false });
    }
  }
  return possible;
}

/** One recipe keeps at most this share of what all may keep, and at most so many bytes. */
const KEPT_SHARE = 0.25;
const MOST_KEPT_BYTES = 512 * 1024 ** 2;

/** Tells the workers of recipes what they can go on from, and how much they may keep. */
async function withStates(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const { database, recipeCacheBytes } = deps;
  if (recipeCacheBytes === 0) return jobs;
  const keepBytes = Math.floor(Math.min(MOST_KEPT_BYTES, recipeCacheBytes * KEPT_SHARE));
  const added: LeasedJob[] = [];
  for (const job of jobs) {
    const payload = job.kind === 'geometry.recipe' ? JOB_KINDS['geometry.recipe'].payload.safeParse(job.payload) : null;
    if (!payload?.success) {
      added.push(job);
      continue;
    }
    const { recipe, glb, others } = payload.data;
    const contents = contentsOf(others);
    const runs = runsOf(planOf(recipe)).map((plan) => ({ plan, keys: stepKeys(plan, glb.sha256, contents) }));
    const known = await database.transaction((trx) =>
      useStates(trx, job.organizationId, [...new Set(runs.flatMap(({ keys }) => keys))]),
    );
    const needed = new Set(runs.flatMap(({ plan, keys }) => lastKnown(plan, keys, known)));
    const states = [...known.values()].filter(({ key }) => needed.has(key));
    added.push({ ...job, payload: { ...payload.data, states, keepBytes } });
  }
  return added;
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
