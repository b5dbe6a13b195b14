import type { z } from 'zod';
import type { BatchId, ProjectId } from '#contracts/ids/ids.ts';
import type { Batch, BatchItemInput, BatchSummary } from '#contracts/rest/resources/batch.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Batches: many renders and recipes with one request. */
export function createBatches(requester: Requester) {
  const pathOf = (id: BatchId) => `/v1/batches/${id}`;
  return {
    /** Each item is taken or refused by itself: see `items` of the answer. */
    create: (
      items: z.input<typeof BatchItemInput>[],
      { priority, projectId }: { priority?: number; projectId?: ProjectId } = {},
    ) => requester.json<Batch>('POST', '/v1/batches', { json: { items, projectId }, query: { priority } }),
    get: (id: BatchId) => requester.json<Batch>('GET', pathOf(id)),
    /** Newest first, without their items. */
    list: ({ projectId, ...options }: ListOptions & { projectId?: ProjectId } = {}) =>
      itemsOf<BatchSummary>(requester, '/v1/batches', { projectId }, options),
    cancel: (id: BatchId) => requester.json<Batch>('POST', `${pathOf(id)}/cancel`),
  };
}
