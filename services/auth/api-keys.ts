import { sql } from 'kysely';
import { TOKEN_SECONDS } from '#contracts/access/access-token.ts';
import { KEY_SCOPES, type KeyScope, scopesOf, scopesWithin } from '#contracts/access/policy.ts';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import { isTestScope } from '#contracts/access/test-mode.ts';
import type { ApiKeyId, OrganizationId, ServiceAccountId, UserId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import { apiKeyState } from '#contracts/rest/resources/api-key.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { newApiKeySecret } from './api-key-secret.ts';
import { audit } from './audit.ts';
import {
  apiKeyNotFound,
  invalid,
  organizationNotFound,
  roleTooWeak,
  scopesExceeded,
  unauthenticated,
} from './errors.ts';
import { holdMembership } from './organizations/memberships.ts';
import { holdServiceAccount, readServiceAccount } from './service-accounts/service-accounts.ts';
import { type ApiKeyRow, findApiKey, holdApiKey, insertApiKey, listApiKeys, revokeApiKey } from './store/api-keys.ts';
import { hasOrganization, holdTestSide } from './store/organizations.ts';
import type { AuthReader, AuthTrx } from './tables.ts';
import { revokeTokens } from './tokens/revocations.ts';

/** Who asks for a key: another key, a person, or the system itself. */
export interface KeyCreator {
  apiKeyId: ApiKeyId | undefined;
  userId: UserId | undefined;
}

/**
 * Makes an API key. The secret is in the answer and nowhere else.
 *
 * @param input.creator who asks: the key gets their role (or that of its service account), none but their scopes, and ends
 * with them: with the person who made the key that asks, or its service account
 * @throws MaquetteError `invalid_request` (expiry in the past), `not_found` (the organisation, the service account),
 * `unauthenticated` (the creator is unknown or revoked), `forbidden` (scopes or a role that they do not have)
 */
export async function createApiKey(
  db: AuthReader,
  input: {
    organizationId: OrganizationId;
    name: string;
    scopes: KeyScope[];
    expiresAt: Date | null;
    creator: KeyCreator;
    serviceAccountId: ServiceAccountId | undefined;
    /** Whether it works on the test side of the organisation. */
    test: boolean;
  },
): Promise<{ key: ApiKeyRow; secret: string }> {
  const { organizationId, name, scopes, expiresAt, creator, serviceAccountId, test } = input;
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw invalid('/expiresAt', `${expiresAt.toISOString()} is in the past`, 'Give a time to come, or none.');
  }
  if (!(await hasOrganization(db, organizationId))) throw organizationNotFound(organizationId);
  const rights = await rightsOf(db, organizationId, creator);
  // A test key is never of a service account.
  const accountId = serviceAccountId ?? (test ? undefined : (rights.accountId ?? undefined));
  const account = accountId && (await holdServiceAccount(db, organizationId, accountId));
  if (account && !roleReaches(rights.role, account.role)) throw roleTooWeak(account.role);
  const role = account ? account.role : rights.role;
  const may = scopesWithin(role, rights.scopes);
  const exceeded = scopes.filter((scope) => !may.includes(scope));
  if (exceeded.length > 0) throw scopesExceeded(exceeded);
  if (test) await prepareTest(db, organizationId, scopes, serviceAccountId);
  const secret = newApiKeySecret(test ? 'test' : 'live');
  const row = {
    organizationId,
    name,
    secret,
    role,
    scopes,
    test,
    expiresAt,
    userId: rights.userId,
    serviceAccountId: account?.id ?? null,
  };
  const key = await insertApiKey(db, row);
  const subject = { type: 'apiKey', id: key.id };
  await audit(db, {
    organizationId,
    action: 'createApiKey',
    subject,
    details: { name, scopes, serviceAccountId: account?.id, test },
  });
  return { key, secret };
}

/** @throws MaquetteError `invalid_request` (scopes that reach beyond the work, a service account) */
async function prepareTest(
  db: AuthReader,
  organizationId: OrganizationId,
  scopes: KeyScope[],
  accountId: ServiceAccountId | undefined,
): Promise<void> {
  const beyond = scopes.filter((scope) => !isTestScope(scope));
  if (beyond.length > 0) throw invalid('/scopes', `a test key cannot hold ${beyond.join(', ')}`, 'Leave these out.');
  if (accountId !== undefined) throw invalid('/serviceAccountId', 'a test key is of the organisation itself');
  await holdTestSide(db, organizationId);
}

async function rightsOf(
  db: AuthReader,
  organizationId: OrganizationId,
  { apiKeyId, userId }: KeyCreator,
): Promise<{ role: Role; scopes: readonly KeyScope[]; userId: UserId | null; accountId?: ServiceAccountId | null }> {
  if (apiKeyId !== undefined) {
    const key = await findApiKey(db, organizationId, apiKeyId);
    if (!key || key.revoked_at !== null) throw unauthenticated();
    // What a key makes belongs to whom it belongs to itself, and ends with them as it does.
    const { scopes, service_account_id: accountId, user_id: maker } = key;
    await requireMaker(db, key);
    return { role: await roleOfKey(db, key), scopes, userId: maker, accountId };
  }
  if (userId !== undefined) {
    const membership = await holdMembership(db, userId, organizationId);
    if (!membership) throw unauthenticated();
    return { role: membership.role, scopes: scopesOf(membership.role), userId };
  }
  return { role: 'owner', scopes: KEY_SCOPES, userId: null };
}

