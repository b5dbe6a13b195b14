import type { Organization } from '#contracts/rest/resources/user.ts';
import { organizationNotFound } from '../access/errors.ts';
import { type Principal, personOf, roleIn } from '../access/principal.ts';
import { json, noContent, page } from '../answers.ts';
import { type Gateway, idempotencyKeyOf, principalOf, tenant, withoutKey } from '../gateway.ts';
import type { Routes } from './route.ts';

/** Documents of the auth service as they are. */
const read = (text: string): unknown => JSON.parse(text);
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
  | 'changeMember'
  | 'removeMember'
  | 'leaveOrganization'
  | 'createPasswordReset'
  | 'createInvitation'
  | 'listInvitations'
  | 'revokeInvitation'
> {
  /** The organisation that a request belongs to: any other is none of its business. */
  const own = async (principal: Principal, id: string): Promise<Organization> => {
    const { organizationId, role } = principal;
    if (id !== organizationId) throw organizationNotFound(id);
    return { id: organizationId, role, ...(await organizations.getOrganization({ organizationId })) };
  };
  const shown = ({ id, name, role, allowedOrigins: origins, createdAt }: Organization) => ({
    id,
    name,
    role,
    allowedOrigins: origins,
    createdAt,
  });

  return {
    async listOrganizations({ request }) {
      const principal = principalOf(request);
      // A token is for one organisation, and says nothing of the others that its person is in.
      if (principal.userId === null || principal.token) {
        return json(request, { data: [shown(await own(principal, principal.organizationId))] });
      }
      const { json: documents } = await organizations.listOrganizations({ userId: principal.userId });
      return json(request, { data: documents.map(read) });
    },
    async createOrganization({ request, body }) {
      const { userId } = personOf(principalOf(request));
      const idempotencyKey = idempotencyKeyOf(request) ?? '';
      const made = await organizations.createOrganization({ userId, name: body.name, idempotencyKey });
      const organization = read(made.json) as Organization;
      return json(request, organization, {
        status: 201,
        headers: { location: `/v1/organizations/${organization.id}` },
      });
    },
    async getOrganization({ request, params }) {
      return json(request, shown(await own(principalOf(request), params.organizationId)));
    },
    async updateOrganization({ request, params, body }) {
      const principal = principalOf(request);
      await own(principal, params.organizationId);
      const origins = body.allowedOrigins && { origins: body.allowedOrigins };
      const change = { organizationId: principal.organizationId, name: body.name ?? '' };
      await organizations.updateOrganization({ ...change, ...(origins && { allowedOrigins: origins }) });
      if (origins) allowedOrigins.forget();
      return json(request, shown(await own(principal, params.organizationId)));
    },
    async listMembers({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '' } = query;
      return page(request, pageOf(await organizations.listMembers({ organizationId, limit, cursor })));
    },
    async changeMember({ request, params, body }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const { userId } = params;
      const changed = await organizations.changeMember({ organizationId, userId, role: body.role, actorRole });
      authenticator.forgetMember(userId, organizationId);
      return json(request, read(changed.json));
    },
    async removeMember({ request, params }) {
      const { organizationId, role: actorRole } = principalOf(request);
      await organizations.removeMember({ organizationId, userId: params.userId, actorRole });
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
      return json(request, read(made.json), { status: 201 });
    },
    async listInvitations({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '' } = query;
      return page(request, pageOf(await organizations.listInvitations({ organizationId, limit, cursor })));
    },
    async revokeInvitation({ request, params }) {
      const { organizationId } = principalOf(request);
      await organizations.revokeInvitation({ organizationId, invitationId: params.invitationId });
      return noContent;
    },
  };
}
