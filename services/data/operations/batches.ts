import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { type BatchId, newId, type OrganizationId, type ProjectId } from '#contracts/ids/ids.ts';
import { taskOf } from '#contracts/render/render-request.ts';
import type { CheckedItem } from '#contracts/rest/data/jobs.ts';
import type { Batch } from '#contracts/rest/resources/batch.ts';
import { nested } from '#platform/database/nested.ts';
import { insertBatch, listOpenJobsOf, type NewBatchItem, readBatch } from '../store/batches.ts';
import { holdProject } from '../store/projects.ts';
import type { DataTrx } from '../tables.ts';
import { cancelJob } from './cancel-job.ts';
import type { OperationDeps } from './operation.ts';
import { requestRender } from './request-render.ts';
import { runRecipe } from './run-recipe.ts';

/**
 * Records a batch with its jobs in one transaction. Each item is taken or refused by itself; the refusal of one undoes
 * nothing of the others.
 *
 * @throws MaquetteError `not_found` (the project)
 */
export async function createBatch(
  deps: OperationDeps,
  organizationId: OrganizationId,
  {
    items,
    priority,
    projectId,
  }: { items: readonly CheckedItem[]; priority: number; projectId?: ProjectId | undefined },
): Promise<Batch> {
  return deps.database.transaction(async (trx) => {
    if (projectId !== undefined) await holdProject(trx, organizationId, projectId);
    const recorded: NewBatchItem[] = [];
    // By asset, as it is locked: two batches about the same assets take turns in one order.
    for (const [index, item] of [...items.entries()].sort(([, a], [, b]) => (assetOf(a) < assetOf(b) ? -1 : 1))) {
      recorded[index] = await record(trx, deps, organizationId, item, priority);
    }
    const id = newId('batch');
    await insertBatch(trx, organizationId, { id, projectId: projectId ?? null }, recorded);
    return readBatch(trx, organizationId, id);
  });
}

/** Cancels the jobs that a batch began. @throws MaquetteError `not_found` */
export async function cancelBatch(deps: OperationDeps, organizationId: OrganizationId, id: BatchId): Promise<Batch> {
  return deps.database.transaction(async (trx) => {
    await readBatch(trx, organizationId, id);
    const within = { ...deps, database: nested(deps.database, trx) };
    for (const jobId of await listOpenJobsOf(trx, id)) {
      try {
        await cancelJob(within, organizationId, jobId);
      } catch (thrown) {
        // It ended at this moment.
        if (!(thrown instanceof MaquetteError && thrown.code === 'conflict')) throw thrown;
      }
    }
    return readBatch(trx, organizationId, id);
  });
}

async function record(
  trx: DataTrx,
  deps: OperationDeps,
  organizationId: OrganizationId,
  item: CheckedItem,
  priority: number,
): Promise<NewBatchItem> {
  const refused = (error: object): NewBatchItem => ({
    job_id: null,
    began: false,
    render_id: null,
    error: JSON.stringify(error),
  });
  if (item.type === 'refused') return refused(item.error);
  const within = { ...deps, database: nested(deps.database, trx) };
  // Ids sort by the time they were made: a later one is that of a job which this item began.
  const before = newId('job');
  try {
    if (item.type === 'recipe') {
      const job = await runRecipe(within, organizationId, item.assetId, item.recipe, { priority });
      return { job_id: job.id, began: job.id > before, render_id: null, error: null };
    }
    const { assetId, request, progressPictures, estimate, referenceSeconds } = item;
    const render = await requestRender(within, organizationId, assetId, {
      request: taskOf(request),
      purpose: 'request',
      priority,
      progressPictures,
      estimate,
      referenceSeconds,
    });
    const leads = await trx.selectFrom('renders').select('leads').where('id', '=', render.id).executeTakeFirst();
    return { job_id: render.job, began: leads?.leads ?? false, render_id: render.id, error: null };
  } catch (thrown) {
    if (!(thrown instanceof MaquetteError) || thrown.fault === 'system') throw thrown;
    return refused(thrown.toValue());
  }
}

function assetOf(item: CheckedItem): string {
  return item.type === 'refused' ? '' : item.assetId;
}
