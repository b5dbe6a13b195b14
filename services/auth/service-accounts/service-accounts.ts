import { type Selectable, sql } from 'kysely';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import { type ApiKeyId, newId, type OrganizationId, type ServiceAccountId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { ServiceAccount } from '#contracts/rest/resources/service-account.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { audit } from '../audit.ts';
import { roleTooWeak, serviceAccountNotFound } from '../errors.ts';
import type { AuthReader, AuthTrx, ServiceAccountsTable } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';

export type ServiceAccountRow = Selectable<ServiceAccountsTable>;

/** Makes a service account. @throws MaquetteError `forbidden` (a role stronger than that of who asks) */
export async function createServiceAccount(
  trx: AuthTrx,
  input: { organizationId: OrganizationId; name: string; role: Role; actorRole: Role },
): Promise<ServiceAccount> {
  const { organizationId, name, role, actorRole } = input;
  if (!roleReaches(actorRole, role)) throw roleTooWeak(role);
  const row = await trx
    .insertInto('service_accounts')
    .values({ id: newId('serviceAccount'), organization_id: organizationId, name, role })
    .returningAll()
    .executeTakeFirstOrThrow();
  const subject = { type: 'serviceAccount', id: row.id };
  await audit(trx, { organizationId, action: 'createServiceAccount', subject, details: { name, role } });
  return toServiceAccount(row);
}

/** @throws MaquetteError `not_found` */
export async function readServiceAccount(
  db: AuthReader,
  organizationId: OrganizationId,
  id: ServiceAccountId,
): Promise<ServiceAccount> {
  return toServiceAccount(await find(db, organizationId, id));
}

/** The same, and keeps it so until the transaction ends. @throws MaquetteError `not_found` */
export async function holdServiceAccount(
  trx: AuthReader,
  organizationId: OrganizationId,
  id: ServiceAccountId,
): Promise<ServiceAccount> {
  const row = await select(trx, organizationId, id).forShare().executeTakeFirst();
  if (!row) throw serviceAccountNotFound(id);
  return toServiceAccount(row);
}

/** Newest first. */
export async function listServiceAccounts(
  db: AuthReader,
  organizationId: OrganizationId,
  request: PageRequest,
): Promise<Page<ServiceAccount>> {
  const start = startOf('serviceAccount', request);
  const rows = await db
    .selectFrom('service_accounts')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as ServiceAccountId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toServiceAccount);
}

/**
 * Renames it or gives it another role, which its keys have at once.
 * @throws MaquetteError `not_found`, `forbidden`, `precondition_failed`
 */
export async function updateServiceAccount(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    serviceAccountId: ServiceAccountId;
    name: string | undefined;
    role: Role | undefined;
    actorRole: Role;
    /** What the change builds on, as `If-Match` says it. */
    ifMatch: string | undefined;
  },
): Promise<ServiceAccount> {
  const { organizationId, serviceAccountId: id, actorRole } = input;
  const before = await hold(trx, organizationId, id);
  const { name = before.name, role = before.role } = input;
  for (const touched of [before.role, role]) if (!roleReaches(actorRole, touched)) throw roleTooWeak(touched);
  requireMatch(input.ifMatch, toServiceAccount(before));
  const row = await trx
    .updateTable('service_accounts')
    .set({ name, role })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (role !== before.role) await revokeTokens(trx, await keysOf(trx, id));
  const subject = { type: 'serviceAccount', id };
  await audit(trx, { organizationId, action: 'updateServiceAccount', subject, details: { name, role } });
  return toServiceAccount(row);
}

/** Deletes it; its keys are revoked. @throws MaquetteError `not_found`, `forbidden`, `precondition_failed` */
export async function deleteServiceAccount(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    serviceAccountId: ServiceAccountId;
    actorRole: Role;
    ifMatch: string | undefined;
  },
): Promise<void> {
  const { organizationId, serviceAccountId: id, actorRole } = input;
  const before = await hold(trx, organizationId, id);
  if (!roleReaches(actorRole, before.role)) throw roleTooWeak(before.role);
  requireMatch(input.ifMatch, toServiceAccount(before));
  await revokeTokens(trx, [id, ...(await keysOf(trx, id))]);
  await sql`
    update api_keys set revoked_at = coalesce(revoked_at, now()), service_account_id = null
    where service_account_id = ${id}`.execute(trx);
  await trx.deleteFrom('service_accounts').where('id', '=', id).execute();
  await audit(trx, { organizationId, action: 'deleteServiceAccount', subject: { type: 'serviceAccount', id } });
}

async function find(db: AuthReader, organizationId: OrganizationId, id: ServiceAccountId): Promise<ServiceAccountRow> {
  const row = await select(db, organizationId, id).executeTakeFirst();
  if (!row) throw serviceAccountNotFound(id);
  return row;
}

/** Locks it: who renames it must not give it back the role that somebody else takes at the same moment. */
async function hold(trx: AuthTrx, organizationId: OrganizationId, id: ServiceAccountId): Promise<ServiceAccountRow> {
  const row = await select(trx, organizationId, id).forUpdate().executeTakeFirst();
  if (!row) throw serviceAccountNotFound(id);
  return row;
}

function select(db: AuthReader, organizationId: OrganizationId, id: ServiceAccountId) {
  return db
    .selectFrom('service_accounts')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id);
}

async function keysOf(db: AuthReader, id: ServiceAccountId): Promise<ApiKeyId[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where('service_account_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  return rows.map((row) => row.id);
}

function toServiceAccount(row: ServiceAccountRow): ServiceAccount {
  return { id: row.id, name: row.name, role: row.role, createdAt: row.created_at.toISOString() };
}
