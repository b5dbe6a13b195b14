import type { FastifyRequest } from 'fastify';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import type { ApiKey as ApiKeyMessage } from '#contracts/generated/auth_pb.js';
import type { ApiKeyId, ServiceAccountId } from '#contracts/ids/ids.ts';
import { type ApiKey, apiKeyState } from '#contracts/rest/resources/api-key.ts';
import type { Answer } from '#platform/rest/endpoint-types.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { grantExceeded } from '../access/errors.ts';
import { json, noContent, page } from '../answers.ts';
import { type Gateway, idempotencyKeyOf, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function apiKeyRoutes({
  auth,
  authenticator,
}: Gateway): Routes<'createApiKey' | 'listApiKeys' | 'getApiKey' | 'updateApiKey' | 'rotateApiKey' | 'revokeApiKey'> {
  return {
    async createApiKey({ request, body }) {
      const principal = principalOf(request);
      // A token may hold less than the key or the person behind it.
      const exceeded = body.scopes.filter((scope) => !principal.scopes.has(scope));
      if (exceeded.length > 0) throw grantExceeded(exceeded);
      const { apiKey, key } = await auth.createApiKey({
        organizationId: principal.organizationId,
        name: body.name,
        scopes: body.scopes,
        test: body.mode === 'test',
        expiresAt: body.expiresAt ?? '',
        // The new key gets none but the creator's scopes: whoever may make keys must not make one that may do everything.
        creatorApiKeyId: principal.apiKeyId ?? '',
        creatorUserId: principal.userId ?? '',
        serviceAccountId: body.serviceAccountId ?? '',
        idempotencyKey: idempotencyKeyOf(request) ?? '',
      });
      return made(request, apiKey as ApiKeyMessage, key);
    },
    async listApiKeys({ request, query }) {
      const { organizationId } = principalOf(request);
      const { apiKeys, nextCursor } = await auth.listApiKeys({
        organizationId,
        limit: query.limit,
        cursor: query.cursor ?? '',
      });
      return page(request, { data: apiKeys.map(resourceOf), nextCursor: nextCursor === '' ? null : nextCursor });
    },
    async getApiKey({ request, params }) {
      const { organizationId } = principalOf(request);
      const { apiKey } = await auth.getApiKey({ organizationId, ...params });
      return shown(request, apiKey as ApiKeyMessage);
    },
    async updateApiKey({ request, params, headers, body }) {
      const { organizationId } = principalOf(request);
      const change = { ...(body.name !== undefined && { name: body.name }), ifMatch: headers['if-match'] ?? '' };
      const { apiKey } = await auth.updateApiKey({ organizationId, apiKeyId: params.apiKeyId, ...change });
      return shown(request, apiKey as ApiKeyMessage);
    },
    async rotateApiKey({ request, params, body }) {
      const { organizationId, role, scopes } = principalOf(request);
      const { apiKey, key } = await auth.rotateApiKey({
        organizationId,
        apiKeyId: params.apiKeyId,
        overlapSeconds: body.overlapSeconds,
        actorRole: role,
        actorScopes: [...scopes],
        idempotencyKey: idempotencyKeyOf(request) ?? '',
      });
      if (body.overlapSeconds === 0) authenticator.forget(params.apiKeyId);
      return made(request, apiKey as ApiKeyMessage, key);
    },
    async revokeApiKey({ request, params, headers }) {
      const { organizationId } = principalOf(request);
      const ifMatch = headers['if-match'] ?? '';
      await auth.revokeApiKey({ organizationId, apiKeyId: params.apiKeyId, ifMatch });
      authenticator.forget(params.apiKeyId);
      return noContent;
    },
  };
}

const tagOf = (key: ApiKey) => entityTag(key, apiKeyState(key));

function shown(request: FastifyRequest, message: ApiKeyMessage): Answer {
  const key = resourceOf(message);
  return json(request, key, { tag: tagOf(key) });
}

function made(request: FastifyRequest, message: ApiKeyMessage, secret: string): Answer {
  const key = resourceOf(message);
  const headers = { location: `/v1/api-keys/${key.id}` };
  return json(request, { ...key, key: secret }, { status: 201, tag: tagOf(key), headers });
}

function resourceOf(message: ApiKeyMessage): ApiKey {
  return {
    id: message.id as ApiKeyId,
    name: message.name,
    mode: message.test ? 'test' : 'live',
    prefix: message.prefix,
    scopes: KEY_SCOPES.filter((scope) => message.scopes.includes(scope)),
    createdAt: message.createdAt,
    expiresAt: message.expiresAt || null,
    lastUsedAt: message.lastUsedAt || null,
    revokedAt: message.revokedAt || null,
    serviceAccountId: (message.serviceAccountId || null) as ServiceAccountId | null,
  };
}
