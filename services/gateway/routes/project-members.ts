import type { FastifyRequest } from 'fastify';
import { type Member, memberState } from '#contracts/rest/resources/user.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { roleIn } from '../access/principal.ts';
import { json, noContent, pageOfWhole } from '../answers.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function projectMemberRoutes({
  data,
  organizations,
  authenticator,
}: Gateway): Routes<'listProjectMembers' | 'getProjectMember' | 'setProjectMember' | 'removeProjectMember'> {
  return {
    async listProjectMembers({ request, params, query }) {
      const { organizationId } = principalOf(request);
      await data.getProject({ headers: tenant(request), params });
      const { json: documents } = await organizations.listProjectMembers({ organizationId, ...params });
      const members = documents.map((text) => JSON.parse(text) as Member);
      return pageOfWhole(request, members, query, ({ user }) => user.id);
    },
    async getProjectMember({ request, params }) {
      const { organizationId } = principalOf(request);
      const { projectId } = params;
      await data.getProject({ headers: tenant(request), params: { projectId } });
      return shown(request, (await organizations.getProjectMember({ organizationId, ...params })).json);
    },
    async setProjectMember({ request, params, headers, body: { role } }) {
      const principal = principalOf(request);
      const { organizationId } = principal;
      const { projectId, userId } = params;
      // Which projects there are the data service knows.
      await data.getProject({ headers: tenant(request), params: { projectId } });
      const ifMatch = headers['if-match'] ?? '';
      const actorRole = roleIn(principal, projectId);
      const set = { organizationId, projectId, userId, role, actorRole, ifMatch };
      const { json: document } = await organizations.setProjectMember(set);
      authenticator.forget(userId);
      return shown(request, document);
    },
    async removeProjectMember({ request, params, headers }) {
      const principal = principalOf(request);
      const { organizationId } = principal;
      const actorRole = roleIn(principal, params.projectId);
      const ifMatch = headers['if-match'] ?? '';
      await organizations.removeProjectMember({ organizationId, actorRole, ifMatch, ...params });
      authenticator.forget(params.userId);
      return noContent;
    },
  };
}

function shown(request: FastifyRequest, document: string) {
  const member = JSON.parse(document) as Member;
  return json(request, member, { tag: entityTag(member, memberState(member)) });
}
