import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { DownloadHeaders, PreferHeaders, ReadHeaders } from '../conditional-headers.ts';
import {
  exampleEstimate,
  exampleJob,
  examplePage,
  exampleRender,
  exampleRenderInput,
  exampleRenderJob,
  exampleReusedRender,
} from '../examples.ts';
import { JobFilter, RenderFilter } from '../filters.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { pageOf } from '../page.ts';
import { PriorityQuery } from '../priority.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Job } from '../resources/job.ts';
import { Render, RenderEstimate, RenderInput } from '../resources/render.ts';

export const RenderPage = pageOf(Render);
export const JobPage = pageOf(Job);
/** The job of a render that was asked for, and the render itself. */
export const RenderJob = Job.extend({ render: Render });

/** Operations on renders and jobs. */
export const RENDER_OPERATIONS = {
  createRender: {
    method: 'POST',
    path: '/v1/renders',
    scope: 'renders:write',
    rate: 'work',
    tag: 'Renders',
    summary: 'Render an asset',
    description:
      'Answers 202 with the job (and the render in its field `render`). With `Prefer: wait=N` waits up to N seconds and answers with the finished render: ' +
      '201 when it was made, 200 when an equal one was reused or it ended without a picture (see its `state` and `error`); 202 when N seconds were not enough.',
    headers: PreferHeaders.extend(IdempotencyHeaders.shape),
    query: PriorityQuery,
    body: RenderInput,
    responses: {
      202: { description: 'The job, which goes on', body: RenderJob },
      201: { description: 'The finished render', body: Render },
      200: {
        description: 'A finished render that was there already, or one that ended without a picture',
        body: Render,
      },
    },
    answerHeaders: {
      Location: 'Where the job (202) or the render (200, 201) is',
      'Preference-Applied': '`wait=N`, when it was asked for',
    },
    errors: ['not_found', 'conflict', 'render_too_large', 'quota_exceeded', 'unavailable'],
    example: {
      body: exampleRenderInput,
      answer: exampleRenderJob,
      others: { 200: exampleReusedRender, 201: exampleRender },
    },
  },
  estimateRender: {
    method: 'POST',
    path: '/v1/renders/estimate',
    scope: 'assets:read',
    rate: 'read',
    tag: 'Renders',
    summary: 'Estimate what a render would take',
    description:
      'Takes the body of `POST /v1/renders` and refuses what that would refuse, but for what does not fit: that is answered with `fits: false`. ' +
      'Nothing is rendered. The memory is a bound that the render stays under; the time follows what recent renders took on the machine.',
    body: RenderInput,
    responses: { 200: { description: 'The estimate', body: RenderEstimate } },
    errors: ['not_found', 'conflict', 'render_too_large'],
    example: { body: exampleRenderInput, answer: exampleEstimate },
  },
  listRenders: {
    method: 'GET',
    path: '/v1/renders',
    scope: 'assets:read',
    tag: 'Renders',
    summary: 'List renders',
    description: 'Newest first, by asset or state.',
    query: RenderFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of renders', body: RenderPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleRender) },
  },
  getRender: {
    method: 'GET',
    path: '/v1/renders/{renderId}',
    scope: 'assets:read',
    tag: 'Renders',
    summary: 'Read a render',
    description: 'Its request, state, cost, and where its image is.',
    params: z.object({ renderId: idSchema('render') }),
    headers: ReadHeaders,
    responses: { 200: { description: 'The render', body: Render } },
    answerHeaders: { ETag: 'Changes with the render' },
    errors: ['not_found'],
    example: { answer: exampleRender },
  },
  getRenderPicture: {
    method: 'GET',
    path: '/v1/renders/{renderId}/picture',
    scope: 'assets:read',
    tag: 'Renders',
    summary: 'The picture of a render as it is now',
    description:
      'The final picture once there is one. Before that, of a render that was asked for with `progressPictures`, the newest one in the making: smaller, with the noise that it still has. ' +
      'Answers 404 while there is none. It changes until the render has ended: ask again with `If-None-Match`, or when `render_progress` tells of another.',
    params: z.object({ renderId: idSchema('render') }),
    query: z.object({
      samples: z.coerce
        .number()
        .int()
        .positive()
        .optional()
        .describe('Gives each picture in the making a URL of its own; the newest is sent whatever it says'),
    }),
    headers: DownloadHeaders,
    responses: {
      200: { description: 'The picture', body: 'bytes' },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/x-exr'],
    answerHeaders: { ETag: 'Changes with the picture' },
    errors: ['not_found', 'range_not_satisfiable'],
  },
  listJobs: {
    method: 'GET',
    path: '/v1/jobs',
    scope: 'jobs:read',
    tag: 'Jobs',
    summary: 'List jobs',
    description: 'Newest first, by state, kind, asset or project.',
    query: JobFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of jobs', body: JobPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleJob) },
  },
  getJob: {
    method: 'GET',
    path: '/v1/jobs/{jobId}',
    scope: 'jobs:read',
    tag: 'Jobs',
    summary: 'Read a job',
    description:
      'Its state, progress and error. With `Prefer: wait=N` answers when it has ended, or after N seconds as it is then.',
    params: z.object({ jobId: idSchema('job') }),
    headers: ReadHeaders.extend(PreferHeaders.shape),
    responses: { 200: { description: 'The job', body: Job } },
    answerHeaders: { ETag: 'Changes with the job', 'Preference-Applied': '`wait=N`, when it was asked for' },
    errors: ['not_found'],
    example: { answer: exampleJob },
  },
  cancelJob: {
    method: 'POST',
    path: '/v1/jobs/{jobId}/cancel',
    scope: 'jobs:write',
    tag: 'Jobs',
    summary: 'Cancel a job',
    description: 'A running job stops within a second or so. Answers 409 when it has ended already.',
    params: z.object({ jobId: idSchema('job') }),
    headers: IdempotencyHeaders,
    responses: { 200: { description: 'The job, now `canceled`', body: Job } },
    errors: ['not_found', 'conflict'],
    example: { answer: { ...exampleJob, state: 'canceled', etaSeconds: null, finishedAt: exampleRender.finishedAt } },
  },
  retryJob: {
    method: 'POST',
    path: '/v1/jobs/{jobId}/retry',
    scope: 'jobs:write',
    rate: 'work',
    tag: 'Jobs',
    summary: 'Do a job again',
    description:
      'Queues a job that failed or was canceled once more, under its id: what waited for it (a version, renders) waits again, and `job_retried` tells of it. ' +
      'Answers 409 for any other, when its asset was deleted, or when another job does the same by now.',
    params: z.object({ jobId: idSchema('job') }),
    headers: IdempotencyHeaders,
    responses: { 200: { description: 'The job, now `queued`', body: Job } },
    errors: ['not_found', 'conflict', 'quota_exceeded'],
    example: { answer: { ...exampleJob, state: 'queued', progress: 0, stage: '', startedAt: null, etaSeconds: null } },
  },
} as const satisfies PublicEndpoints;
