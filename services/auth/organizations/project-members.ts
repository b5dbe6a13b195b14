import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { OrganizationId, ProjectId, UserId } from '#contracts/ids/ids.ts';
import { type Member, memberState } from '#contracts/rest/resources/user.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { preconditionFailed } from '#platform/rest/errors.ts';
import { audit } from '../audit.ts';
import { memberNotFound, projectMemberNotFound, roleTooWeak } from '../errors.ts';
import { toUser } from '../people/users.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';
import { revokeInvitationsBeyond, revokeInvitationsTo } from './invitation-rights.ts';
import { putProjectRole } from './join.ts';
import { membershipOf } from './memberships.ts';

/** Who has a role of their own in a project, the first first. */
export async function listProjectMembers(
  db: AuthReader,
  organizationId: OrganizationId,
  projectId: ProjectId,
): Promise<Member[]> {
  const rows = await select(db, organizationId, projectId)
    .orderBy('project_memberships.created_at')
    .orderBy('users.id')
    .execute();
  return rows.map(toMember);
}

/** Somebody who has a role of their own in a project. @throws MaquetteError `not_found` */
export async function readProjectMember(
  db: AuthReader,
  organizationId: OrganizationId,
  projectId: ProjectId,
  userId: UserId,
): Promise<Member> {
  const row = await select(db, organizationId, projectId).where('users.id', '=', userId).executeTakeFirst();
  if (!row) throw projectMemberNotFound(userId, projectId);
  return toMember(row);
}

/**
 * Gives a member or guest of the organisation a role in one of its projects, beside the one they have everywhere. Nobody
 * gives or takes a role that is stronger than their own.
 *
 * @param input.ifMatch what the change builds on, as `If-Match` says it: nothing matches who has no role there yet
 * @throws MaquetteError `not_found` (no member), `forbidden`, `precondition_failed`
 */
export async function setProjectMember(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    projectId: ProjectId;
    userId: UserId;
    role: Role;
    actorRole: Role;
    ifMatch: string | undefined;
  },
): Promise<Member> {
  const { organizationId, projectId, userId, role, actorRole, ifMatch } = input;
  if (!roleReaches(actorRole, role)) throw roleTooWeak(role);
  if (!(await membershipOf(trx, userId, organizationId))) throw memberNotFound(userId);
  const before = await holdProjectRole(trx, input);
  if (before && !roleReaches(actorRole, before.role)) throw roleTooWeak(before.role);
  if (before) requireMatch(ifMatch, memberState(before));
  else if (ifMatch !== undefined) throw preconditionFailed(ifMatch);
  await putProjectRole(trx, { organizationId, projectId, userId, role });
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await revokeTokens(trx, [userId]);
  const subject = { type: 'user', id: userId };
  await audit(trx, { organizationId, action: 'setProjectMember', subject, details: { projectId, role } });
  return readProjectMember(trx, organizationId, projectId, userId);
}

/** Takes the role in a project away. @throws MaquetteError `not_found`, `forbidden`, `precondition_failed` */
export async function removeProjectMember(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    projectId: ProjectId;
    userId: UserId;
    actorRole: Role;
    ifMatch: string | undefined;
  },
): Promise<void> {
  const { organizationId, projectId, userId, actorRole, ifMatch } = input;
  const held = await holdProjectRole(trx, input);
  if (!held) throw projectMemberNotFound(userId, projectId);
  if (!roleReaches(actorRole, held.role)) throw roleTooWeak(held.role);
  requireMatch(ifMatch, memberState(held));
  await trx
    .deleteFrom('project_memberships')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .execute();
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await revokeTokens(trx, [userId]);
  const subject = { type: 'user', id: userId };
  await audit(trx, { organizationId, action: 'removeProjectMember', subject, details: { projectId } });
}

/** Locks somebody's role in a project; undefined where they have none. */
async function holdProjectRole(
  trx: AuthTrx,
  { organizationId, projectId, userId }: { organizationId: OrganizationId; projectId: ProjectId; userId: UserId },
): Promise<Pick<Member, 'role' | 'since'> | undefined> {
  const row = await trx
    .selectFrom('project_memberships')
    .select(['role', 'created_at'])
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return row && { role: row.role, since: row.created_at.toISOString() };
}

function select(db: AuthReader, organizationId: OrganizationId, projectId: ProjectId) {
  return db
    .selectFrom('project_memberships')
    .innerJoin('users', 'users.id', 'project_memberships.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.created_at', 'project_memberships.role'])
    .select('project_memberships.created_at as since')
    .where('project_memberships.organization_id', '=', organizationId)
    .where('project_memberships.project_id', '=', projectId);
}

function toMember(row: Parameters<typeof toUser>[0] & { role: Role; since: Date }): Member {
  return { user: toUser(row), role: row.role, since: row.since.toISOString() };
}

/**
 * Forgets a project that was deleted: the roles in it, which access tokens would else go on to name, and the open
 * invitations to it. Guests of no other project stay guests, and may be given a role in another.
 *
 * @returns who had a role in it
 */
export async function forgetProject(
  trx: AuthTrx,
  { organizationId, projectId }: { organizationId: OrganizationId; projectId: ProjectId },
): Promise<UserId[]> {
  const removed = await trx
    .deleteFrom('project_memberships')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .returning('user_id')
    .execute();
  const userIds = removed.map(({ user_id }) => user_id);
  await revokeTokens(trx, userIds);
  await revokeInvitationsTo(trx, organizationId, projectId);
  return userIds;
}
