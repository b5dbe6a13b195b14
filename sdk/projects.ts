import type { ProjectId } from '#contracts/ids/ids.ts';
import type { Project, ProjectInput } from '#contracts/rest/resources/project.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Projects: groups of assets. */
export function createProjects(requester: Requester) {
  const pathOf = (id: ProjectId) => `/v1/projects/${id}`;
  return {
    create: (input: ProjectInput) => requester.json<Project>('POST', '/v1/projects', { json: input }),
    get: (id: ProjectId) => requester.json<Project>('GET', pathOf(id)),
    /** Newest first. */
    list: (options: ListOptions = {}) => itemsOf<Project>(requester, '/v1/projects', {}, options),
    update: (id: ProjectId, change: Partial<ProjectInput>) =>
      requester.json<Project>('PATCH', pathOf(id), { json: change }),
    /** An empty one only. */
    async delete(id: ProjectId): Promise<void> {
      await requester.send('DELETE', pathOf(id));
    },
  };
}
