import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { projectsWith } from '../access/project-scope.ts';
import { json, noContent, page } from '../answers.ts';
import { demandedRevision, revisionTag } from '../conditional.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function projectRoutes({
  data,
  organizations,
  authenticator,
}: Gateway): Routes<'createProject' | 'listProjects' | 'getProject' | 'updateProject' | 'deleteProject'> {
  return {
    async createProject({ request, body }) {
      const project = await data.createProject({ headers: tenant(request), body });
      const headers = { location: `/v1/projects/${project.id}` };
      return json(request, project, { status: 201, tag: revisionTag(project), headers });
    },
    async listProjects({ request, query }) {
      // Of whoever has the scope in projects alone: these, and no others.
      const { projectScope: scope } = request;
      const ids = scope && projectsWith(principalOf(request), scope).join(',');
      return page(
        request,
        await data.listProjects({ headers: tenant(request), query: { ...query, ...(ids && { ids }) } }),
      );
    },
    async getProject({ request, params }) {
      const project = await data.getProject({ headers: tenant(request), params });
      return json(request, project, { tag: revisionTag(project) });
    },
    async updateProject({ request, params, headers, body }) {
      const tenantHeaders = tenant(request);
      const read = async () => (await data.getProject({ headers: tenantHeaders, params })).revision;
      const ifRevision = await demandedRevision(headers['if-match'], read);
      const project = await data.updateProject({ headers: tenantHeaders, params, query: { ifRevision }, body });
      return json(request, project, { tag: revisionTag(project) });
    },
    async deleteProject({ request, params, headers }) {
      const tenantHeaders = tenant(request);
      const read = async () => (await data.getProject({ headers: tenantHeaders, params })).revision;
      const ifRevision = await demandedRevision(headers['if-match'], read);
      const { organizationId } = principalOf(request);
      const forget = async () => {
        const { userIds } = await organizations.forgetProject({ organizationId, ...params });
        for (const id of userIds) authenticator.forget(id);
      };
      await data.deleteProject({ headers: tenantHeaders, params, query: { ifRevision } }).catch(async (thrown) => {
        // Whoever asks again, because the answer was lost, has that done which was not.
        if (MaquetteError.from(thrown).code === 'not_found') await forget();
        throw thrown;
      });
      await forget();
      return noContent;
    },
  };
}
