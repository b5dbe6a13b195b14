import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { OrganizationId, ProjectId, UserId } from '#contracts/ids/ids.ts';
import type { Member } from '#contracts/rest/resources/user.ts';
import { audit } from '../audit.ts';
import { memberNotFound, roleTooWeak } from '../errors.ts';
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
  const rows = await db
    .selectFrom('project_memberships')
    .innerJoin('users', 'users.id', 'project_memberships.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.created_at', 'project_memberships.role'])
    .select('project_memberships.created_at as since')
    .where('project_memberships.organization_id', '=', organizationId)
    .where('project_memberships.project_id', '=', projectId)
    .orderBy('project_memberships.created_at')
    .orderBy('users.id')
    .execute();
  return rows.map((row) => ({ user: toUser(row), role: row.role, since: row.since.toISOString() }));
}

/**
 * Gives a member or guest of the organisation a role in one of its projects, beside the one they have everywhere. Nobody
 * gives or takes a role that is stronger than their own.
 *
 * @throws MaquetteError `not_found` (no member), `forbidden`
 */
export async function setProjectMember(
  trx: AuthTrx,
  input: { organizationId: OrganizationId; projectId: ProjectId; userId: UserId; role: Role; actorRole: Role },
): Promise<Member> {
  const { organizationId, projectId, userId, role, actorRole } = input;
  if (!roleReaches(actorRole, role)) throw roleTooWeak(role);
  if (!(await membershipOf(trx, userId, organizationId))) throw memberNotFound(userId);
  const before = await trx
    .selectFrom('project_memberships')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  if (before && !roleReaches(actorRole, before.role)) throw roleTooWeak(before.role);
  await putProjectRole(trx, { organizationId, projectId, userId, role });
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await revokeTokens(trx, [userId]);
  const subject = { type: 'user', id: userId };
  await audit(trx, { organizationId, action: 'setProjectMember', subject, details: { projectId, role } });
  const members = await listProjectMembers(trx, organizationId, projectId);
  const member = members.find(({ user }) => user.id === userId);
  if (!member) throw memberNotFound(userId);
  return member;
}

/** Takes the role in a project away. @throws MaquetteError `not_found`, `forbidden` */
export async function removeProjectMember(
  trx: AuthTrx,
  input: { organizationId: OrganizationId; projectId: ProjectId; userId: UserId; actorRole: Role },
): Promise<void> {
  const { organizationId, projectId, userId, actorRole } = input;
  const removed = await trx
    .deleteFrom('project_memberships')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .returning('role')
    .executeTakeFirst();
  if (!removed) throw memberNotFound(userId);
  if (!roleReaches(actorRole, removed.role)) throw roleTooWeak(removed.role);
  await revokeInvitationsBeyond(trx, organizationId, userId);
  await revokeTokens(trx, [userId]);
  const subject = { type: 'user', id: userId };
  await audit(trx, { organizationId, action: 'removeProjectMember', subject, details: { projectId } });
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
