import {
  type Member,
  memberState,
  type NewInvitation,
  type Organization,
  organizationState,
} from '#contracts/rest/resources/user.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { organizationNotFound } from '../access/errors.ts';
import { type Principal, personOf, roleIn } from '../access/principal.ts';
import { json, noContent, page, pageOfWhole } from '../answers.ts';
import { type Gateway, idempotencyKeyOf, principalOf, tenant, withoutKey } from '../gateway.ts';
import type { Routes } from './route.ts';

/** Documents of the auth service as they are. */
const read = (text: string): unknown => JSON.parse(text);
const tagOfMember = (member: Member) => entityTag(member, memberState(member));
const tagOf = (organization: Organization) => entityTag(organization, organizationState(organization));
const pageOf = ({ json: documents, nextCursor }: { json: string[]; nextCursor: string }) => ({
  data: documents.map(read),
  nextCursor: nextCursor === '' ? null : nextCursor,
});

export function organizationRoutes({
  data,
  organizations,
  people,
  authenticator,
  allowedOrigins,
}: Gateway): Routes<
  | 'listOrganizations'
  | 'createOrganization'
  | 'getOrganization'
  | 'updateOrganization'
  | 'listMembers'
  | 'getMember'
  | 'changeMember'
  | 'removeMember'
  | 'leaveOrganization'
  | 'createPasswordReset'
  | 'createInvitation'
  | 'listInvitations'
  | 'getInvitation'
  | 'revokeInvitation'
> {
  /** The organisation that a request belongs to: any other is none of its business. */
  const own = async (principal: Principal, id: string): Promise<Organization> => {
    const { organizationId, role } = principal;
    if (id !== organizationId) throw organizationNotFound(id);
    return { id: organizationId, role, ...(await organizations.getOrganization({ organizationId })) };
  };
  /** Somebody who is signed in reads all those that they are in, such as one that they just made. */
  const ofPerson = async (principal: Principal, id: string): Promise<Organization> => {
    const { organizationId, userId, token } = principal;
    if (id === organizationId || userId === null || token) return shown(await own(principal, id));
    const list = (await organizations.listOrganizations({ userId })).json.map((text) => read(text) as Organization);
    const found = list.find((one) => one.id === id);
    if (!found) throw organizationNotFound(id);
    return found;
  };
  const shown = ({ id, name, role, allowedOrigins: origins, createdAt }: Organization) => ({
    id,
    name,
    role,
    allowedOrigins: origins,
    createdAt,
  });

  return {
    async listOrganizations({ request, query }) {
      const principal = principalOf(request);
      const { userId, token } = principal;
      // A token is for one organisation, and says nothing of the others that its person is in.
      const list =
        userId === null || token
          ? [shown(await own(principal, principal.organizationId))]
          : (await organizations.listOrganizations({ userId })).json.map((text) => read(text) as Organization);
      return pageOfWhole(request, list, query, ({ id }) => id);
    },
    async createOrganization({ request, body }) {
      const { userId } = personOf(principalOf(request));
      const idempotencyKey = idempotencyKeyOf(request) ?? '';
      const made = await organizations.createOrganization({ userId, name: body.name, idempotencyKey });
      const organization = read(made.json) as Organization;
      return json(request, organization, {
        status: 201,
        tag: tagOf(organization),
        headers: { location: `/v1/organizations/${organization.id}` },
      });
    },
    async getOrganization({ request, params }) {
      const organization = await ofPerson(principalOf(request), params.organizationId);
      return json(request, organization, { tag: tagOf(organization) });
    },
    async updateOrganization({ request, params, headers, body }) {
      const principal = principalOf(request);
      await own(principal, params.organizationId);
      const origins = body.allowedOrigins && { origins: body.allowedOrigins };
      const ifMatch = headers['if-match'] ?? '';
      const change = { organizationId: principal.organizationId, name: body.name ?? '', ifMatch };
      await organizations.updateOrganization({ ...change, ...(origins && { allowedOrigins: origins }) });
      if (origins) allowedOrigins.forget();
      const organization = shown(await own(principal, params.organizationId));
      return json(request, organization, { tag: tagOf(organization) });
    },
    async listMembers({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '' } = query;
      return page(request, pageOf(await organizations.listMembers({ organizationId, limit, cursor })));
    },
    async getMember({ request, params }) {
      const { organizationId } = principalOf(request);
      const member = read((await organizations.getMember({ organizationId, ...params })).json) as Member;
      return json(request, member, { tag: tagOfMember(member) });
    },
    async changeMember({ request, params, headers, body: { role } }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const { userId } = params;
      const ifMatch = headers['if-match'] ?? '';
      const changed = await organizations.changeMember({ organizationId, userId, role, actorRole, ifMatch });
      authenticator.forgetMember(userId, organizationId);
      const member = read(changed.json) as Member;
      return json(request, member, { tag: tagOfMember(member) });
    },
    async removeMember({ request, params, headers }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const ifMatch = headers['if-match'] ?? '';
      await organizations.removeMember({ organizationId, userId: params.userId, actorRole, ifMatch });
      authenticator.forgetMember(params.userId, organizationId);
      return noContent;
    },
    async leaveOrganization({ request }) {
      const { organizationId, userId, role: actorRole } = personOf(principalOf(request));
      await organizations.removeMember({ organizationId, userId, actorRole });
      authenticator.forgetMember(userId, organizationId);
      return noContent;
    },
    async createPasswordReset({ request, params }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const idempotencyKey = idempotencyKeyOf(request) ?? '';
      const made = await people.createPasswordReset({ organizationId, actorRole, idempotencyKey, ...params });
      return json(request, read(made.json), { status: 201 });
    },
    async createInvitation({ request, body }) {
      const principal = principalOf(request);
      const { organizationId } = principal;
      const { projectId } = body;
      // Which projects there are the data service knows.
      if (projectId) await data.getProject({ headers: withoutKey(tenant(request)), params: { projectId } });
      const actorRole = projectId ? roleIn(principal, projectId) : principal.role;
      const idempotencyKey = idempotencyKeyOf(request) ?? '';
      const made = await organizations.createInvitation({ organizationId, actorRole, idempotencyKey, ...body });
      const invitation = read(made.json) as NewInvitation;
      const { token: _token, ...shown } = invitation;
      const location = `/v1/invitations/${invitation.id}`;
      return json(request, invitation, { status: 201, tag: entityTag(shown), headers: { location } });
    },
    async listInvitations({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '' } = query;
      return page(request, pageOf(await organizations.listInvitations({ organizationId, limit, cursor })));
    },
    async getInvitation({ request, params }) {
      const { organizationId } = principalOf(request);
      return json(request, read((await organizations.getInvitation({ organizationId, ...params })).json));
    },
    async revokeInvitation({ request, params, headers }) {
      const { organizationId } = principalOf(request);
      const ifMatch = headers['if-match'] ?? '';
      await organizations.revokeInvitation({ organizationId, invitationId: params.invitationId, ifMatch });
      return noContent;
    },
  };
}
