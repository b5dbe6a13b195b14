import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { JobId, OrganizationId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import type { Database } from '../database/database.ts';
import type { LeasedJob, LeaseRequest } from './bus.ts';
import { milliseconds } from './job-progress.ts';
import type { BusTables } from './tables.ts';

/** How many jobs an organisation may have under leases at once. */
export interface RunningLimits {
  /** Of an organisation without a limit of its own; null: any number. */
  usual: number | null;
  /** Of organisations whose `organization_id` another owner's table lists, unless `of` has one of their own. */
  listed?: { table: string; limit: number | null };
  /** By organisation. */
  of: Readonly<Record<OrganizationId, number | null>>;
  /** Kinds that are neither counted nor limited. */
  exempt: readonly JobKind[];
}

/** By what rules jobs are handed out. */
export interface LeaseRules {
  /** See `AttemptRules`. */
  lostLeases: number;
  limits: RunningLimits | null;
}

/** How long a job that `exhausted` gave stays with who asked. */
const EXHAUSTED_LEASE_MS = 60_000;
/**
 * Jobs of each organisation beyond those asked for that are looked at, in case other workers are just taking the first
 * ones: few at first, more when all of these are being taken.
 */
const SPARE = { first: 3, again: 100 };
/** Key of the advisory lock under which limits are kept exactly; any number that no other part uses. */
const LEASE_LOCK = 7_201_534_002;

/**
 * Leases waiting jobs and those whose lease has run out.
 *
 * Organisations share the workers fairly: whoever has the fewest jobs under leases of these kinds is next, whatever
 * waits behind (max-min fairness), and among equals whose last lease is the longest ago, so that they take turns at a
 * single worker too. Within an organisation the order is by priority, then age. `skip locked` passes over
 * what another worker is taking at the same moment; no more rows are locked than are leased.
 */
export async function leaseJobs(
  database: Database<BusTables>,
  request: LeaseRequest,
  rules: LeaseRules,
): Promise<LeasedJob[]> {
  if (request.capacity < 1 || request.kinds.length === 0) return [];
  const take = async (spare: number) => {
    if (rules.limits === null) return lease(database.kysely, request, rules, spare);
    return database.transaction(async (trx) => {
      // Two that lease at once would each see room for one more.
      await sql`select pg_advisory_xact_lock(${sql.lit(LEASE_LOCK)})`.execute(trx);
      return lease(trx, request, rules, spare);
    });
  };
  let { rows } = await take(SPARE.first);
  if (rows.length === 0) ({ rows } = await take(SPARE.again));
  // RETURNING gives them in any order.
  return rows
    .sort((a, b) => b.priority - a.priority || +a.created_at - +b.created_at || (a.id < b.id ? -1 : 1))
    .map(toLeasedJob);
}

function lease(db: Kysely<BusTables>, request: LeaseRequest, rules: LeaseRules, spare: number) {
  const { worker, kinds, capacity, leaseMs } = request;
  const reach = capacity + spare;
  return sql<LeasedRow>`
    with recursive
      ${claimable(kinds, reach, rules)},
      taken as materialized (
        select jobs.id from (select * from claimable order by ${IN_TURN} limit ${reach}) as claimable
        join jobs on jobs.id = claimable.id
        -- Checked again under the lock.
        where (jobs.state = 'queued' and not jobs.held)
          or (jobs.state = 'running' and jobs.lease_until < statement_timestamp())
        order by ${IN_TURN} limit ${capacity}
        for update of jobs skip locked
      ),
      leased as (
        update jobs set
          state = 'running', attempt = attempt + 1, lease_token = lease_token + 1, lease_owner = ${worker},
          lease_until = statement_timestamp() + ${milliseconds(leaseMs)}, leased_at = statement_timestamp(),
          stage = '', delayed = false,
          -- An attempt that begins anew tells nothing of the time that is left until it is further than the one before.
          progressed_at = case when lease_owner is null then progressed_at end,
          -- A job that was released has run through its parts, and had no lease of its own yet.
          lost_leases = lost_leases + (state = 'running' and lease_owner is not null)::int,
          started_at = coalesce(started_at, statement_timestamp())
        where id in (select id from taken)
        returning ${LEASED_COLUMNS}, parent_id
      ),
      begun as (
        update jobs set state = 'running', started_at = statement_timestamp()
        where id in (
          -- Passed over as parts are: two leases that hold parts of the same two parents would wait for one another.
          select id from jobs where id in (select parent_id from leased) and state = 'queued' and held
          for update skip locked
        )
      )
    select * from leased`.execute(db);
}

const IN_TURN = sql`claimable.turn, claimable.served_at nulls first, claimable.priority desc, claimable.created_at,
  claimable.id`;

/**
 * Tables of a WITH RECURSIVE; the last, `claimable`, holds the jobs that can be leased now, each with its turn (how many
 * jobs its organisation has when it runs) and the time at which its organisation last got a lease.
 *
 * The organisations that have jobs waiting are found by leaps through the index (a loose index scan), so that a hundred
 * thousand jobs of one cost no more than one of it. Failed jobs that wait for another attempt are not in that index.
 *
 * @param reach jobs that are looked at of each organisation
 */
function claimable(kinds: readonly JobKind[], reach: number, { lostLeases, limits }: LeaseRules): RawBuilder<unknown> {
  const waiting = sql`jobs.state = 'queued' and not jobs.held and not jobs.delayed`;
  const columns = sql`jobs.id, jobs.kind, jobs.organization_id, jobs.priority, jobs.created_at`;
  const ofEachKind = (condition: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
    select found.* from wanted cross join lateral (
      select ${columns} from jobs where jobs.kind = wanted.kind and ${condition} order by ${order} limit ${reach}
    ) as found`;
  const exempt = limits?.exempt ?? [];
  return sql`
    wanted (kind) as (select unnest(${kinds}::text[])),
    organizations (kind, organization_id) as (
      select wanted.kind, first.organization_id from wanted cross join lateral (
        select organization_id from jobs where jobs.kind = wanted.kind and ${waiting} order by organization_id limit 1
      ) as first
      union all
      select before.kind, next.organization_id from organizations as before cross join lateral (
        select organization_id from jobs
        where jobs.kind = before.kind and ${waiting} and jobs.organization_id > before.organization_id
        order by organization_id limit 1
      ) as next
    ),
    running (organization_id, alike, limited) as (
      select organization_id, count(*) filter (where kind in (select kind from wanted)),
        count(*) filter (where kind <> all (${exempt}::text[]))
      from jobs where state = 'running' and lease_until >= statement_timestamp() group by organization_id
    ),
    candidates as (
      select found.* from organizations cross join lateral (
        select ${columns} from jobs
        where jobs.kind = organizations.kind and jobs.organization_id = organizations.organization_id and ${waiting}
        order by priority desc, created_at, id
        -- A plain number: with any other the planner expects a million rows and compiles the query for half a second.
        limit ${reach}
      ) as found
      union all
      ${ofEachKind(sql`jobs.state = 'queued' and not jobs.held and jobs.delayed and jobs.run_at <= statement_timestamp()`, sql`run_at`)}
      union all
      ${ofEachKind(sql`jobs.state = 'running' and jobs.lease_until < statement_timestamp() and not ${givenUp(lostLeases)}`, sql`lease_until`)}
    ),
    served (organization_id, served_at) as (
      select asking.organization_id, max(newest.leased_at)
      from (select distinct organization_id from candidates) as asking cross join wanted left join lateral (
        select leased_at from jobs
        where jobs.organization_id = asking.organization_id and jobs.kind = wanted.kind and leased_at is not null
        order by leased_at desc limit 1
      ) as newest on true
      group by asking.organization_id
    ),
    ranked as (
      select candidates.*, served.served_at, coalesce(running.limited, 0) as limited, coalesce(running.alike, 0) as alike,
        row_number() over (partition by candidates.organization_id order by priority desc, created_at, id) as place
      from candidates join served on served.organization_id = candidates.organization_id
        left join running on running.organization_id = candidates.organization_id
    ),
    claimable as (
      select id, kind, priority, created_at, served_at, alike + place as turn from ranked ${withinLimit(limits)}
    )`;
}

function withinLimit(limits: RunningLimits | null): RawBuilder<unknown> {
  if (limits === null) return sql``;
  const own = sql`${JSON.stringify(limits.of)}::jsonb`;
  const { listed } = limits;
  const ofListed = listed
    ? sql`when exists (select from ${sql.table(listed.table)} as listed
          where listed.organization_id = ranked.organization_id) then ${listed.limit}::double precision`
    : sql``;
  return sql`
    where kind = any (${limits.exempt}::text[])
      or limited + place <= coalesce(
        case when ${own} ? organization_id then (${own} ->> organization_id)::double precision
          ${ofListed}
          else ${limits.usual}::double precision end,
        'infinity')`;
}

/**
 * For each kind the milliseconds until a job of it can be leased (0: now), null when none is in sight. One that its
 * organisation's limit holds back is not in sight: the end of another one tells of it.
 */
export async function findNextWork(
  database: Database<BusTables>,
  kinds: JobKind[],
  rules: LeaseRules,
): Promise<{ kind: JobKind; inMs: number | null }[]> {
  const { rows } = await sql<{ kind: JobKind; in_ms: number | null }>`
    with recursive ${claimable(kinds, 1, rules)}
    select wanted.kind, case when exists (select from claimable where claimable.kind = wanted.kind) then 0 else
      extract(epoch from least(
        (select min(run_at) from jobs where jobs.kind = wanted.kind and state = 'queued' and not held and delayed
          and run_at > statement_timestamp()),
        (select min(lease_until) from jobs where jobs.kind = wanted.kind and state = 'running'
          and lease_until >= statement_timestamp() and not ${givenUp(rules.lostLeases)})
      ) - statement_timestamp()) * 1000 end::double precision as in_ms
    from wanted`.execute(database.kysely);
  return rows.map(({ kind, in_ms }) => ({ kind, inMs: in_ms }));
}

/** See `Bus.exhausted`. */
export async function takeExhausted(
  database: Database<BusTables>,
  limit: number,
  lostLeases: number,
): Promise<LeasedJob[]> {
  const { rows } = await sql<LeasedRow>`
    update jobs set
      lease_token = lease_token + 1, lease_owner = 'exhausted',
      lease_until = statement_timestamp() + ${milliseconds(EXHAUSTED_LEASE_MS)}
    where id in (
      select id from jobs
      where state = 'running' and lease_until < statement_timestamp() and ${givenUp(lostLeases)}
      order by lease_until limit ${limit} for update skip locked
    )
    returning ${LEASED_COLUMNS}`.execute(database.kysely);
  return rows.map(toLeasedJob);
}

interface LeasedRow {
  id: JobId;
  kind: JobKind;
  organization_id: LeasedJob['organizationId'];
  payload: unknown;
  token: number;
  attempt: number;
  max_attempts: number;
  trace_parent: string | null;
  priority: number;
  created_at: Date;
}

const LEASED_COLUMNS = sql`id, kind, organization_id, payload, lease_token as token, attempt, max_attempts, trace_parent,
  priority, created_at`;

function toLeasedJob(row: LeasedRow): LeasedJob {
  return {
    id: row.id,
    kind: row.kind,
    organizationId: row.organization_id,
    payload: row.payload,
    token: row.token,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    traceParent: row.trace_parent,
  };
}

/** Whether a job whose lease runs out is not leased again: its attempts, but for the lost leases that do not count, are used up. */
function givenUp(lostLeases: number): RawBuilder<unknown> {
  return sql`(attempt - least(lost_leases + 1, ${lostLeases}::int) >= max_attempts)`;
}
