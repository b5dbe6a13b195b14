import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { OrganizationId, ProjectId, UserId } from '#contracts/ids/ids.ts';
import type { AuthTrx } from '../tables.ts';
import { insertMembership } from './memberships.ts';
import { projectRolesOf } from './project-roles.ts';

/** What somebody was invited to be: a member with a role, or a guest with a role in one project. */
export interface Invited {
  organizationId: OrganizationId;
  projectId: ProjectId | null;
  role: Role;
}

/**
 * Makes somebody what they were invited to be; who is a member already stays one, and has the role in the project beside,
 * unless they have a stronger one there.
 *
 * @returns whether they came into the organisation by it
 */
export async function joinAsInvited(trx: AuthTrx, userId: UserId, invited: Invited): Promise<boolean> {
  const { organizationId, projectId, role } = invited;
  const joined = await insertMembership(trx, { organizationId, userId, role: projectId === null ? role : 'guest' });
  if (projectId === null) return joined;
  const own = (await projectRolesOf(trx, userId, organizationId))[projectId];
  if (own === undefined || !roleReaches(own, role)) {
    await putProjectRole(trx, { organizationId, projectId, userId, role });
  }
  return joined;
}

/** Gives somebody a role in a project, in place of the one that they had there. */
export async function putProjectRole(
  trx: AuthTrx,
  input: { organizationId: OrganizationId; projectId: ProjectId; userId: UserId; role: Role },
): Promise<void> {
  const { organizationId, projectId, userId, role } = input;
  await trx
    .insertInto('project_memberships')
    .values({ organization_id: organizationId, project_id: projectId, user_id: userId, role })
    .onConflict((conflict) => conflict.columns(['organization_id', 'project_id', 'user_id']).doUpdateSet({ role }))
    .execute();
}
