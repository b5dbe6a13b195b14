import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleServiceAccount } from '../examples/people.ts';
import { examplePage } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { ServiceAccount, ServiceAccountChange, ServiceAccountInput } from '../resources/service-account.ts';

export const ServiceAccountPage = pageOf(ServiceAccount);

const tag = 'API keys';
const params = z.object({ serviceAccountId: idSchema('serviceAccount') });

/** Service accounts: principals that are no people. */
export const SERVICE_ACCOUNT_OPERATIONS = {
  createServiceAccount: {
    method: 'POST',
    path: '/v1/service-accounts',
    scope: 'keys:write',
    tag,
    summary: 'Make a service account',
    description:
      'For a program that works in its own name. It has a role, and holds API keys: make them with its id as `serviceAccountId`.',
    headers: IdempotencyHeaders,
    body: ServiceAccountInput,
    responses: { 201: { description: 'The service account', body: ServiceAccount } },
    answerHeaders: { Location: 'Where it is' },
    errors: [],
    example: { body: { name: 'build server', role: 'editor' }, answer: exampleServiceAccount },
  },
  listServiceAccounts: {
    method: 'GET',
    path: '/v1/service-accounts',
    scope: 'keys:read',
    tag,
    summary: 'List service accounts',
    description: 'Newest first.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of service accounts', body: ServiceAccountPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleServiceAccount) },
  },
  getServiceAccount: {
    method: 'GET',
    path: '/v1/service-accounts/{serviceAccountId}',
    scope: 'keys:read',
    tag,
    summary: 'Read a service account',
    description: 'One by its id.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The service account', body: ServiceAccount } },
    errors: ['not_found'],
    example: { answer: exampleServiceAccount },
  },
  updateServiceAccount: {
    method: 'PATCH',
    path: '/v1/service-accounts/{serviceAccountId}',
    scope: 'keys:write',
    tag,
    summary: 'Change a service account',
    description: 'Another role bounds its keys within seconds.',
    params,
    headers: ChangeHeaders,
    body: ServiceAccountChange,
    responses: { 200: { description: 'The service account as it is now', body: ServiceAccount } },
    errors: ['not_found'],
    example: { body: { role: 'viewer' }, answer: { ...exampleServiceAccount, role: 'viewer' } },
  },
  deleteServiceAccount: {
    method: 'DELETE',
    path: '/v1/service-accounts/{serviceAccountId}',
    scope: 'keys:write',
    tag,
    summary: 'Delete a service account',
    description: 'Its keys are revoked.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
