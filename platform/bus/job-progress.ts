import { type RawBuilder, sql } from 'kysely';
import type { AssetId, JobId, ProjectId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import type { Database } from '../database/database.ts';
import type { LeasedJob } from './bus.ts';
import type { BusTables, JobRowState } from './tables.ts';

/** What clients are to be told of a job: of a part its parent's. */
export interface ShownProgress {
  id: JobId;
  kind: JobKind;
  organizationId: LeasedJob['organizationId'];
  projectId: ProjectId | null;
  assetId: AssetId | null;
  progress: number;
  stage: string;
}

const SHOWN_COLUMNS = ['id', 'kind', 'organization_id', 'project_id', 'asset_id', 'progress', 'stage'] as const;
const shownColumns = (table: string) => sql.join(SHOWN_COLUMNS.map((name) => sql.ref(`${table}.${name}`)));

/** The row of a job under a lease, locked, as it is before a change. */
export const heldBy = (jobId: JobId, token: number) => sql`
  select id, progress, stage from jobs where id = ${jobId} and lease_token = ${token} and state = 'running' for update`;

/**
 * Adds what a part has gained to its parent, as long as that is held, and lends it the part's stage. A part's own
 * progress never goes back, so the parent's does not either.
 *
 * @param part name of a table with `parent_id`, `share`, `gained` and `stage`
 */
export const advanceParent = (part: string) => {
  const from = (name: string) => sql.ref(`${part}.${name}`);
  return sql`
    update jobs set
      progress = least(1, jobs.progress + ${from('share')} * ${from('gained')}),
      progressed_at = case when ${from('gained')} > 0 then statement_timestamp() else jobs.progressed_at end,
      stage = coalesce(nullif(${from('stage')}, ''), jobs.stage)
    from ${sql.table(part)}
    where jobs.id = ${from('parent_id')} and jobs.state in ('queued', 'running') and jobs.held
      and (${from('gained')} > 0 or ${from('stage')} not in ('', jobs.stage))
    returning ${shownColumns('jobs')}`;
};

/**
 * See `Bus.heartbeat`.
 *
 * @returns the state of the lease, and what is to be told when something moved
 */
export async function prolongLease(
  database: Database<BusTables>,
  jobId: JobId,
  token: number,
  leaseMs: number,
  progress: number,
  stage: string,
): Promise<{ state: 'running' | 'canceled' | 'lost'; shown?: ShownProgress }> {
  const done = Math.min(Math.max(progress, 0), 1) || 0;
  const { rows } = await sql<ShownRow | { id: null }>`
    with
      before as (${heldBy(jobId, token)}),
      beaten as (
        update jobs set
          lease_until = statement_timestamp() + ${milliseconds(leaseMs)},
          progress = greatest(jobs.progress, ${done}::double precision), stage = ${stage},
          progressed_at = case when ${done}::double precision > jobs.progress then statement_timestamp()
            else jobs.progressed_at end
        from before where jobs.id = before.id
        returning ${shownColumns('jobs')}, jobs.parent_id, jobs.share, jobs.progress - before.progress as gained,
          jobs.stage <> before.stage as turned
      ),
      whole as (${advanceParent('beaten')})
    select shown.* from beaten left join (
      select ${shownColumns('beaten')} from beaten where parent_id is null and (gained > 0 or turned)
      union all select * from whole
    ) as shown on true`.execute(database.kysely);
  const [row] = rows;
  if (row === undefined) {
    const job = await findJob(database.kysely, jobId);
    return { state: job?.state === 'canceled' && job.lease_token === token ? 'canceled' : 'lost' };
  }
  return row.id === null ? { state: 'running' } : { state: 'running', shown: toShown(row) };
}

interface ShownRow {
  id: JobId;
  kind: JobKind;
  organization_id: LeasedJob['organizationId'];
  project_id: ProjectId | null;
  asset_id: AssetId | null;
  progress: number;
  stage: string;
}

function toShown({ organization_id, project_id, asset_id, ...row }: ShownRow): ShownProgress {
  return { ...row, organizationId: organization_id, projectId: project_id, assetId: asset_id };
}

/** State and newest token of a job; null when there is none. */
export async function findJob(
  db: Database<BusTables>['kysely'],
  jobId: JobId,
): Promise<{ state: JobRowState; lease_token: number } | null> {
  const job = await db.selectFrom('jobs').select(['state', 'lease_token']).where('id', '=', jobId).executeTakeFirst();
  return job ?? null;
}

/** A number of milliseconds as an interval. */
export function milliseconds(count: number): RawBuilder<unknown> {
  return sql`${count}::double precision * interval '1 millisecond'`;
}
