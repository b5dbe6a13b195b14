import { type RawBuilder, sql } from 'kysely';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { JobId } from '#contracts/ids/ids.ts';
import type { JobKind, JobPayload } from '#contracts/jobs/job-kinds.ts';
import type { Database, Trx } from '../database/database.ts';
import type { JobOutcome, NewJob, Settled } from './bus.ts';
import { CHANNELS } from './channels.ts';
import { leaseLost } from './errors.ts';
import { advanceParent, findJob, heldBy } from './job-progress.ts';
import type { BusTables } from './tables.ts';

/** Pause before a failed job is tried again: doubles with each attempt, less up to half of it by chance. */
export interface RetryDelay {
  firstMs: number;
  longestMs: number;
  /** From 0 up to 1; seeded in tests. */
  random: () => number;
}

/** Rules by which a job is given up. */
export interface AttemptRules {
  delay: RetryDelay;
  /**
   * Leases that may run out without counting as an attempt. A lease runs out when its worker's whole process died, by
   * a power cut or a deployment, which says nothing about the job; a job that kills its worker each time must end all
   * the same.
   */
  lostLeases: number;
}

const MAX_ATTEMPTS = 3;

/** Puts jobs into the queue, in the order in which they are given, with one statement. */
export async function enqueueJobs(trx: Trx<BusTables>, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const rows = jobs.map(
    (job) => sql`(${job.id}, ${job.kind}, ${job.organizationId}, ${job.projectId}, ${job.assetId},
      ${JSON.stringify(job.payload)}, ${job.priority ?? 0}, ${job.maxAttempts ?? MAX_ATTEMPTS},
      ${job.traceParent ?? null}, ${job.parent?.id ?? null}, ${job.parent?.share ?? 0}, ${job.held ?? false})`,
  );
  await sql`
    with added as (
      insert into jobs (id, kind, organization_id, project_id, asset_id, payload, priority, max_attempts, trace_parent,
        parent_id, share, held)
      values ${sql.join(rows)}
      returning kind, held
    )
    select pg_notify(${CHANNELS.work}, kind) from (select distinct kind from added where not held) as kinds`.execute(
    trx,
  );
}

/** See `Bus.settle`. */
export async function settleLease(
  trx: Trx<BusTables>,
  jobId: JobId,
  token: number,
  outcome: JobOutcome,
  rules: AttemptRules,
): Promise<Settled> {
  const { rows } = await settle(trx, heldBy(jobId, token), outcome, rules);
  const settled = rows[0];
  if (settled !== undefined) {
    switch (settled.state) {
      case 'queued':
        return outcome.type === 'released' ? 'released' : 'retried';
      case 'succeeded':
        return 'succeeded';
      case 'failed':
        return 'failed';
    }
  }
  const job = await findJob(trx, jobId);
  if (job === null) throw leaseLost(jobId, token, 'the job does not exist any more');
  if (job.lease_token !== token) throw leaseLost(jobId, token, `lease ${job.lease_token} has taken its place`);
  if (job.state === 'canceled') throw leaseLost(jobId, token, 'the job was canceled');
  return 'repeated';
}

function settle(
  trx: Trx<BusTables>,
  held: RawBuilder<unknown>,
  outcome: JobOutcome,
  { delay, lostLeases }: AttemptRules,
) {
  const ended = sql`finished_at = clock_timestamp(), lease_until = null`;
  switch (outcome.type) {
    case 'succeeded':
      return sql<{ state: 'succeeded' }>`
        with
          held as (${held}),
          settled as (
            update jobs set state = 'succeeded', result = ${JSON.stringify(outcome.result)}, error = null, progress = 1, ${ended}
            from held where jobs.id = held.id
            returning jobs.id, jobs.state, jobs.parent_id, jobs.share, 1 - held.progress as gained, '' as stage
          ),
          whole as (${advanceParent('settled')})
        select state, pg_notify(${CHANNELS.end}, id) from settled`.execute(trx);
    case 'released':
      return sql<{ state: 'queued' }>`
        with held as (${held}), settled as (
          update jobs set state = 'queued', attempt = attempt - 1, run_at = clock_timestamp(), lease_until = null, stage = '', delayed = false
          where id in (select id from held) returning kind, state
        )
        select state, pg_notify(${CHANNELS.work}, kind) from settled`.execute(trx);
    case 'failed': {
      const attempts = sql`(attempt - least(lost_leases, ${lostLeases}::int))`;
      const again = sql`${outcome.retryable}::boolean and ${attempts} < max_attempts`;
      const share = 1 - delay.random() / 2;
      const usual = sql`least(${delay.firstMs} * power(2, ${attempts} - 1), ${delay.longestMs}) * ${share}::double precision`;
      const pause =
        outcome.retryAfterMs === undefined ? sql`(${usual})` : sql`${outcome.retryAfterMs}::double precision`;
      return sql<{ state: 'queued' | 'failed' }>`
        with held as (${held}), settled as (
          update jobs set
            state = case when ${again} then 'queued' else 'failed' end, delayed = ${again},
            run_at = case when ${again} then clock_timestamp() + ${pause} * interval '1 millisecond' else run_at end,
            finished_at = case when ${again} then null else clock_timestamp() end,
            error = ${JSON.stringify(outcome.error)}, lease_until = null
          where id in (select id from held) returning id, kind, state, ${pause} as pause
        )
        select state, case state
          when 'queued' then pg_notify(${CHANNELS.work}, kind || ' ' || ceil(pause)) else pg_notify(${CHANNELS.end}, id)
        end from settled`.execute(trx);
    }
  }
}

