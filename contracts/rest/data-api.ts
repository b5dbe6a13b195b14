import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { BlobReference, SourceFile } from '../jobs/blob-reference.ts';
import { ExportOptions } from '../model/export-format.ts';
import { AnyRecipe } from '../operations/any-recipe.ts';
import { ValidationProfileName } from '../profiles/profile.ts';
import { AUDIT_DATA_OPERATIONS } from './data/audit-log.ts';
import { DIRECT_UPLOAD_DATA_OPERATIONS } from './data/direct-uploads.ts';
import { JOB_DATA_OPERATIONS } from './data/jobs.ts';
import { SHARE_DATA_OPERATIONS } from './data/shares.ts';
import { RevisionQuery, TenantHeaders } from './data/tenant-headers.ts';
import { UPLOAD_DATA_OPERATIONS } from './data/uploads.ts';
import { WEBHOOK_DATA_OPERATIONS } from './data/webhooks.ts';
import type { Endpoints } from './endpoint.ts';
import { AssetFilter, JobFilter, RenderFilter } from './filters.ts';
import { PageQuery, pageOf } from './page.ts';
import { Priority, PriorityQuery } from './priority.ts';
import { Asset, AssetChange, AssetFile, AssetVersion, Derivative } from './resources/asset.ts';
import { Environment, EnvironmentFacts } from './resources/environment.ts';
import { Job } from './resources/job.ts';
import { ModelExport } from './resources/model-export.ts';
import { nameSchema } from './resources/name.ts';
import { Project, ProjectInput } from './resources/project.ts';
import { RecipeJob } from './resources/recipe-job.ts';
import { Render } from './resources/render.ts';
import { ValidationProfile, ValidationProfileInput, ValidationProfiles } from './resources/validation-profile.ts';

const ProjectParams = z.object({ projectId: idSchema('project') });
const AssetParams = z.object({ assetId: idSchema('asset') });
const JobParams = z.object({ jobId: idSchema('job') });
const EnvironmentParams = z.object({ environmentId: idSchema('environment') });
const RenderParams = z.object({ renderId: idSchema('render') });
const ProfileParams = z.object({ name: ValidationProfileName });
const DerivativeParams = z.object({ derivativeId: idSchema('derivative') });

/** An upload whose bytes are stored. */
const AssetCreation = z.object({
  projectId: idSchema('project').optional().describe('The first project of the organisation without it'),
  name: nameSchema(300),
  files: z.array(SourceFile).min(1),
  priority: Priority,
});
/** A further version of an asset whose bytes are stored. */
const VersionCreation = z.object({ files: z.array(SourceFile).min(1), priority: Priority });
/** An environment whose picture is stored and checked. */
const EnvironmentCreation = z.object({ name: nameSchema(300), blob: BlobReference, facts: EnvironmentFacts });
const tag = 'data';
const scope = 'internal';
const headers = TenantHeaders;