/**
 * Refuses a key whose person is a member no more, and keeps them one until the transaction ends: who takes them out at this
 * moment then revokes what was made, too.
 *
 * @throws MaquetteError `unauthenticated`
 */
async function requireMaker(trx: AuthReader, key: ApiKeyRow): Promise<void> {
  const { user_id: maker, service_account_id: accountId, organization_id: organizationId } = key;
  if (maker === null || accountId !== null) return;
  if (!(await holdMembership(trx, maker, organizationId))) throw unauthenticated();
}

/** The role that bounds a key now: that of its service account, or the one it was made with. */
export async function roleOfKey(
  db: AuthReader,
  key: Pick<ApiKeyRow, 'organization_id' | 'service_account_id' | 'role'>,
): Promise<Role> {
  if (key.service_account_id === null) return key.role;
  return (await readServiceAccount(db, key.organization_id, key.service_account_id)).role;
}

/** @throws MaquetteError `not_found` */
export async function readApiKey(db: AuthReader, organizationId: OrganizationId, id: ApiKeyId): Promise<ApiKeyRow> {
  const key = await findApiKey(db, organizationId, id);
  if (!key) throw apiKeyNotFound(id);
  return key;
}

/**
 * Gives a key another name.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function renameApiKey(
  trx: AuthTrx,
  organizationId: OrganizationId,
  id: ApiKeyId,
  name: string | undefined,
  ifMatch: string | undefined,
): Promise<ApiKeyRow> {
  const key = await hold(trx, organizationId, id, ifMatch);
  if (name === undefined) return key;
  const row = await trx
    .updateTable('api_keys')
    .set({ name })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(trx, { organizationId, action: 'updateApiKey', subject: { type: 'apiKey', id }, details: { name } });
  return row;
}

/**
 * Makes a key that does what another does, for a change without a gap: the old one counts for a while yet. The new one
 * ends when the old one would have.
 *
 * @throws MaquetteError `not_found` (also of a key that has ended), `forbidden` (a key that may do more than who asks)
 */
export async function rotateApiKey(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    apiKeyId: ApiKeyId;
    overlapSeconds: number;
    actorRole: Role;
    actorScopes: KeyScope[];
  },
): Promise<{ key: ApiKeyRow; secret: string }> {
  const { organizationId, apiKeyId: id, overlapSeconds, actorRole, actorScopes } = input;
  const old = await holdApiKey(trx, organizationId, id);
  const ended = old?.revoked_at !== null || (old.expires_at !== null && old.expires_at.getTime() <= Date.now());
  if (!old || ended) throw apiKeyNotFound(id);
  await requireMaker(trx, old);
  const role = await roleOfKey(trx, old);
  if (!roleReaches(actorRole, role)) throw roleTooWeak(role);
  const exceeded = scopesWithin(role, old.scopes).filter((scope) => !actorScopes.includes(scope));
  if (exceeded.length > 0) throw scopesExceeded(exceeded);
  const secret = newApiKeySecret(old.test ? 'test' : 'live');
  const key = await insertApiKey(trx, {
    organizationId,
    name: old.name,
    secret,
    role: old.role,
    scopes: old.scopes,
    test: old.test,
    expiresAt: old.expires_at,
    userId: old.user_id,
    serviceAccountId: old.service_account_id,
  });
  await sql`
    update api_keys set expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(secs => ${overlapSeconds}))
    where id = ${id}`.execute(trx);
  // Tokens that live on for longer than the key are those that were made before it was to end.
  if (overlapSeconds < TOKEN_SECONDS) await revokeTokens(trx, [id], overlapSeconds);
  const subject = { type: 'apiKey', id };
  await audit(trx, { organizationId, action: 'rotateApiKey', subject, details: { newKey: key.id, overlapSeconds } });
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

/**
 * Revokes a key; again is harmless.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function revoke(
  trx: AuthTrx,
  organizationId: OrganizationId,
  id: ApiKeyId,
  ifMatch: string | undefined,
): Promise<ApiKeyRow> {
  await hold(trx, organizationId, id, ifMatch);
  const key = await revokeApiKey(trx, organizationId, id);
  if (!key) throw apiKeyNotFound(id);
  await revokeTokens(trx, [id]);
  await audit(trx, { organizationId, action: 'revokeApiKey', subject: { type: 'apiKey', id } });
  return key;
}

async function hold(
  trx: AuthTrx,
  organizationId: OrganizationId,
  id: ApiKeyId,
  ifMatch: string | undefined,
): Promise<ApiKeyRow> {
  const key = await holdApiKey(trx, organizationId, id);
  if (!key) throw apiKeyNotFound(id);
  const expiresAt = key.expires_at?.toISOString() ?? null;
  const revokedAt = key.revoked_at?.toISOString() ?? null;
  requireMatch(ifMatch, apiKeyState({ name: key.name, expiresAt, revokedAt }));
  return key;
}