/** See `Bus.cancel`. */
export async function cancelJob(trx: Trx<BusTables>, jobId: JobId): Promise<boolean> {
  // The parts first: a lease takes a part and then its parent, and the other order could deadlock with it.
  await endUnsettled(trx, sql`parent_id = ${jobId}`, 'canceled', null);
  return (await endUnsettled(trx, sql`id = ${jobId}`, 'canceled', null)) > 0;
}

/** See `Bus.retry`. */
export async function retryJob(trx: Trx<BusTables>, jobId: JobId): Promise<boolean> {
  const { rows: parts } = await queueAgain(trx, sql`parent_id = ${jobId}`, false);
  const { rows } = await queueAgain(trx, sql`id = ${jobId} and state in ('failed', 'canceled')`, parts.length > 0);
  return rows.length > 0;
}

/** Makes jobs what they were when they were queued; only the fencing token goes on. */
function queueAgain(trx: Trx<BusTables>, which: RawBuilder<unknown>, held: boolean) {
  return sql`
    with again as (
      update jobs set
        state = 'queued', held = ${held}, delayed = false, run_at = clock_timestamp(), attempt = 0, lost_leases = 0,
        lease_owner = null, lease_until = null, leased_at = null, progress = 0, progressed_at = null, stage = '',
        result = null, error = null, started_at = null, finished_at = null
      where ${which} returning kind, held
    )
    select case when held then null else pg_notify(${CHANNELS.work}, kind) end from again`.execute(trx);
}

/** See `Bus.fail`. */
export async function failJob(trx: Trx<BusTables>, jobId: JobId, error: ErrorValue): Promise<boolean> {
  await endUnsettled(trx, sql`parent_id = ${jobId}`, 'canceled', null);
  return (await endUnsettled(trx, sql`id = ${jobId}`, 'failed', error)) > 0;
}

/** Ends jobs whoever holds them. @returns how many had not ended */
async function endUnsettled(
  trx: Trx<BusTables>,
  which: RawBuilder<unknown>,
  state: 'canceled' | 'failed',
  error: ErrorValue | null,
): Promise<number> {
  const { rows } = await sql`
    with ended as (
      update jobs set
        state = ${state}, finished_at = clock_timestamp(), lease_until = null,
        error = coalesce(${error === null ? null : JSON.stringify(error)}::json, error)
      where ${which} and state in ('queued', 'running') returning id
    )
    select pg_notify(${CHANNELS.end}, id) from ended`.execute(trx);
  return rows.length;
}

/** See `Bus.release`. */
export async function releaseJob<K extends JobKind>(
  trx: Trx<BusTables>,
  jobId: JobId,
  kind: K,
  payload: JobPayload<K>,
): Promise<boolean> {
  // It runs already when its parts did; a lease that has run out is what the next worker takes.
  const { rows } = await sql`
    with released as (
      update jobs set
        held = false, payload = ${JSON.stringify(payload)}, run_at = statement_timestamp(),
        lease_until = case when state = 'running' then statement_timestamp() - interval '1 millisecond' end
      where id = ${jobId} and kind = ${kind} and held and state in ('queued', 'running')
      returning kind
    )
    select pg_notify(${CHANNELS.work}, kind) from released`.execute(trx);
  return rows.length > 0;
}

/** Which of these jobs have ended or do not exist. */
export async function findEnded(database: Database<BusTables>, jobIds: JobId[]): Promise<JobId[]> {
  const { rows } = await sql<{ id: JobId }>`
    select asked.id from unnest(${jobIds}::text[]) as asked (id) left join jobs on jobs.id = asked.id
    where coalesce(jobs.state, 'canceled') not in ('queued', 'running')`.execute(database.kysely);
  return rows.map(({ id }) => id);
}
