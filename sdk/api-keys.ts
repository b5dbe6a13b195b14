import type { KeyScope } from '#contracts/access/policy.ts';
import type { Role } from '#contracts/access/roles.ts';
import type { ApiKeyId, ServiceAccountId } from '#contracts/ids/ids.ts';
import type { ApiKey, NewApiKey } from '#contracts/rest/resources/api-key.ts';
import type { ServiceAccount } from '#contracts/rest/resources/service-account.ts';
import type { TokenAnswer } from '#contracts/rest/resources/token.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** API keys, and the service accounts that hold them. */
export function createApiKeys(requester: Requester) {
  const path = '/v1/api-keys';
  return {
    /** The only time that the secret is shown. */
    create: (input: { name: string; scopes: KeyScope[]; expiresAt?: string; serviceAccountId?: ServiceAccountId }) =>
      requester.json<NewApiKey>('POST', path, { json: input }),
    /** Newest first. */
    list: (options: ListOptions = {}) => itemsOf<ApiKey>(requester, path, {}, options),
    get: (id: ApiKeyId) => requester.json<ApiKey>('GET', `${path}/${id}`),
    rename: (id: ApiKeyId, name: string) => requester.json<ApiKey>('PATCH', `${path}/${id}`, { json: { name } }),
    /** A key that does what this one does; this one counts for `overlapSeconds` yet, a day unless told. */
    rotate: (id: ApiKeyId, options: { overlapSeconds?: number } = {}) =>
      requester.json<NewApiKey>('POST', `${path}/${id}/rotate`, { json: options }),
    async revoke(id: ApiKeyId): Promise<void> {
      await requester.send('DELETE', `${path}/${id}`);
    },
    /** An access token for the same or fewer scopes, which counts for 15 minutes. */
    token: (scopes?: KeyScope[]) =>
      requester.json<TokenAnswer>('POST', '/v1/tokens', { json: scopes ? { scope: scopes.join(' ') } : {} }),
  };
}

/** Service accounts: principals that are no people. */
export function createServiceAccounts(requester: Requester) {
  const path = '/v1/service-accounts';
  return {
    create: (input: { name: string; role?: Role }) => requester.json<ServiceAccount>('POST', path, { json: input }),
    get: (id: ServiceAccountId) => requester.json<ServiceAccount>('GET', `${path}/${id}`),
    /** Newest first. */
    list: (options: ListOptions = {}) => itemsOf<ServiceAccount>(requester, path, {}, options),
    update: (id: ServiceAccountId, change: { name?: string; role?: Role }) =>
      requester.json<ServiceAccount>('PATCH', `${path}/${id}`, { json: change }),
    /** Its keys are revoked. */
    async delete(id: ServiceAccountId): Promise<void> {
      await requester.send('DELETE', `${path}/${id}`);
    },
  };
}
