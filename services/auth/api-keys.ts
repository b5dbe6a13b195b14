import type { KeyScope } from '#contracts/access/policy.ts';
import type { ApiKeyId, OrganizationId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { newApiKeySecret } from './api-key-secret.ts';
import { apiKeyNotFound, invalid, organizationNotFound, scopesExceeded, unauthenticated } from './errors.ts';
import { type ApiKeyRow, findApiKey, insertApiKey, listApiKeys, revokeApiKey } from './store/api-keys.ts';
import { hasOrganization } from './store/organizations.ts';
import type { AuthReader } from './tables.ts';

/**
 * Makes an API key. The secret is in the answer and nowhere else.
 *
 * @param input.creatorId the key that asks: the new one gets its role, and none but its scopes; without it the system asks
 * @throws MaquetteError `invalid_request` (expiry in the past), `not_found` (the organisation), `unauthenticated` (the
 * creator is unknown or revoked), `forbidden` (scopes that it does not hold)
 */
export async function createApiKey(
  db: AuthReader,
  input: {
    organizationId: OrganizationId;
    name: string;
    scopes: KeyScope[];
    expiresAt: Date | null;
    creatorId: ApiKeyId | undefined;
  },
): Promise<{ key: ApiKeyRow; secret: string }> {
  const { organizationId, creatorId, expiresAt } = input;
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw invalid('/expiresAt', `${expiresAt.toISOString()} is in the past`, 'Give a time to come, or none.');
  }
  if (!(await hasOrganization(db, organizationId))) throw organizationNotFound(organizationId);
  const creator = creatorId === undefined ? undefined : await findApiKey(db, organizationId, creatorId);
  if (creatorId !== undefined && (!creator || creator.revoked_at !== null)) throw unauthenticated();
  if (creator) {
    const exceeded = input.scopes.filter((scope) => !creator.scopes.includes(scope));
    if (exceeded.length > 0) throw scopesExceeded(exceeded);
  }
  const secret = newApiKeySecret();
  const { name, scopes } = input;
  const key = await insertApiKey(db, {
    organizationId,
    name,
    secret,
    role: creator?.role ?? 'owner',
    scopes,
    expiresAt,
  });
  return { key, secret };
}

/** A page of an organisation's keys, newest first. @throws MaquetteError `invalid_request` (the cursor) */
export async function pageOfApiKeys(
  db: AuthReader,
  organizationId: OrganizationId,
  request: PageRequest,
): Promise<Page<ApiKeyRow>> {
  const rows = await listApiKeys(db, organizationId, startOf('apiKey', request), request.limit + 1);
  return pageOfRows(rows, request, (row) => row);
}

/** Revokes a key; again is harmless. @throws MaquetteError `not_found` */
export async function revoke(db: AuthReader, organizationId: OrganizationId, id: ApiKeyId): Promise<ApiKeyRow> {
  const key = await revokeApiKey(db, organizationId, id);
  if (!key) throw apiKeyNotFound(id);
  return key;
}
