import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { Endpoints } from '../endpoint.ts';
import { JobFilter } from '../filters.ts';
import { pageOf } from '../page.ts';
import { Job } from '../resources/job.ts';
import { TenantHeaders } from './tenant-headers.ts';

const params = z.object({ jobId: idSchema('job') });
const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** How jobs get on, and their end, in the data service's own REST API. */
export const JOB_PROGRESS_DATA_OPERATIONS = {
  listJobs: {
    ...shared,
    method: 'GET',
    path: '/data/jobs',
    summary: 'List jobs, newest first',
    query: JobFilter,
    responses: { 200: { description: 'A page', body: pageOf(Job) } },
  },
  getJob: {
    ...shared,
    method: 'GET',
    path: '/data/jobs/{jobId}',
    summary: 'Read a job; with `wait` answer when it ends or after so many seconds',
    params,
    query: z.object({ wait: z.coerce.number().min(0).max(60).default(0) }),
    responses: { 200: { description: 'The job', body: Job } },
  },
  cancelJob: {
    ...shared,
    method: 'POST',
    path: '/data/jobs/{jobId}/cancel',
    summary: 'Cancel a job; 409 `conflict` when it has ended',
    params,
    responses: { 200: { description: 'The job', body: Job } },
  },
} as const satisfies Endpoints;
