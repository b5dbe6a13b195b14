import type { Selectable } from 'kysely';
import type { AssetId, JobId, OrganizationId, ProjectId } from '#contracts/ids/ids.ts';
import { type JobKind, ShownJobKind } from '#contracts/jobs/job-kinds.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Job, JobState } from '#contracts/rest/resources/job.ts';
import type { JobsTable } from '#platform/bus/tables.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { toPublicError } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';

/** Progress below which the time that is left cannot be told. */
const LEAST_TELLING_PROGRESS = 0.02;

/** What never changes of a job. */
export interface JobFacts {
  id: JobId;
  kind: JobKind;
  organizationId: OrganizationId;
  assetId: AssetId | null;
  /** The job that it is a part of. Parts are not shown to clients. */
  parentId: JobId | null;
  payload: unknown;
  /** When its newest lease began. */
  leasedAt: Date | null;
}

/** Filters of the list of jobs. */
export interface JobListRequest extends PageRequest {
  state?: JobState | undefined;
  kind?: ShownJobKind | undefined;
  assetId?: AssetId | undefined;
  projectId?: ProjectId | undefined;
}

/** Of any organisation: for the workers' calls, which prove themselves by the fencing token. */
export async function findJob(db: DataReader, id: JobId): Promise<JobFacts | undefined> {
  const row = await db
    .selectFrom('jobs')
    .select(['id', 'kind', 'organization_id', 'asset_id', 'parent_id', 'payload', 'leased_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      kind: row.kind,
      organizationId: row.organization_id,
      assetId: row.asset_id,
      parentId: row.parent_id,
      payload: row.payload,
      leasedAt: row.leased_at,
    }
  );
}

/** What of a job goes on with the jobs that its end causes. */
export interface JobLegacy {
  traceParent: string | undefined;
  priority: number;
}

/** What a job hands on; what nobody asked for when it is gone. */
export async function readLegacy(db: DataReader, id: JobId): Promise<JobLegacy> {
  const row = await db.selectFrom('jobs').select(['trace_parent', 'priority']).where('id', '=', id).executeTakeFirst();
  return { traceParent: row?.trace_parent ?? undefined, priority: row?.priority ?? 0 };
}

/** @throws MaquetteError `not_found` */
export async function readJob(db: DataReader, organizationId: OrganizationId, id: JobId): Promise<Job> {
  const [job] = await readJobs(db, organizationId, [id]);
  if (!job) throw notFound('job', id);
  return job;
}

/** Those of some that are there, and shown. */
export async function readJobs(db: DataReader, organizationId: OrganizationId, ids: JobId[]): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .where('parent_id', 'is', null)
    .execute();
  return rows.filter(isShown).map(toJob);
}

/** Newest first. */
export async function listJobs(
  db: DataReader,
  organizationId: OrganizationId,
  request: JobListRequest,
): Promise<Page<Job>> {
  const start = startOf('job', request);
  let query = db
    .selectFrom('jobs')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('kind', 'in', ShownJobKind.options)
    .where('parent_id', 'is', null);
  if (start !== null) query = query.where('id', '<', start);
  if (request.state !== undefined) query = query.where('state', '=', request.state);
  if (request.kind !== undefined) query = query.where('kind', '=', request.kind);
  if (request.assetId !== undefined) query = query.where('asset_id', '=', request.assetId);
  if (request.projectId !== undefined) query = query.where('project_id', '=', request.projectId);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows.filter(isShown), request, toJob);
}

/** The jobs of an asset that have not ended; their parts end with them. */
export async function listOpenJobs(
  trx: DataTrx,
  organizationId: OrganizationId,
  assetId: AssetId,
): Promise<{ id: JobId; kind: JobKind }[]> {
  return trx
    .selectFrom('jobs')
    .select(['id', 'kind'])
    .where('organization_id', '=', organizationId)
    .where('asset_id', '=', assetId)
    .where('parent_id', 'is', null)
    .where('state', 'in', ['queued', 'running'])
    .orderBy('id')
    .execute();
}

/** The jobs of an asset move with it to another project. */
export async function moveJobs(
  trx: DataTrx,
  organizationId: OrganizationId,
  assetId: AssetId,
  projectId: ProjectId,
): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ project_id: projectId })
    .where('organization_id', '=', organizationId)
    .where('asset_id', '=', assetId)
    .execute();
}

/** Lets a job that still waits run earlier, because somebody with a higher priority joined it. */
export async function raisePriority(trx: DataTrx, id: JobId, priority: number): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ priority })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .where('priority', '<', priority)
    .execute();
}

/** What the parts of a job said of their results, those that have succeeded. */
export async function listPartResults(trx: DataTrx, id: JobId): Promise<Record<string, unknown>[]> {
  const rows = await trx
    .selectFrom('jobs')
    .select('result')
    .where('parent_id', '=', id)
    .where('state', '=', 'succeeded')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ result }) => (result === null ? [] : [result]));
}

type ShownRow = Selectable<JobsTable> & { kind: ShownJobKind };

/** Whether clients are shown a job. */
export function isShown<Row extends { kind: JobKind }>(row: Row): row is Row & { kind: ShownJobKind } {
  return ShownJobKind.safeParse(row.kind).success;
}

function toJob(row: ShownRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    progress: row.progress,
    stage: row.stage,
    priority: row.priority,
    attempt: row.attempt,
    projectId: row.project_id,
    assetId: row.asset_id,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    etaSeconds: etaSeconds(row, Date.now()),
    result: row.result,
    error: row.error && toPublicError(row.error),
  };
}

/**
 * Seconds until a running job ends when it goes on as it did so far; null when that cannot be told. Between two signs of
 * progress they become fewer, as time passes, but not fewer than it has been silent: what takes longer than was foreseen
 * is not about to end.
 *
 * @param now milliseconds since 1970
 */
export function etaSeconds(
  job: Pick<Selectable<JobsTable>, 'state' | 'progress' | 'attempt' | 'started_at' | 'leased_at' | 'progressed_at'>,
  now: number,
): number | null {
  const { state, progress, progressed_at } = job;
  // A further attempt begins anew: what was waited for in between and lost says nothing of its pace.
  const began = job.attempt > 1 ? job.leased_at : job.started_at;
  if (state !== 'running' || began === null || progressed_at === null || progress < LEAST_TELLING_PROGRESS) return null;
  if (progress === 1) return 0;
  const taken = Math.max(0, progressed_at.getTime() - began.getTime()) / 1000;
  const silent = Math.max(0, now - progressed_at.getTime()) / 1000;
  const left = (taken * (1 - progress)) / progress - silent;
  return Math.round(Math.max(left, silent) * 10) / 10;
}
