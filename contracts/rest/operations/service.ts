import { z } from 'zod';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleUser } from '../examples/people.ts';
import { exampleMe } from '../examples.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Me } from '../resources/api-key.ts';
import { UserChange } from '../resources/user.ts';
import { API_VERSION } from '../version.ts';

/** Every part can serve. */
export const Readiness = z.object({ ready: z.literal(true) });

const tag = 'Service';

/** Operations about the server itself. */
export const SERVICE_OPERATIONS = {
  getMe: {
    method: 'GET',
    path: '/v1/me',
    scope: 'authenticated',
    tag,
    summary: 'Who am I',
    description: 'The person or key that asks, with organisation, role and scopes. Anybody who is known may ask.',
    headers: ReadHeaders,
    responses: { 200: { description: 'Who asks', body: Me } },
    errors: [],
    example: { answer: exampleMe },
  },
  updateMe: {
    method: 'PATCH',
    path: '/v1/me',
    scope: 'authenticated',
    tag,
    summary: 'Change my name',
    description: 'For people who are signed in, not for keys.',
    headers: ChangeHeaders,
    body: UserChange,
    responses: { 200: { description: 'Who asks', body: Me } },
    errors: [],
    example: { body: { name: 'Ada' }, answer: { ...exampleMe, user: exampleUser, apiKeyId: null } },
  },
  getHealth: {
    method: 'GET',
    path: '/healthz',
    scope: 'public',
    tag,
    summary: 'Is the process alive',
    description: 'Answers at once and asks nobody else: for a supervisor that restarts what hangs.',
    responses: { 200: { description: 'Alive', body: z.object({ status: z.literal('ok') }) } },
    errors: [],
    example: { answer: { status: 'ok' } },
  },
  getReadiness: {
    method: 'GET',
    path: '/readyz',
    scope: 'public',
    tag,
    summary: 'Can the server do its work',
    description:
      'Asks every part that this process needs. Answers 503 when one of them is not ready, with the reason of each in `errors`: for a load balancer.',
    responses: { 200: { description: 'Every part is ready', body: Readiness } },
    errors: ['unavailable'],
    example: { answer: { ready: true } },
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    scope: 'public',
    tag,
    summary: 'Metrics for Prometheus',
    description: 'Counters, gauges and histograms of this process in the text format of Prometheus.',
    responses: { 200: { description: 'The metrics', body: 'bytes' } },
    produces: ['text/plain'],
    errors: [],
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    tag,
    summary: 'This document',
    description: 'The OpenAPI 3.1 description of the whole API. `/docs` shows it as a page.',
    headers: ReadHeaders,
    responses: { 200: { description: 'An OpenAPI document', body: z.looseObject({ openapi: z.string() }) } },
    errors: [],
    example: { answer: { openapi: '3.1.1', info: { title: 'Maquette', version: API_VERSION }, paths: {} } },
  },
} as const satisfies PublicEndpoints;