/** The data service's own REST API, which only the gateway calls. */
export const DATA_API = {
  createProject: {
    method: 'POST',
    path: '/data/projects',
    scope,
    tag,
    headers,
    summary: 'Make a project',
    body: ProjectInput,
    responses: { 201: { description: 'The project', body: Project } },
  },
  listProjects: {
    method: 'GET',
    path: '/data/projects',
    scope,
    tag,
    headers,
    summary: 'List projects',
    query: PageQuery.extend({
      ids: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(idSchema('project')).min(1))
        .optional()
        .describe('Comma-separated; only these'),
    }),
    responses: { 200: { description: 'A page', body: pageOf(Project) } },
  },
  getProject: {
    method: 'GET',
    path: '/data/projects/{projectId}',
    scope,
    tag,
    headers,
    summary: 'Read a project',
    params: ProjectParams,
    responses: { 200: { description: 'The project', body: Project } },
  },
  updateProject: {
    method: 'PATCH',
    path: '/data/projects/{projectId}',
    scope,
    tag,
    headers,
    summary: 'Rename a project',
    params: ProjectParams,
    query: RevisionQuery,
    body: ProjectInput.partial(),
    responses: { 200: { description: 'The project', body: Project } },
  },
  deleteProject: {
    method: 'DELETE',
    path: '/data/projects/{projectId}',
    scope,
    tag,
    headers,
    summary: 'Delete an empty project (409 `conflict` while it holds assets)',
    params: ProjectParams,
    query: RevisionQuery,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  createAsset: {
    method: 'POST',
    path: '/data/assets',
    scope,
    tag,
    headers,
    summary: 'Record an uploaded model, its first version, its job and `model_uploaded`',
    body: AssetCreation,
    responses: { 201: { description: 'The asset', body: Asset } },
  },
  createVersion: {
    method: 'POST',
    path: '/data/assets/{assetId}/versions',
    scope,
    tag,
    headers,
    summary: 'Record a further version',
    params: AssetParams,
    body: VersionCreation,
    responses: { 201: { description: 'The asset', body: Asset } },
  },
  listAssets: {
    method: 'GET',
    path: '/data/assets',
    scope,
    tag,
    headers,
    summary: 'List assets, newest first',
    query: AssetFilter,
    responses: { 200: { description: 'A page', body: pageOf(Asset) } },
  },
  getAsset: {
    method: 'GET',
    path: '/data/assets/{assetId}',
    scope,
    tag,
    headers,
    summary: 'Read an asset',
    params: AssetParams,
    responses: { 200: { description: 'The asset', body: Asset } },
  },
  updateAsset: {
    method: 'PATCH',
    path: '/data/assets/{assetId}',
    scope,
    tag,
    headers,
    summary: 'Change an asset',
    params: AssetParams,
    query: RevisionQuery,
    body: AssetChange,
    responses: { 200: { description: 'The asset', body: Asset } },
  },
  deleteAsset: {
    method: 'DELETE',
    path: '/data/assets/{assetId}',
    scope,
    tag,
    headers,
    summary: 'Delete an asset, its versions and derivatives; cancels its jobs; `asset_deleted`',
    params: AssetParams,
    query: RevisionQuery,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  listVersions: {
    method: 'GET',
    path: '/data/assets/{assetId}/versions',
    scope,
    tag,
    headers,
    summary: 'List versions, newest first',
    params: AssetParams,
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(AssetVersion) } },
  },
  listFiles: {
    method: 'GET',
    path: '/data/assets/{assetId}/files',
    scope,
    tag,
    headers,
    summary: 'Files of a version: originals and the GLB',
    params: AssetParams,
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    responses: { 200: { description: 'The files', body: z.object({ data: z.array(AssetFile) }) } },
  },
  listDerivatives: {
    method: 'GET',
    path: '/data/assets/{assetId}/derivatives',
    scope,
    tag,
    headers,
    summary: 'List derivatives, newest first',
    params: AssetParams,
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(Derivative) } },
  },
  getDerivative: {
    method: 'GET',
    path: '/data/derivatives/{derivativeId}',
    scope,
    tag,
    headers,
    summary: 'Read a derivative',
    params: DerivativeParams,
    responses: { 200: { description: 'The derivative', body: Derivative } },
  },
  runRecipe: {
    method: 'POST',
    path: '/data/assets/{assetId}/operations',
    scope,
    tag,
    headers,
    summary: 'Record a recipe on the newest version and its job; the job that is there when an equal one was asked for',
    params: AssetParams,
    query: PriorityQuery,
    body: AnyRecipe,
    responses: { 200: { description: 'The job', body: RecipeJob } },
  },
  exportModel: {
    method: 'POST',
    path: '/data/assets/{assetId}/exports',
    scope,
    tag,
    headers,
    summary: 'Find a version in another format, or record the job that makes it; of the newest without `version`',
    params: AssetParams,
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    body: ExportOptions,
    responses: { 200: { description: 'The file or the job', body: ModelExport } },
  },
  getRecipeJob: {
    method: 'GET',
    path: '/data/recipe-jobs/{jobId}',
    scope,
    tag,
    headers,
    summary: 'Read the job of a recipe with what it made',
    params: JobParams,
    responses: { 200: { description: 'The job', body: RecipeJob } },
  },
  listRenders: {
    method: 'GET',
    path: '/data/renders',
    scope,
    tag,
    headers,
    summary: 'List renders, newest first',
    query: RenderFilter,
    responses: { 200: { description: 'A page', body: pageOf(Render) } },
  },
  getRender: {
    method: 'GET',
    path: '/data/renders/{renderId}',
    scope,
    tag,
    headers,
    summary: 'Read a render',
    params: RenderParams,
    responses: { 200: { description: 'The render', body: Render } },
  },
  getRenderPicture: {
    method: 'GET',
    path: '/data/renders/{renderId}/picture',
    scope,
    tag,
    headers,
    summary: 'The blob of the final picture of a render, or of the newest in the making',
    params: RenderParams,
    responses: {
      200: { description: 'The blob', body: BlobReference.extend({ contentType: z.string() }) },
    },
  },
  createEnvironment: {
    method: 'POST',
    path: '/data/environments',
    scope,
    tag,
    headers,
    summary: 'Record an environment',
    body: EnvironmentCreation,
    responses: { 201: { description: 'The environment', body: Environment } },
  },
  listEnvironments: {
    method: 'GET',
    path: '/data/environments',
    scope,
    tag,
    headers,
    summary: 'List environments, newest first',
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(Environment) } },
  },
  getEnvironment: {
    method: 'GET',
    path: '/data/environments/{environmentId}',
    scope,
    tag,
    headers,
    summary: 'Read an environment',
    params: EnvironmentParams,
    responses: { 200: { description: 'The environment', body: Environment } },
  },
  deleteEnvironment: {
    method: 'DELETE',
    path: '/data/environments/{environmentId}',
    scope,
    tag,
    headers,
    summary: 'Delete an environment',
    params: EnvironmentParams,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  listValidationProfiles: {
    method: 'GET',
    path: '/data/validation-profiles',
    scope,
    tag,
    headers,
    summary: 'List the built-in profiles and those of the organisation',
    responses: { 200: { description: 'The profiles', body: ValidationProfiles } },
  },
  getValidationProfile: {
    method: 'GET',
    path: '/data/validation-profiles/{name}',
    scope,
    tag,
    headers,
    summary: 'Read a profile',
    params: ProfileParams,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
  },
  putValidationProfile: {
    method: 'PUT',
    path: '/data/validation-profiles/{name}',
    scope,
    tag,
    headers,
    summary: 'Make or replace a profile',
    params: ProfileParams,
    body: ValidationProfileInput,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
  },
  deleteValidationProfile: {
    method: 'DELETE',
    path: '/data/validation-profiles/{name}',
    scope,
    tag,
    headers,
    summary: 'Delete a profile',
    params: ProfileParams,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  listJobs: {
    method: 'GET',
    path: '/data/jobs',
    scope,
    tag,
    headers,
    summary: 'List jobs, newest first',
    query: JobFilter,
    responses: { 200: { description: 'A page', body: pageOf(Job) } },
  },
  getJob: {
    method: 'GET',
    path: '/data/jobs/{jobId}',
    scope,
    tag,
    headers,
    summary: 'Read a job; with `wait` answer when it ends or after so many seconds',
    params: JobParams,
    query: z.object({ wait: z.coerce.number().min(0).max(60).default(0) }),
    responses: { 200: { description: 'The job', body: Job } },
  },
  cancelJob: {
    method: 'POST',
    path: '/data/jobs/{jobId}/cancel',
    scope,
    tag,
    headers,
    summary: 'Cancel a job; 409 `conflict` when it has ended',
    params: JobParams,
    responses: { 200: { description: 'The job', body: Job } },
  },
  ...JOB_DATA_OPERATIONS,
  ...WEBHOOK_DATA_OPERATIONS,
  ...UPLOAD_DATA_OPERATIONS,
  ...DIRECT_UPLOAD_DATA_OPERATIONS,
  ...SHARE_DATA_OPERATIONS,
  ...AUDIT_DATA_OPERATIONS,
} as const satisfies Endpoints;
