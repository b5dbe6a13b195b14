import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ReadHeaders } from '../conditional-headers.ts';
import { exampleBatch, exampleBatchInput, exampleBatchSummary, examplePage } from '../examples.ts';
import { ProjectFilter } from '../filters.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { pageOf } from '../page.ts';
import { PriorityQuery } from '../priority.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Batch, BatchInput, BatchSummary, MOST_ITEMS } from '../resources/batch.ts';

export const BatchPage = pageOf(BatchSummary);

const tag = 'Jobs';
const params = z.object({ batchId: idSchema('batch') });

/** Operations on batches: much work with one request. */
export const BATCH_OPERATIONS = {
  createBatch: {
    method: 'POST',
    path: '/v1/batches',
    scope: 'renders:write',
    rate: 'work',
    tag,
    summary: 'Ask for much work at once',
    description:
      `Up to ${MOST_ITEMS} renders and recipes, recorded in one transaction. Each item is taken or refused by itself, as it would be alone, one that cannot be read included; ` +
      'a refused one says why and leaves the others as they are. Recipes need the scope `assets:write` too.',
    headers: IdempotencyHeaders,
    query: PriorityQuery,
    body: BatchInput,
    responses: { 202: { description: 'The batch, which goes on', body: Batch } },
    answerHeaders: { Location: 'Where the batch is' },
    errors: ['quota_exceeded'],
    example: { body: exampleBatchInput, answer: exampleBatch },
  },
  listBatches: {
    method: 'GET',
    path: '/v1/batches',
    scope: 'jobs:read',
    tag,
    summary: 'List batches',
    description: 'Newest first, without their items; with `projectId` those that named the project.',
    query: ProjectFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of batches', body: BatchPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleBatchSummary) },
  },
  getBatch: {
    method: 'GET',
    path: '/v1/batches/{batchId}',
    scope: 'jobs:read',
    tag,
    summary: 'Read a batch',
    description: 'How far it is, and the job of each item.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The batch', body: Batch } },
    errors: ['not_found'],
    example: { answer: exampleBatch },
  },
  cancelBatch: {
    method: 'POST',
    path: '/v1/batches/{batchId}/cancel',
    scope: 'jobs:write',
    tag,
    summary: 'Cancel a batch',
    description: 'Every job that it began and that has not ended. What others had asked for before goes on.',
    params,
    headers: IdempotencyHeaders,
    responses: { 200: { description: 'The batch as it is now', body: Batch } },
    errors: ['not_found'],
    example: { answer: exampleBatch },
  },
} as const satisfies PublicEndpoints;
