import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isKeyScope, type KeyScope, roleHas, type Scope } from '#contracts/access/policy.ts';
import { idSchema, type ProjectId } from '#contracts/ids/ids.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { type Gateway, tenant, withoutKey } from '../gateway.ts';
import { projectRoleMissing, projectUnnamed, scopeMissing } from './errors.ts';
import type { Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** A scope that the person has in some projects only: the request has to name one of these, and no other. */
    projectScope: KeyScope | null;
  }
}

/**
 * Whether a person who lacks a scope has it in one of the projects. A token stays within what it was made for, and a key
 * has no roles in projects.
 */
export function hasSomewhere(principal: Principal, scope: Scope): scope is KeyScope {
  return isKeyScope(scope) && projectsWith(principal, scope).length > 0;
}

/** The projects in which somebody has a scope by a role of their own there. */
export function projectsWith(principal: Principal, scope: KeyScope): ProjectId[] {
  return [...principal.projectRoles.keys()].filter((id) => hasIn(principal, scope, id));
}

/** Whether somebody has a scope in a project. */
export function hasIn({ granted, projectRoles }: Principal, scope: KeyScope, id: ProjectId): boolean {
  const role = projectRoles.get(id);
  return role !== undefined && roleHas(role, scope) && (granted === null || granted.has(scope));
}

/** Refuses whoever has a scope neither in the organisation nor in the project. @throws MaquetteError `forbidden` */
export function requireScopeFor(principal: Principal, scope: KeyScope, id: ProjectId | undefined): void {
  if (principal.scopes.has(scope)) return;
  if (!hasSomewhere(principal, scope)) throw scopeMissing(scope, principal);
  if (id === undefined) throw projectUnnamed(scope);
  if (!hasIn(principal, scope, id)) throw projectRoleMissing(scope, id);
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
  // Whoever lists projects is shown those of their own.
  if (request.routeOptions.config.operationId === 'listProjects') return;
  const named = await namedProjects(gateway, request);
  if (named.length === 0) throw projectUnnamed(scope);
  for (const id of named) if (!hasIn(principal, scope, id)) throw projectRoleMissing(scope, id);
}

/** Refuses a project that a form names beside the one that the request was let in for. @throws MaquetteError `forbidden` */
export function requireNamedProject(request: FastifyRequest, projectId: ProjectId | undefined): void {
  const { projectScope: scope, principal } = request;
  if (scope === null || principal === null) return;
  if (!projectId || !hasIn(principal, scope, projectId)) throw projectRoleMissing(scope, projectId ?? 'of no name');
}

/**
 * The projects that a request is about: of its path, its query and its body, by the names that the operation itself has
 * for them. A name that it does not know says nothing: whoever adds one to a request must not be let in for it.
 *
 * @returns none when its path names something whose project cannot be told
 * @throws MaquetteError `not_found`
 */
async function namedProjects({ data }: Gateway, request: FastifyRequest): Promise<ProjectId[]> {
  const headers = withoutKey(tenant(request));
  const asset = async (assetId: string) =>
    (await data.getAsset({ headers, params: { assetId: idSchema('asset').parse(assetId) } })).projectId;
  const found: Record<string, (id: string) => Promise<ProjectId | null>> = {
    projectId: async (id) => idSchema('project').parse(id),
    // Of the filter of events.
    project: async (id) => idSchema('project').parse(id),
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
  const endpoint = request.routeOptions.config.endpoint as PublicEndpoint;
  const inPath = Object.keys(endpoint.params?.shape ?? {});
  if (inPath.length > 0 && !inPath.some((name) => name in found)) return [];
  const parts: [unknown, z.ZodType | 'multipart' | 'stream' | undefined][] = [
    [request.params, endpoint.params],
    [request.query, endpoint.query],
    [request.body, endpoint.body],
    [request.body, endpoint.json],
  ];
  const projects = new Set<ProjectId>();
  for (const [given, schema] of parts) {
    for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
      if (typeof value !== 'string' || found[name] === undefined || !declares(schema, name)) continue;
      const project = await found[name](value);
      if (project === null) return [];
      projects.add(project);
    }
  }
  return [...projects];
}

/** Whether every form of what a schema takes has a field of a name. */
function declares(schema: unknown, name: string): boolean {
  if (schema instanceof z.ZodObject) return name in schema.shape;
  if (schema instanceof z.ZodUnion) return schema.options.every((option) => declares(option, name));
  return false;
}
