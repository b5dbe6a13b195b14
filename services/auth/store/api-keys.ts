import { type Selectable, sql } from 'kysely';
import type { KeyScope } from '#contracts/access/policy.ts';
import { ROLES, type Role } from '#contracts/access/roles.ts';
import { type ApiKeyId, newId, type OrganizationId, type ServiceAccountId, type UserId } from '#contracts/ids/ids.ts';
import { hashApiKey, shownPrefix } from '../api-key-secret.ts';
import type { ApiKeysTable, AuthReader, AuthTrx } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';

/** A row of `api_keys`. */
export type ApiKeyRow = Selectable<ApiKeysTable>;

export async function insertApiKey(
  db: AuthReader,
  key: {
    organizationId: OrganizationId;
    name: string;
    secret: string;
    role: Role;
    scopes: readonly KeyScope[];
    test: boolean;
    expiresAt: Date | null;
    userId?: UserId | null;
    serviceAccountId?: ServiceAccountId | null;
  },
): Promise<ApiKeyRow> {
  return db
    .insertInto('api_keys')
    .values({
      id: newId('apiKey'),
      organization_id: key.organizationId,
      name: key.name,
      prefix: shownPrefix(key.secret),
      sha256: hashApiKey(key.secret),
      role: key.role,
      scopes: JSON.stringify([...new Set(key.scopes)]),
      test: key.test,
      expires_at: key.expiresAt,
      user_id: key.userId ?? null,
      service_account_id: key.serviceAccountId ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The key with a hash, and the organisation that it works on: of a test key the test side of its own. */
export async function findByHash(
  db: AuthReader,
  sha256: string,
): Promise<
  (ApiKeyRow & { works_on: OrganizationId; organization_name: string; account_role: Role | null }) | undefined
> {
  return db
    .selectFrom('api_keys')
    .innerJoin('organizations', (join) =>
      join.on(({ or, and, eb, ref }) =>
        or([
          and([eb('api_keys.test', '=', false), eb('organizations.id', '=', ref('api_keys.organization_id'))]),
          and([eb('api_keys.test', '=', true), eb('organizations.test_of', '=', ref('api_keys.organization_id'))]),
        ]),
      ),
    )
    .leftJoin('service_accounts', 'service_accounts.id', 'api_keys.service_account_id')
    .selectAll('api_keys')
    .select('service_accounts.role as account_role')
    .select(['organizations.id as works_on', 'organizations.name as organization_name'])
    .where('api_keys.sha256', '=', sha256)
    .executeTakeFirst();
}

export async function findApiKey(
  db: AuthReader,
  organizationId: OrganizationId,
  id: ApiKeyId,
): Promise<ApiKeyRow | undefined> {
  return selectApiKey(db, organizationId, id).executeTakeFirst();
}

/** The same, which nobody else changes until the transaction ends. */
export async function holdApiKey(
  trx: AuthTrx,
  organizationId: OrganizationId,
  id: ApiKeyId,
): Promise<ApiKeyRow | undefined> {
  return selectApiKey(trx, organizationId, id).forUpdate().executeTakeFirst();
}

function selectApiKey(db: AuthReader, organizationId: OrganizationId, id: ApiKeyId) {
  return db.selectFrom('api_keys').selectAll().where('organization_id', '=', organizationId).where('id', '=', id);
}

/** Newest first. */
export async function listApiKeys(
  db: AuthReader,
  organizationId: OrganizationId,
  before: ApiKeyId | null,
  limit: number,
): Promise<ApiKeyRow[]> {
  let query = db.selectFrom('api_keys').selectAll().where('organization_id', '=', organizationId);
  if (before !== null) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Whether an organisation has ever had a key. */
export async function hasApiKey(db: AuthReader, organizationId: OrganizationId): Promise<boolean> {
  const row = await db
    .selectFrom('api_keys')
    .select('id')
    .where('organization_id', '=', organizationId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Revokes a key; one that is revoked already keeps its time. */
export async function revokeApiKey(
  db: AuthReader,
  organizationId: OrganizationId,
  id: ApiKeyId,
): Promise<ApiKeyRow | undefined> {
  return db
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Gives a key all rights in its organisation. */
export async function makeAdministrator(trx: AuthTrx, id: ApiKeyId, scopes: readonly KeyScope[]): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ role: 'owner', scopes: JSON.stringify(scopes) })
    .where('id', '=', id)
    .execute();
}

/** Notes that a key was used now, unless that was noted since `unless`. */
export async function recordUse(db: AuthReader, id: ApiKeyId, unless: Date): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', unless)]))
    .execute();
}

/** Revokes the keys that a person made for an organisation itself. Those of service accounts go on: they are not theirs. */
export async function revokeKeysOf(trx: AuthTrx, organizationId: OrganizationId, userId: UserId): Promise<void> {
  const rows = await trx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('service_account_id', 'is', null)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  await revokeTokens(
    trx,
    rows.map(({ id }) => id),
  );
}

/** Bounds the keys that a person made by a role, where theirs is stronger. */
export async function weakenKeys(
  trx: AuthTrx,
  organizationId: OrganizationId,
  userId: UserId,
  role: Role,
): Promise<void> {
  const stronger = ROLES.slice(0, ROLES.indexOf(role));
  if (stronger.length === 0) return;
  const rows = await trx
    .updateTable('api_keys')
    .set({ role })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('service_account_id', 'is', null)
    .where('role', 'in', stronger)
    .returning('id')
    .execute();
  await revokeTokens(
    trx,
    rows.map(({ id }) => id),
  );
}
