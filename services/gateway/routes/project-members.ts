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
      const { organizationId, role: actorRole } = principalOf(request);
      const { projectId, userId } = params;
      // Which projects there are the data service knows.
      await data.getProject({ headers: tenant(request), params: { projectId } });
      const set = { organizationId, projectId, userId, role: body.role, actorRole };
      const { json: document } = await organizations.setProjectMember(set);
      authenticator.forget(userId);
      return json(request, JSON.parse(document));
    },
    async removeProjectMember({ request, params }) {
      const { organizationId, role: actorRole } = principalOf(request);
      await organizations.removeProjectMember({ organizationId, actorRole, ...params });
      authenticator.forget(params.userId);
      return noContent;
    },
  };
}
