import type { Role } from '#contracts/access/roles.ts';
import type { OrganizationId, ProjectId, UserId } from '#contracts/ids/ids.ts';
import type { AuthReader } from '../tables.ts';

/** A person's roles in the projects of an organisation, by project. */
export async function projectRolesOf(
  db: AuthReader,
  userId: UserId,
  organizationId: OrganizationId,
): Promise<Record<ProjectId, Role>> {
  const rows = await db
    .selectFrom('project_memberships')
    .select(['project_id', 'role'])
    .where('user_id', '=', userId)
    .where('organization_id', '=', organizationId)
    .execute();
  return Object.fromEntries(rows.map(({ project_id, role }) => [project_id, role]));
}
