import { roleIn } from '../access/principal.ts';
import { json, noContent } from '../answers.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function projectMemberRoutes({
  data,
  organizations,
  authenticator,
}: Gateway): Routes<'listProjectMembers' | 'setProjectMember' | 'removeProjectMember'> {
  return {
    async listProjectMembers({ request, params }) {
      const { organizationId } = principalOf(request);
      await data.getProject({ headers: tenant(request), params });
      const { json: documents } = await organizations.listProjectMembers({ organizationId, ...params });
      return json(request, { data: documents.map((text) => JSON.parse(text)) });
    },
    async setProjectMember({ request, params, body }) {
      const principal = principalOf(request);
      const { organizationId } = principal;
      const { projectId, userId } = params;
      // Which projects there are the data service knows.
      await data.getProject({ headers: tenant(request), params: { projectId } });
      const set = { organizationId, projectId, userId, role: body.role, actorRole: roleIn(principal, projectId) };
      const { json: document } = await organizations.setProjectMember(set);
      authenticator.forget(userId);
      return json(request, JSON.parse(document));
    },
    async removeProjectMember({ request, params }) {
      const principal = principalOf(request);
      const { organizationId } = principal;
      const actorRole = roleIn(principal, params.projectId);
      await organizations.removeProjectMember({ organizationId, actorRole, ...params });
      authenticator.forget(params.userId);
      return noContent;
    },
  };
}
