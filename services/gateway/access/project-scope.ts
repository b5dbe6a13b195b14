import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isKeyScope, type KeyScope, roleHas, type Scope } from '#contracts/access/policy.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema, type ProjectId } from '#contracts/ids/ids.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type Gateway, principalOf, tenant, withoutKey } from '../gateway.ts';
import { Metadata, readMetadata } from '../tus/metadata.ts';
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

/** What each name of an id is of, as it is said that there is none. */
const THINGS: Readonly<Record<string, string>> = {
  assetId: 'asset',
  renderId: 'render',
  jobId: 'job',
  batchId: 'batch',
  webhookId: 'webhook',
  directUploadId: 'upload',
  uploadId: 'upload',
  shareId: 'share',
  derivativeId: 'derivative',
};

/**
 * Tells a guest of what lies elsewhere that there is no such thing: they must not learn what else there is.
 *
 * @param name of the field that holds the id
 * @param project where the thing lies; null: in none
 * @throws MaquetteError `not_found`
 */
function hideElsewhere({ role, projectRoles }: Principal, name: string, id: string, project: ProjectId | null): void {
  const thing = THINGS[name];
  if (role !== 'guest' || thing === undefined || (project !== null && projectRoles.has(project))) return;
  throw notFound(thing, id);
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
  const finders = findersOf(gateway, request);
  const named = await namedProjects(finders, request, principal);
  if (named.length === 0) throw projectUnnamed(scope);
  const used = await Promise.all(
    usedUploads(request).map(async (id) => {
      const project = (await finders.uploadId?.(id)) ?? null;
      hideElsewhere(principal, 'uploadId', id, project);
      return project;
    }),
  );
  for (const id of [...named, ...used]) {
    if (id === null || !hasIn(principal, scope, id)) throw projectRoleMissing(scope, id ?? 'of no name');
  }
}

/** Refuses a project that a form names beside the one that the request was let in for. @throws MaquetteError `forbidden` */
export function requireNamedProject(request: FastifyRequest, projectId: ProjectId | undefined): void {
  const { projectScope: scope, principal } = request;
  if (scope === null || principal === null) return;
  if (!projectId || !hasIn(principal, scope, projectId)) throw projectRoleMissing(scope, projectId ?? 'of no name');
}

/**
 * Refuses a recipe that takes an asset which whoever asks may not read. Names that are no ids of assets are left to who
 * looks for them.
 *
 * @throws MaquetteError `forbidden`, `not_found`
 */
export async function requireReadable(
  gateway: Gateway,
  request: FastifyRequest,
  others: readonly { model: string }[],
): Promise<void> {
  const principal = principalOf(request);
  if (principal.scopes.has('assets:read')) return;
  for (const { model } of others) {
    const id = idSchema('asset').safeParse(model);
    if (!id.success) continue;
    if (!hasSomewhere(principal, 'assets:read')) throw scopeMissing('assets:read', principal);
    const headers = withoutKey(tenant(request));
    const { projectId } = await gateway.data.getAsset({ headers, params: { assetId: id.data } });
    hideElsewhere(principal, 'assetId', id.data, projectId);
    requireScopeFor(principal, 'assets:read', projectId);
  }
}

/** Finds the project of what an id names, by the name of the field that holds it; null when it lies in none. */
type Finders = Record<string, (id: string) => Promise<ProjectId | null>>;

function findersOf({ data }: Gateway, request: FastifyRequest): Finders {
  const headers = withoutKey(tenant(request));
  const asset = async (assetId: string) =>
    (await data.getAsset({ headers, params: { assetId: idSchema('asset').parse(assetId) } })).projectId;
  const directUpload = async (id: string) => {
    const params = { directUploadId: idSchema('upload').parse(id) };
    return (await data.getDirectUpload({ headers, params })).projectId;
  };
  return {
    projectId: async (id) => idSchema('project').parse(id),
    // Of the filter of events.
    project: async (id) => idSchema('project').parse(id),
    assetId: asset,
    renderId: async (id) =>
      (await data.getRender({ headers, params: { renderId: idSchema('render').parse(id) } })).projectId,
    jobId: async (id) => (await data.getJob({ headers, params: { jobId: idSchema('job').parse(id) } })).projectId,
    batchId: async (id) =>
      (await data.getBatch({ headers, params: { batchId: idSchema('batch').parse(id) } })).projectId,
    webhookId: async (id) =>
      (await data.getWebhook({ headers, params: { webhookId: idSchema('webhook').parse(id) } })).projectId,
    directUploadId: directUpload,
    uploadId: async (id) => {
      const uploadId = idSchema('upload').parse(id);
      try {
        return (await data.getUpload({ headers, params: { uploadId } })).projectId;
      } catch (thrown) {
        if (MaquetteError.from(thrown).code !== 'not_found') throw thrown;
        // Of either way, where a request names uploads that are to become an asset.
        return directUpload(uploadId);
      }
    },
    shareId: async (id) =>
      asset((await data.getShare({ headers, params: { shareId: idSchema('share').parse(id) } })).assetId),
    derivativeId: async (id) => {
      const params = { derivativeId: idSchema('derivative').parse(id) };
      return asset((await data.getDerivative({ headers, params })).assetId);
    },
  };
}

/**
 * The projects that a request is about: of its path, its query, its body and the metadata of a tus upload, by the names
 * that the operation itself has for them. A name that it does not know says nothing: whoever adds one to a request must not
 * be let in for it.
 *
 * @returns none when its path names something whose project cannot be told, or it asks for what lies in none
 * @throws MaquetteError `not_found`, `invalid_request`
 */
async function namedProjects(finders: Finders, request: FastifyRequest, principal: Principal): Promise<ProjectId[]> {
  const { endpoint: declared, operationId } = request.routeOptions.config;
  const endpoint = declared as PublicEndpoint;
  const inPath = Object.keys(endpoint.params?.shape ?? {});
  if (inPath.length > 0 && !inPath.some((name) => name in finders)) return [];
  const metadata = request.headers['upload-metadata'];
  const parts: [unknown, unknown][] = [
    [request.params, endpoint.params],
    [request.query, endpoint.query],
    [request.body, endpoint.body],
    [request.body, endpoint.json],
    ...(operationId === 'createUpload' ? [[readMetadata(metadata?.toString()), Metadata] as [unknown, unknown]] : []),
  ];
  const projects = new Set<ProjectId>();
  for (const [given, schema] of parts) {
    for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
      if (finders[name] === undefined || !declares(schema, name)) continue;
      // What was of a project would be of the organisation.
      if (value === null) return [];
      if (typeof value !== 'string') continue;
      const project = await finders[name](value);
      hideElsewhere(principal, name, value, project);
      if (project === null) return [];
      projects.add(project);
    }
  }
  return [...projects];
}

/** Uploads that are to become an asset. They let nobody in, but have to lie where somebody may use them. */
function usedUploads({ body }: FastifyRequest): string[] {
  const { uploads } = (body ?? {}) as { uploads?: unknown };
  return Array.isArray(uploads) ? uploads.filter((id) => typeof id === 'string') : [];
}

/** Whether every form of what a schema takes has a field of a name. */
function declares(schema: unknown, name: string): boolean {
  if (schema instanceof z.ZodObject) return name in schema.shape;
  if (schema instanceof z.ZodUnion) return schema.options.every((option) => declares(option, name));
  return false;
}
