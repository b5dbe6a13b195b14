import type { z } from 'zod';
import type { BatchId } from '#contracts/ids/ids.ts';
import type { Batch, BatchInput, BatchSummary } from '#contracts/rest/resources/batch.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Batches: many renders and recipes with one request. */
export function createBatches(requester: Requester) {
  const pathOf = (id: BatchId) => `/v1/batches/${id}`;
  return {
    /** Each item is taken or refused by itself: see `items` of the answer. */
    create: (items: z.input<typeof BatchInput>['items'], { priority }: { priority?: number } = {}) =>
      requester.json<Batch>('POST', '/v1/batches', { json: { items }, query: { priority } }),
    get: (id: BatchId) => requester.json<Batch>('GET', pathOf(id)),
    /** Newest first, without their items. */
    list: (options: ListOptions = {}) => itemsOf<BatchSummary>(requester, '/v1/batches', {}, options),
    cancel: (id: BatchId) => requester.json<Batch>('POST', `${pathOf(id)}/cancel`),
  };
}
