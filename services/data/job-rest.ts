import type { JOB_DATA_OPERATIONS } from '#contracts/rest/data/jobs.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { onceOnly } from './idempotency.ts';
import { cancelBatch, createBatch } from './operations/batches.ts';
import type { OperationDeps } from './operations/operation.ts';
import { retryJob } from './operations/retry-job.ts';
import { created, ok, onceFor, onceRequest, tenant } from './rest-calls.ts';
import { listBatches, readBatch } from './store/batches.ts';
import { readUsage } from './store/usage.ts';

/** Handlers of the operations on batches, on jobs that are done again, and on usage. */
export function jobHandlers(deps: OperationDeps): OperationHandlers<typeof JOB_DATA_OPERATIONS> {
  const { kysely } = deps.database;
  return {
    retryJob: async (call) => ok(await retryJob(onceFor(deps, 'retryJob', call), tenant(call), call.params.jobId)),
    createBatch: async (call) => {
      const { asked, ...batch } = call.body;
      // What was found out about an item may be another at the next time; what was asked for is the same.
      const once = { ...onceRequest('createBatch', call), content: [asked, batch.priority] };
      return created(await createBatch(onceOnly(deps, once), tenant(call), batch));
    },
    listBatches: async (call) => ok(await listBatches(kysely, tenant(call), call.query)),
    getBatch: async (call) => ok(await readBatch(kysely, tenant(call), call.params.batchId)),
    cancelBatch: async (call) =>
      ok(await cancelBatch(onceFor(deps, 'cancelBatch', call), tenant(call), call.params.batchId)),
    getUsage: async (call) => ok(await readUsage(kysely, deps, tenant(call), call.query.days)),
  };
}
