import type { FastifyRequest } from 'fastify';
import { isKeyScope, type KeyScope, roleHas, type Scope } from '#contracts/access/policy.ts';
import { idSchema, type ProjectId } from '#contracts/ids/ids.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { projectRoleMissing, scopeMissing } from './errors.ts';
import type { Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** A scope that the person has in some projects only: the request has to name one of these, and no other. */
    projectScope: KeyScope | null;
  }
}

/** Whether a person who lacks a scope has it in one of the projects. A token or key stays within what it was made with. */
export function hasSomewhere(principal: Principal, scope: Scope): scope is KeyScope {
  if (principal.userId === null || principal.token || !isKeyScope(scope)) return false;
  return [...principal.projectRoles.values()].some((role) => roleHas(role, scope));
}

/**
 * Refuses a request that was let in for a role in a project, unless all that it names lies in projects where the person
 * has the scope. What lies in no project, or in one that cannot be told before the work is done, needs the role in the
 * organisation.
 *
 * @throws MaquetteError `forbidden`, `not_found`
 */
export async function requireProjectScope(gateway: Gateway, request: FastifyRequest): Promise<void> {
  const { projectScope: scope, principal } = request;
  if (scope === null || principal === null) return;
  const named = await namedProjects(gateway, request);
  if (named.length === 0) throw scopeMissing(scope, principal);
  for (const id of named) {
    const role = principal.projectRoles.get(id);
    if (role === undefined || !roleHas(role, scope)) throw projectRoleMissing(scope, id);
  }
}

/** Refuses a project that a form names beside the one that the request was let in for. @throws MaquetteError `forbidden` */
export function requireNamedProject(request: FastifyRequest, projectId: ProjectId | undefined): void {
  const { projectScope: scope, principal } = request;
  if (scope === null || principal === null) return;
  const role = projectId && principal.projectRoles.get(projectId);
  if (!role || !roleHas(role, scope)) throw projectRoleMissing(scope, projectId ?? 'of no name');
}

/** The projects that a request is about: of its path, its query and its body. */
async function namedProjects({ data }: Gateway, request: FastifyRequest): Promise<ProjectId[]> {
  const headers = tenant(request);
  const asset = async (assetId: string) =>
    (await data.getAsset({ headers, params: { assetId: idSchema('asset').parse(assetId) } })).projectId;
  const found: Record<string, (id: string) => Promise<ProjectId | null>> = {
    projectId: async (id) => idSchema('project').parse(id),
    assetId: asset,
    renderId: async (id) =>
      (await data.getRender({ headers, params: { renderId: idSchema('render').parse(id) } })).projectId,
    jobId: async (id) => (await data.getJob({ headers, params: { jobId: idSchema('job').parse(id) } })).projectId,
    directUploadId: async (id) => {
      const params = { directUploadId: idSchema('upload').parse(id) };
      return (await data.getDirectUpload({ headers, params })).projectId;
    },
    derivativeId: async (id) => {
      const params = { derivativeId: idSchema('derivative').parse(id) };
      return asset((await data.getDerivative({ headers, params })).assetId);
    },
  };
  const projects: ProjectId[] = [];
  for (const part of [request.params, request.query, request.body]) {
    for (const [name, value] of Object.entries((part ?? {}) as Record<string, unknown>)) {
      if (typeof value !== 'string' || found[name] === undefined) continue;
      const project = await found[name](value);
      if (project !== null) projects.push(project);
    }
  }
  return projects;
}
