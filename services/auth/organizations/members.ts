import { sql } from 'kysely';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { OrganizationId, UserId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import { type Member, memberState } from '#contracts/rest/resources/user.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { audit } from '../audit.ts';
import { lastOwner, memberNotFound, roleTooWeak } from '../errors.ts';
import { endSessionsIn } from '../people/sessions.ts';
import { toUser } from '../people/users.ts';
import { revokeKeysOf, weakenKeys } from '../store/api-keys.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';
import { revokeInvitationsBeyond } from './invitation-rights.ts';

/** A page of an organisation's people, by their ids: whoever was known to the server first comes first. */
export async function listMembers(
  db: AuthReader,
  organizationId: OrganizationId,
  request: PageRequest,
): Promise<Page<Member>> {
  const start = startOf('user', request);
  const rows = await select(db, organizationId)
    .$if(start !== null, (query) => query.where('users.id', '>', start as UserId))
    .orderBy('users.id')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toMember);
}

/** @throws MaquetteError `not_found` */
export async function readMember(db: AuthReader, organizationId: OrganizationId, userId: UserId): Promise<Member> {
  const row = await select(db, organizationId).where('users.id', '=', userId).executeTakeFirst();
  if (!row) throw memberNotFound(userId);
  return toMember(row);
}

/**
 * Gives a member another role, which bounds the keys and invitations that they made, too. Nobody gives or takes a role that
 * is stronger than their own.
 *
 * @throws MaquetteError `not_found`, `forbidden`, `conflict` when the last owner would go, `precondition_failed`
 */
export async function changeMember(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    userId: UserId;
    role: Role;
    actorRole: Role;
    ifMatch: string | undefined;
  },
): Promise<Member> {
  const { organizationId, userId, role, actorRole, ifMatch } = input;
  const before = await holdMember(trx, organizationId, userId, ifMatch);
  for (const touched of [before, role]) if (!roleReaches(actorRole, touched)) throw roleTooWeak(touched);
  if (before === 'owner' && role !== 'owner') await refuseLastOwner(trx, organizationId);
  await trx
    .updateTable('memberships')
    .set({ role })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
  await weakenKeys(trx, organizationId, userId, role);
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await revokeTokens(trx, [userId]);
  const subject = { type: 'user', id: userId };
  await audit(trx, { organizationId, action: 'changeMember', subject, details: { from: before, to: role } });
  return readMember(trx, organizationId, userId);
}

/**
 * Takes a person out of an organisation, with the roles in its projects, the keys that they made, their open invitations
 * and the sessions that work in it. Everybody may leave.
 *
 * @param input.leaves whether the person asks
 * @throws MaquetteError `not_found`, `forbidden`, `conflict` when it is the last owner, `precondition_failed`
 */
export async function removeMember(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    userId: UserId;
    actorRole: Role;
    leaves: boolean;
    ifMatch: string | undefined;
  },
): Promise<void> {
  const { organizationId, userId, actorRole, leaves, ifMatch } = input;
  const role = await holdMember(trx, organizationId, userId, ifMatch);
  if (!leaves && !roleReaches(actorRole, role)) throw roleTooWeak(role);
  if (role === 'owner') await refuseLastOwner(trx, organizationId);
  await trx
    .deleteFrom('memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
  await revokeKeysOf(trx, organizationId, userId);
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await endSessionsIn(trx, userId, organizationId);
  await revokeTokens(trx, [userId]);
  await audit(trx, { organizationId, action: 'removeMember', subject: { type: 'user', id: userId } });
}

/** Locks all owners of the organisation, so that two who leave at once do not both find the other. */
async function holdMember(
  trx: AuthTrx,
  organizationId: OrganizationId,
  userId: UserId,
  ifMatch: string | undefined,
): Promise<Role> {
  const { rows } = await sql<{ user_id: UserId; role: Role; created_at: Date }>`
    select user_id, role, created_at from memberships
    where organization_id = ${organizationId} and (role = 'owner' or user_id = ${userId})
    order by user_id for update`.execute(trx);
  const row = rows.find(({ user_id }) => user_id === userId);
  if (!row) throw memberNotFound(userId);
  requireMatch(ifMatch, memberState({ role: row.role, since: row.created_at.toISOString() }));
  return row.role;
}

async function refuseLastOwner(trx: AuthTrx, organizationId: OrganizationId): Promise<void> {
  const { owners } = await trx
    .selectFrom('memberships')
    .select(({ fn }) => fn.countAll<number>().as('owners'))
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow();
  if (owners <= 1) throw lastOwner();
}

function select(db: AuthReader, organizationId: OrganizationId) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.created_at', 'memberships.role'])
    .select('memberships.created_at as since')
    .where('memberships.organization_id', '=', organizationId);
}

function toMember(row: {
  id: UserId;
  email: string | null;
  name: string;
  created_at: Date;
  role: Role;
  since: Date;
}): Member {
  return { user: toUser(row), role: row.role, since: row.since.toISOString() };
}
