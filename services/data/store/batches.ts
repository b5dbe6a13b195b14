import { type Selectable, sql } from 'kysely';
import type { BatchId, JobId, OrganizationId, ProjectId, RenderId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Batch, BatchItem, BatchSummary } from '#contracts/rest/resources/batch.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { toPublicError } from '../errors.ts';
import type { BatchesTable, BatchItemsTable, DataReader, DataTrx } from '../tables.ts';

/** What became of an item when it was recorded. */
export type NewBatchItem = Omit<BatchItemsTable, 'batch_id' | 'ordinal' | 'error'> & { error: string | null };

export async function insertBatch(
  trx: DataTrx,
  organizationId: OrganizationId,
  { id, projectId }: { id: BatchId; projectId: ProjectId | null },
  items: readonly NewBatchItem[],
): Promise<void> {
  await trx.insertInto('batches').values({ id, organization_id: organizationId, project_id: projectId }).execute();
  await trx
    .insertInto('batch_items')
    .values(items.map((item, ordinal) => ({ ...item, batch_id: id, ordinal })))
    .execute();
}

/** @throws MaquetteError `not_found` */
export async function readBatch(db: DataReader, organizationId: OrganizationId, id: BatchId): Promise<Batch> {
  const batch = await db
    .selectFrom('batches')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!batch) throw notFound('batch', id);
  const items = (await listItems(db, [id])).map(toItem);
  const [shown] = await summaries(db, [batch]);
  return { ...(shown as BatchSummary), items };
}

/** Newest first. */
export async function listBatches(
  db: DataReader,
  organizationId: OrganizationId,
  request: PageRequest & { projectId?: ProjectId | undefined },
): Promise<Page<BatchSummary>> {
  const { projectId } = request;
  const start = startOf('batch', request);
  const rows = await db
    .selectFrom('batches')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as BatchId))
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId as ProjectId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  const page = pageOfRows(rows, request, (row) => row);
  return { ...page, data: await summaries(db, page.data) };
}

/** The jobs that a batch began and that have not ended, those of one asset together. */
export async function listOpenJobsOf(trx: DataTrx, id: BatchId): Promise<JobId[]> {
  const rows = await trx
    .selectFrom('batch_items')
    .innerJoin('jobs', 'jobs.id', 'batch_items.job_id')
    .select('jobs.id')
    .where('batch_id', '=', id)
    .where('began', '=', true)
    .where('jobs.state', 'in', ['queued', 'running'])
    .orderBy('jobs.asset_id')
    .orderBy('jobs.id')
    .execute();
  return rows.map((row) => row.id);
}

interface ItemRow {
  batch_id: BatchId;
  ordinal: number;
  job_id: JobId | null;
  render_id: RenderId | null;
  error: BatchItemsTable['error']['__select__'];
  state: BatchItem['state'];
  progress: number;
}

async function listItems(db: DataReader, ids: readonly BatchId[]): Promise<ItemRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ItemRow>`
    select batch_id, ordinal, items.job_id, items.render_id, coalesce(items.error, jobs.error) as error,
      -- A job that ended long ago is forgotten; it is not kept for its batch.
      case when items.error is not null then 'refused' else coalesce(jobs.state, renders.state, 'succeeded') end as state,
      coalesce(jobs.progress, 1) as progress
    from batch_items as items
    left join jobs on jobs.id = items.job_id
    left join renders on renders.id = items.render_id
    where batch_id = any (${[...ids]}::text[]) order by batch_id, ordinal`.execute(db);
  return rows;
}

function toItem({ ordinal, state, job_id, render_id, error }: ItemRow): BatchItem {
  return { index: ordinal, state, job: job_id, render: render_id, error: error && toPublicError(error) };
}

async function summaries(db: DataReader, batches: Selectable<BatchesTable>[]): Promise<BatchSummary[]> {
  const items = Map.groupBy(
    await listItems(
      db,
      batches.map(({ id }) => id),
    ),
    ({ batch_id }) => batch_id,
  );
  return batches.map(({ id, project_id, created_at }) => {
    const own = items.get(id) ?? [];
    const count = (state: BatchItem['state']) => own.filter((item) => item.state === state).length;
    const counts = {
      queued: count('queued'),
      running: count('running'),
      succeeded: count('succeeded'),
      failed: count('failed'),
      canceled: count('canceled'),
      refused: count('refused'),
    };
    const open = counts.queued + counts.running;
    const done = own.reduce(
      (sum, { state, progress }) => sum + (state === 'queued' || state === 'running' ? progress : 1),
      0,
    );
    return {
      id,
      projectId: project_id,
      state: open > 0 ? 'running' : 'ended',
      counts,
      progress: own.length === 0 ? 1 : done / own.length,
      createdAt: created_at.toISOString(),
    };
  });
}

/** Deletes batches that are older than their jobs are remembered. */
export async function forgetBatches(db: DataReader, madeBefore: Date): Promise<void> {
  await db.deleteFrom('batches').where('created_at', '<', madeBefore).execute();
}
