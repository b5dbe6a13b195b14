import { sql } from 'kysely';
import { roleHas } from '#contracts/access/policy.ts';
import { roleReaches } from '#contracts/access/roles.ts';
import { type InvitationId, idSchema, type OrganizationId, type ProjectId, type UserId } from '#contracts/ids/ids.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { audit } from '../audit.ts';
import { openInvitationNotFound, unauthenticated } from '../errors.ts';
import { findApiKey } from '../store/api-keys.ts';
import type { AuthTrx } from '../tables.ts';
import { holdMembership, membershipOf } from './memberships.ts';
import { projectRolesOf } from './project-roles.ts';

/**
 * The person who invites, or whose key does, held as a member until the transaction ends: who takes them out at this moment
 * then revokes the invitation, too.
 *
 * @returns null for what belongs to the organisation itself
 * @throws MaquetteError `unauthenticated` when they are a member no more
 */
export async function whoInvites(trx: AuthTrx, organizationId: OrganizationId): Promise<UserId | null> {
  const caller = currentContext()?.caller;
  const key = idSchema('apiKey').safeParse(caller?.credentialId).data;
  const user = idSchema('user').safeParse(caller?.id).data;
  const ofKey = user === undefined && key !== undefined ? await findApiKey(trx, organizationId, key) : undefined;
  const inviter = user ?? (ofKey?.service_account_id ? null : (ofKey?.user_id ?? null));
  if (inviter !== null && !(await holdMembership(trx, inviter, organizationId))) throw unauthenticated();
  return inviter;
}

/**
 * Revokes the open invitations of somebody who may no longer invite so: an invitation is a right that its token keeps, and
 * must not outlast that of who gave it.
 */
export async function revokeInvitationsBeyond(
  trx: AuthTrx,
  organizationId: OrganizationId,
  userId: UserId,
): Promise<void> {
  const open = await trx
    .selectFrom('invitations')
    .select(['id', 'role', 'project_id'])
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .execute();
  if (open.length === 0) return;
  const role = (await membershipOf(trx, userId, organizationId))?.role;
  const inProjects = await projectRolesOf(trx, userId, organizationId);
  const may = (invitation: (typeof open)[number]) => {
    const roles = [role, invitation.project_id === null ? undefined : inProjects[invitation.project_id]];
    return roles.some((own) => own && roleHas(own, 'members:write') && roleReaches(own, invitation.role));
  };
  for (const invitation of open) if (!may(invitation)) await revokeInvitation(trx, organizationId, invitation.id);
}

/** Revokes the open invitations to a project. */
export async function revokeInvitationsTo(
  trx: AuthTrx,
  organizationId: OrganizationId,
  projectId: ProjectId,
): Promise<void> {
  const open = await trx
    .selectFrom('invitations')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', projectId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .execute();
  for (const { id } of open) await revokeInvitation(trx, organizationId, id);
}

/** Revokes an invitation; again is harmless. @throws MaquetteError `not_found`, also of one that was accepted */
export async function revokeInvitation(trx: AuthTrx, organizationId: OrganizationId, id: InvitationId): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('invitations')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw openInvitationNotFound(id);
  await audit(trx, { organizationId, action: 'revokeInvitation', subject: { type: 'invitation', id } });
}
