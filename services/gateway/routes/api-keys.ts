import { KEY_SCOPES } from '#contracts/access/policy.ts';
import type { ApiKey as ApiKeyMessage } from '#contracts/generated/auth_pb.js';
import type { ApiKeyId, ServiceAccountId } from '#contracts/ids/ids.ts';
import type { ApiKey } from '#contracts/rest/resources/api-key.ts';
import { grantExceeded } from '../access/errors.ts';
import { json, noContent, page } from '../answers.ts';
import { type Gateway, idempotencyKeyOf, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function apiKeyRoutes({
  auth,
  authenticator,
}: Gateway): Routes<'createApiKey' | 'listApiKeys' | 'updateApiKey' | 'rotateApiKey' | 'revokeApiKey'> {
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
      return json(request, { ...resourceOf(apiKey as ApiKeyMessage), key }, { status: 201 });
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
    async updateApiKey({ request, params, body }) {
      const { organizationId } = principalOf(request);
      const change = body.name === undefined ? {} : { name: body.name };
      const { apiKey } = await auth.updateApiKey({ organizationId, apiKeyId: params.apiKeyId, ...change });
      return json(request, resourceOf(apiKey as ApiKeyMessage));
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
      return json(request, { ...resourceOf(apiKey as ApiKeyMessage), key }, { status: 201 });
    },
    async revokeApiKey({ request, params }) {
      const { organizationId } = principalOf(request);
      await auth.revokeApiKey({ organizationId, apiKeyId: params.apiKeyId });
      authenticator.forget(params.apiKeyId);
      return noContent;
    },
  };
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
