import type { Role } from '#contracts/access/roles.ts';
import type { InvitationId, OrganizationId, ProjectId, UserId } from '#contracts/ids/ids.ts';
import type { AuditEntry } from '#contracts/rest/resources/audit-entry.ts';
import type { NewPasswordReset } from '#contracts/rest/resources/sign-in.ts';
import type {
  Invitation,
  Member,
  NewInvitation,
  Organization,
  OrganizationChange,
} from '#contracts/rest/resources/user.ts';
import { allOf, itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Filters of the audit log. */
export interface AuditFilter {
  /** Operation id, such as `deleteAsset`, or `signIn`. */
  action?: string;
  actorId?: string;
  subjectId?: string;
  /** RFC 3339. */
  since?: string;
  until?: string;
}

/** People: members, invitations, roles in projects, and the log of what they did. */
export function createOrganization(requester: Requester) {
  return {
    /** The organisation of the key. */
    async get(): Promise<Organization> {
      const { data } = await requester.json<{ data: [Organization] }>('GET', '/v1/organizations');
      return data[0];
    },
    /** Its name, and the origins whose pages may use the API. */
    update: (id: OrganizationId, change: OrganizationChange) =>
      requester.json<Organization>('PATCH', `/v1/organizations/${id}`, { json: change }),
    members: (options: ListOptions = {}) => itemsOf<Member>(requester, '/v1/members', {}, options),
    member: (id: UserId) => requester.json<Member>('GET', `/v1/members/${id}`),
    changeMember: (id: UserId, role: Role) => requester.json<Member>('PATCH', `/v1/members/${id}`, { json: { role } }),
    async removeMember(id: UserId): Promise<void> {
      await requester.send('DELETE', `/v1/members/${id}`);
    },
    /** A token with which a member sets a new password: hand it to the person. */
    resetPassword: (id: UserId) => requester.json<NewPasswordReset>('POST', `/v1/members/${id}/password-reset`),
    /** The only time that the token is shown: hand it to the person. */
    invite: (email: string, role?: Role) =>
      requester.json<NewInvitation>('POST', '/v1/invitations', { json: { email, ...(role && { role }) } }),
    /** Newest first. */
    invitations: (options: ListOptions = {}) => itemsOf<Invitation>(requester, '/v1/invitations', {}, options),
    invitation: (id: InvitationId) => requester.json<Invitation>('GET', `/v1/invitations/${id}`),
    async revokeInvitation(id: InvitationId): Promise<void> {
      await requester.send('DELETE', `/v1/invitations/${id}`);
    },
    /** Gives a member a role in one project, beside the one in the organisation. */
    projectMembers: (projectId: ProjectId) => allOf<Member>(requester, `/v1/projects/${projectId}/members`),
    setProjectMember: (projectId: ProjectId, userId: UserId, role: Role) =>
      requester.json<Member>('PUT', `/v1/projects/${projectId}/members/${userId}`, { json: { role } }),
    async removeProjectMember(projectId: ProjectId, userId: UserId): Promise<void> {
      await requester.send('DELETE', `/v1/projects/${projectId}/members/${userId}`);
    },
    /** What was done, newest first. */
    auditLog: (filter: AuditFilter = {}, options: ListOptions = {}) =>
      itemsOf<AuditEntry>(requester, '/v1/audit-log', { ...filter }, options),
  };
}
