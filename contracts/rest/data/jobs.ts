import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { AnyRecipe } from '../../operations/any-recipe.ts';
import { RenderRequest } from '../../render/render-request.ts';
import type { Endpoints } from '../endpoint.ts';
import { ProjectFilter } from '../filters.ts';
import { pageOf } from '../page.ts';
import { Priority } from '../priority.ts';
import { Batch, BatchSummary, MOST_ITEMS } from '../resources/batch.ts';
import { Job } from '../resources/job.ts';
import { Render } from '../resources/render.ts';
import { Usage, UsageQuery } from '../resources/usage.ts';
import { TenantHeaders } from './tenant-headers.ts';

const assetId = idSchema('asset');

/** One item of a batch whose request is complete and checked, or was refused then. */
export const CheckedItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('render'),
    assetId,
    request: RenderRequest,
    progressPictures: z.boolean(),
    estimate: Render.shape.estimate,
    referenceSeconds: z.number().nonnegative(),
  }),
  z.object({ type: z.literal('recipe'), assetId, recipe: AnyRecipe }),
  z.object({ type: z.literal('refused'), error: PublicError }),
]);

const batchParams = z.object({ batchId: idSchema('batch') });
const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Batches, repeated jobs and usage in the data service's own REST API. */
export const JOB_DATA_OPERATIONS = {
  retryJob: {
    ...shared,
    method: 'POST',
    path: '/data/jobs/{jobId}/retry',
    summary: 'Queue a job once more; 409 `conflict` when it neither failed nor was canceled',
    params: z.object({ jobId: idSchema('job') }),
    responses: { 200: { description: 'The job', body: Job } },
  },
  createBatch: {
    ...shared,
    method: 'POST',
    path: '/data/batches',
    summary: 'Record a batch and its jobs in one transaction',
    body: z.object({
      asked: z.unknown().describe('The request as it came, by which repetitions are known'),
      priority: Priority,
      projectId: idSchema('project').optional(),
      items: z.array(CheckedItem).min(1).max(MOST_ITEMS),
    }),
    responses: { 201: { description: 'The batch', body: Batch } },
  },
  listBatches: {
    ...shared,
    method: 'GET',
    path: '/data/batches',
    summary: 'List batches, newest first',
    query: ProjectFilter,
    responses: { 200: { description: 'A page', body: pageOf(BatchSummary) } },
  },
  getBatch: {
    ...shared,
    method: 'GET',
    path: '/data/batches/{batchId}',
    summary: 'Read a batch',
    params: batchParams,
    responses: { 200: { description: 'The batch', body: Batch } },
  },
  cancelBatch: {
    ...shared,
    method: 'POST',
    path: '/data/batches/{batchId}/cancel',
    summary: 'Cancel what a batch began',
    params: batchParams,
    responses: { 200: { description: 'The batch', body: Batch } },
  },
  getUsage: {
    ...shared,
    method: 'GET',
    path: '/data/usage',
    summary: 'What the organisation uses',
    query: UsageQuery,
    responses: { 200: { description: 'The usage', body: Usage } },
  },
} as const satisfies Endpoints;

export type CheckedItem = z.output<typeof CheckedItem>;
