import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleApiKey, examplePage } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { ApiKey, ApiKeyChange, ApiKeyInput, ApiKeyRotation, NewApiKey } from '../resources/api-key.ts';

export const ApiKeyPage = pageOf(ApiKey);

const tag = 'API keys';
const params = z.object({ apiKeyId: idSchema('apiKey') });
const answerHeaders = { Location: 'Where the key is' };

/** Operations on API keys. */
export const API_KEY_OPERATIONS = {
  createApiKey: {
    method: 'POST',
    path: '/v1/api-keys',
    scope: 'keys:write',
    tag,
    summary: 'Make an API key',
    description:
      'The answer is the only place where the secret is shown. A key cannot give away more than it has: `scopes` must be among those of the key that asks.',
    headers: IdempotencyHeaders,
    body: ApiKeyInput,
    responses: { 201: { description: 'The key with its secret', body: NewApiKey } },
    answerHeaders,
    errors: [],
    example: {
      body: { name: 'build server', scopes: ['assets:read', 'assets:write'] },
      answer: { ...exampleApiKey, key: 'mq_live_4fQ9xxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
    },
  },
  listApiKeys: {
    method: 'GET',
    path: '/v1/api-keys',
    scope: 'keys:read',
    tag,
    summary: 'List API keys',
    description: 'Newest first, without their secrets; revoked ones included.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of keys', body: ApiKeyPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleApiKey) },
  },
  getApiKey: {
    method: 'GET',
    path: '/v1/api-keys/{apiKeyId}',
    scope: 'keys:read',
    tag,
    summary: 'Read an API key',
    description: 'Without its secret, also when it has ended.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The key', body: ApiKey } },
    errors: ['not_found'],
    example: { answer: exampleApiKey },
  },
  updateApiKey: {
    method: 'PATCH',
    path: '/v1/api-keys/{apiKeyId}',
    scope: 'keys:write',
    tag,
    summary: 'Rename an API key',
    description: 'What it may do stays: make another key for that.',
    params,
    headers: ChangeHeaders,
    body: ApiKeyChange,
    responses: { 200: { description: 'The key as it is now', body: ApiKey } },
    errors: ['not_found'],
    example: { body: { name: 'build server 2' }, answer: { ...exampleApiKey, name: 'build server 2' } },
  },
  rotateApiKey: {
    method: 'POST',
    path: '/v1/api-keys/{apiKeyId}/rotate',
    scope: 'keys:write',
    tag,
    summary: 'Replace an API key',
    description:
      'Makes a key that does what this one does; this one counts for a while yet (a day unless told), so that there is no gap. The answer is the only place where the new secret is shown.',
    params,
    headers: IdempotencyHeaders,
    body: ApiKeyRotation,
    responses: { 201: { description: 'The new key with its secret', body: NewApiKey } },
    answerHeaders,
    errors: ['not_found'],
    example: {
      body: { overlapSeconds: 3600 },
      answer: { ...exampleApiKey, key: 'mq_live_4fQ9xxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
    },
  },
  revokeApiKey: {
    method: 'DELETE',
    path: '/v1/api-keys/{apiKeyId}',
    scope: 'keys:write',
    tag,
    summary: 'Revoke an API key',
    description: 'It stays in the list with the time of its end. Every gateway refuses it within 5 seconds.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is revoked', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
