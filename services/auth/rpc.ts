import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import { Role } from '#contracts/access/roles.ts';
import { AuthService } from '#contracts/generated/auth_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { IdempotencyKey } from '#contracts/rest/idempotency.ts';
import { ROTATION_OVERLAP } from '#contracts/rest/resources/api-key.ts';
import { nameSchema } from '#contracts/rest/resources/name.ts';
import { once } from '#platform/idempotency/once.ts';
import { SEALED } from '#platform/idempotency/sealed-answers.ts';
import { createApiKey, pageOfApiKeys, readApiKey, renameApiKey, revoke, rotateApiKey } from './api-keys.ts';
import type { AuthDeps } from './auth-deps.ts';
import { authenticate } from './authenticate.ts';
import { bootstrap } from './bootstrap.ts';
import { registerOrganizations } from './rpc/organizations.ts';
import { registerPeople } from './rpc/people.ts';
import { registerRates } from './rpc/rates.ts';
import { ifMatch, optional, PageFields, parse } from './rpc/requests.ts';
import { inScopes } from './rpc/scopes.ts';
import { registerServiceAccounts } from './rpc/service-accounts.ts';
import { registerTokens } from './rpc/tokens.ts';
import type { ApiKeyRow } from './store/api-keys.ts';
import { IDEMPOTENCY_TABLE } from './tables.ts';

const CreateApiKey = z.object({
  organizationId: idSchema('organization'),
  name: nameSchema(200),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  expiresAt: optional(z.iso.datetime({ offset: true }).transform((text) => new Date(text))),
  creatorApiKeyId: optional(idSchema('apiKey')),
  creatorUserId: optional(idSchema('user')),
  serviceAccountId: optional(idSchema('serviceAccount')),
  test: z.boolean(),
  idempotencyKey: optional(IdempotencyKey),
});
const ListApiKeys = z.object({
  organizationId: idSchema('organization'),
  ...PageFields,
});
const OneApiKey = z.object({ organizationId: idSchema('organization'), apiKeyId: idSchema('apiKey') });
const ChangeApiKey = OneApiKey.extend({ ifMatch });
const UpdateApiKey = ChangeApiKey.extend({ name: nameSchema(200).optional() });
const RotateApiKey = OneApiKey.extend({
  overlapSeconds: z.int().min(0).max(ROTATION_OVERLAP.most),
  actorRole: Role,
  actorScopes: z.array(z.enum(KEY_SCOPES)),
  idempotencyKey: optional(IdempotencyKey),
});
const Bootstrap = z.object({ organizationName: nameSchema(200), apiKey: optional(z.string()) });

/** Registers the gRPC services of the auth service. */
export function registerRpc(router: ConnectRouter, deps: AuthDeps): void {
  registerKeys(router, deps);
  registerPeople(router, deps);
  registerOrganizations(router, deps);
  registerServiceAccounts(router, deps);
  registerTokens(router, deps);
  registerRates(router, deps);
}

function registerKeys(router: ConnectRouter, { database, usage, logger, settings }: AuthDeps): void {
  const { kysely } = database;
  const handlers: ServiceImpl<typeof AuthService> = {
    async authenticate(request) {
      const key = await authenticate(kysely, usage, request.apiKey);
      return {
        principal: {
          organizationId: key.works_on,
          organizationName: key.organization_name,
          apiKeyId: key.id,
          serviceAccountId: key.service_account_id ?? '',
          role: key.account_role ?? key.role,
          scopes: key.scopes,
          test: key.test,
        },
      };
    },
    async createApiKey(request) {
      const { creatorApiKeyId, creatorUserId, expiresAt, idempotencyKey, ...input } = parse(CreateApiKey, request);
      const content = [creatorApiKeyId, creatorUserId, expiresAt?.toISOString(), input];
      const attempt = { organizationId: input.organizationId, key: idempotencyKey, operation: 'createApiKey', content };
      // The answer holds the secret of the new key, which is nowhere else to be read.
      return once(database, IDEMPOTENCY_TABLE, attempt, SEALED).transaction(async (trx) => {
        const { key, secret } = await createApiKey(trx, {
          ...input,
          expiresAt: expiresAt ?? null,
          creator: { apiKeyId: creatorApiKeyId, userId: creatorUserId },
        });
        return { apiKey: toMessage(key), key: secret };
      });
    },
    async listApiKeys(request) {
      const { organizationId, ...page } = parse(ListApiKeys, request);
      const { data, nextCursor } = await pageOfApiKeys(kysely, organizationId, page);
      return { apiKeys: data.map(toMessage), nextCursor: nextCursor ?? '' };
    },
    async getApiKey(request) {
      const { organizationId, apiKeyId } = parse(OneApiKey, request);
      return { apiKey: toMessage(await readApiKey(kysely, organizationId, apiKeyId)) };
    },
    async updateApiKey(request) {
      const { organizationId, apiKeyId, name, ifMatch: seen } = parse(UpdateApiKey, request);
      return {
        apiKey: toMessage(await database.transaction((trx) => renameApiKey(trx, organizationId, apiKeyId, name, seen))),
      };
    },
    async rotateApiKey(request) {
      const { idempotencyKey, ...input } = parse(RotateApiKey, request);
      const { organizationId, apiKeyId, overlapSeconds } = input;
      const content = [apiKeyId, overlapSeconds];
      const attempt = { organizationId, key: idempotencyKey, operation: 'rotateApiKey', content };
      return once(database, IDEMPOTENCY_TABLE, attempt, SEALED).transaction(async (trx) => {
        const { key, secret } = await rotateApiKey(trx, input);
        return { apiKey: toMessage(key), key: secret };
      });
    },
    async revokeApiKey(request) {
      const { organizationId, apiKeyId, ifMatch: seen } = parse(ChangeApiKey, request);
      return { apiKey: toMessage(await database.transaction((trx) => revoke(trx, organizationId, apiKeyId, seen))) };
    },
    async bootstrap(request) {
      const { organizationId, newApiKey } = await bootstrap(database, logger, {
        ...parse(Bootstrap, request),
        owner: settings.owner,
      });
      return { organizationId, newApiKey: newApiKey ?? '' };
    },
  };
  router.service(AuthService, inScopes(database, AuthService, handlers));
}

function toMessage(key: ApiKeyRow) {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    test: key.test,
    createdAt: key.created_at.toISOString(),
    expiresAt: key.expires_at?.toISOString() ?? '',
    lastUsedAt: key.last_used_at?.toISOString() ?? '',
    revokedAt: key.revoked_at?.toISOString() ?? '',
    serviceAccountId: key.service_account_id ?? '',
  };
}
