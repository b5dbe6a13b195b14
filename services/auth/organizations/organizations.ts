import { newId, type OrganizationId, type UserId } from '#contracts/ids/ids.ts';
import { type Organization, type OrganizationChange, organizationState } from '#contracts/rest/resources/user.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { audit } from '../audit.ts';
import { guestsOwnNothing, organizationNotFound, tooManyOrganizations } from '../errors.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';
import { allowedOriginsOf, setAllowedOrigins } from './allowed-origins.ts';
import { insertMembership, membershipsOf } from './memberships.ts';

/** A person's organisations, the oldest membership first. */
export async function listOrganizations(db: AuthReader, userId: UserId): Promise<Organization[]> {
  const memberships = await membershipsOf(db, userId);
  if (memberships.length === 0) return [];
  const ids = memberships.map(({ organizationId }) => organizationId);
  const rows = await db.selectFrom('organizations').selectAll().where('id', 'in', ids).execute();
  const origins = await allowedOriginsOf(db, ids);
  const made = new Map(rows.map((row) => [row.id, row.created_at]));
  return memberships.map(({ organizationId, organizationName, role, since }) => ({
    id: organizationId,
    name: organizationName,
    role,
    allowedOrigins: origins.get(organizationId) ?? [],
    createdAt: (made.get(organizationId) ?? since).toISOString(),
  }));
}

/**
 * Makes an organisation that a person owns. Guests of projects make none: in one of their own they could invite whomever
 * they like, and have quotas that nobody gave them.
 *
 * @param most that one person may own
 * @throws MaquetteError `forbidden`, `conflict` (too many)
 */
export async function createOrganization(
  trx: AuthTrx,
  userId: UserId,
  name: string,
  most: number,
): Promise<Organization> {
  // Two at once count each other.
  await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
  const roles = (await membershipsOf(trx, userId)).map(({ role }) => role);
  if (roles.every((role) => role === 'guest')) throw guestsOwnNothing();
  const owned = roles.filter((role) => role === 'owner').length;
  if (owned >= most) throw tooManyOrganizations(owned, most);
  const row = await trx
    .insertInto('organizations')
    .values({ id: newId('organization'), name })
    .returningAll()
    .executeTakeFirstOrThrow();
  await insertMembership(trx, { organizationId: row.id, userId, role: 'owner' });
  const subject = { type: 'organization', id: row.id };
  await audit(trx, { organizationId: row.id, action: 'createOrganization', subject, details: { name } });
  return { id: row.id, name: row.name, role: 'owner', allowedOrigins: [], createdAt: row.created_at.toISOString() };
}

/** @throws MaquetteError `not_found` */
export async function readOrganization(
  db: AuthReader,
  id: OrganizationId,
): Promise<{ name: string; allowedOrigins: string[]; createdAt: string }> {
  const row = await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw organizationNotFound(id);
  const allowedOrigins = (await allowedOriginsOf(db, [id])).get(id) ?? [];
  return { name: row.name, allowedOrigins, createdAt: row.created_at.toISOString() };
}

/**
 * Changes what is given, and leaves the rest.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function updateOrganization(
  trx: AuthTrx,
  id: OrganizationId,
  { name, allowedOrigins }: OrganizationChange,
  ifMatch: string | undefined,
): Promise<void> {
  const row = await trx.selectFrom('organizations').select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw organizationNotFound(id);
  const origins = (await allowedOriginsOf(trx, [id])).get(id) ?? [];
  requireMatch(ifMatch, organizationState({ name: row.name, allowedOrigins: origins }));
  if (name !== undefined) await rename(trx, id, name);
  if (allowedOrigins !== undefined) await setAllowedOrigins(trx, id, allowedOrigins);
}

async function rename(trx: AuthTrx, id: OrganizationId, name: string): Promise<void> {
  await trx.updateTable('organizations').set({ name }).where('id', '=', id).execute();
  const subject = { type: 'organization', id };
  await audit(trx, { organizationId: id, action: 'updateOrganization', subject, details: { name } });
}
