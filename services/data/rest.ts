import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { DATA_API } from '#contracts/rest/data-api.ts';
import type { Asset, Derivative } from '#contracts/rest/resources/asset.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import type { Project } from '#contracts/rest/resources/project.ts';
import type { Render } from '#contracts/rest/resources/render.ts';
import { readAudit } from '#platform/audit/audit-log.ts';
import { gatherReads } from '#platform/database/gather-reads.ts';
import { asSystem } from '#platform/database/tenant-scope.ts';
import { notFound } from '#platform/errors/not-found.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { startOf } from '#platform/rest/page.ts';
import { AUDIT_TABLE } from './audit.ts';
import { directUploadHandlers } from './direct-upload-rest.ts';
import { jobHandlers } from './job-rest.ts';
import { cancelJob } from './operations/cancel-job.ts';
import { deleteAsset } from './operations/delete-asset.ts';
import { exportModel } from './operations/export-model.ts';
import type { OperationDeps } from './operations/operation.ts';
import { createAsset, createVersion } from './operations/record-upload.ts';
import { runRecipe } from './operations/run-recipe.ts';
import { updateAsset } from './operations/update-asset.ts';
import { requireStorage } from './quotas/require-quota.ts';
import { type Creation, created, NO_CONTENT, ok, onceFor as onceForCall, tenant } from './rest-calls.ts';
import { shareHandlers } from './share-rest.ts';
import { listAssets, readAssets } from './store/assets.ts';
import { claimBlobs } from './store/blobs.ts';
import { listDerivatives, readDerivatives } from './store/derivatives.ts';
import { deleteEnvironment, insertEnvironment, listEnvironments, readEnvironment } from './store/environments.ts';
import { listJobs, readJobs } from './store/jobs.ts';
import { deleteProject, insertProject, listProjects, readProjects, renameProject } from './store/projects.ts';
import { readRecipeJob } from './store/recipes.ts';
import { listRenders, readRenderPicture, readRenders } from './store/renders.ts';
import {
  deleteValidationProfile,
  listValidationProfiles,
  putValidationProfile,
  readValidationProfile,
} from './store/validation-profiles.ts';
import { listFiles, listVersions } from './store/versions.ts';
import { uploadHandlers } from './upload-rest.ts';
import { webhookHandlers } from './webhook-rest.ts';

/**
 * Handlers of every operation of the data service's REST API.
 *
 * @param stopping ends calls that wait when the service stops
 */
export function restHandlers(deps: OperationDeps, stopping: AbortSignal): OperationHandlers<typeof DATA_API> {
  const { database } = deps;
  const { kysely } = database;
  const onceFor = (operation: string, call: Creation) => onceForCall(deps, operation, call);
  const project = readByIds<Project>('project', (...those) => readProjects(kysely, ...those));
  const asset = readByIds<Asset>('asset', (...those) => readAssets(kysely, ...those));
  const derivative = readByIds<Derivative>('derivative', (...those) => readDerivatives(kysely, ...those));
  const render = readByIds<Render>('render', (...those) => readRenders(kysely, ...those));
  const job = readByIds<Job>('job', (...those) => readJobs(kysely, ...those));
  return {
    createProject: async (call) =>
      created(
        await onceFor('createProject', call).database.transaction((trx) =>
          insertProject(trx, tenant(call), call.body.name),
        ),
      ),
    listProjects: async (call) => ok(await listProjects(kysely, tenant(call), call.query)),
    getProject: async (call) => ok(await project(tenant(call), call.params.projectId)),
    updateProject: async (call) =>
      ok(
        await database.transaction((trx) =>
          renameProject(trx, tenant(call), call.params.projectId, call.body.name, call.query.ifRevision),
        ),
      ),
    deleteProject: async (call) => {
      await database.transaction((trx) =>
        deleteProject(trx, tenant(call), call.params.projectId, call.query.ifRevision),
      );
      return NO_CONTENT;
    },

    createAsset: async (call) => created(await createAsset(onceFor('createAsset', call), tenant(call), call.body)),
    createVersion: async (call) =>
      created(await createVersion(onceFor('createVersion', call), tenant(call), call.params.assetId, call.body)),
    listAssets: async (call) => ok(await listAssets(kysely, tenant(call), call.query)),
    getAsset: async (call) => ok(await asset(tenant(call), call.params.assetId)),
    updateAsset: async (call) =>
      ok(await updateAsset(deps, tenant(call), call.params.assetId, call.body, call.query.ifRevision)),
    deleteAsset: async (call) => {
      await deleteAsset(deps, tenant(call), call.params.assetId, call.query.ifRevision);
      return NO_CONTENT;
    },

    listVersions: async (call) => ok(await listVersions(kysely, tenant(call), call.params.assetId, call.query)),
    listFiles: async (call) =>
      ok({ data: await listFiles(kysely, tenant(call), call.params.assetId, call.query.version) }),
    listDerivatives: async (call) => ok(await listDerivatives(kysely, tenant(call), call.params.assetId, call.query)),
    getDerivative: async (call) => ok(await derivative(tenant(call), call.params.derivativeId)),

    runRecipe: async (call) =>
      ok(await runRecipe(onceFor('runRecipe', call), tenant(call), call.params.assetId, call.body, call.query)),
    exportModel: async (call) =>
      ok(await exportModel(deps, tenant(call), call.params.assetId, call.body, call.query.version)),
    getRecipeJob: async (call) => ok(await readRecipeJob(kysely, tenant(call), call.params.jobId)),

    listRenders: async (call) => ok(await listRenders(kysely, tenant(call), call.query)),
    getRender: async (call) => ok(await render(tenant(call), call.params.renderId)),
    getRenderPicture: async (call) => ok(await readRenderPicture(kysely, tenant(call), call.params.renderId)),

    createEnvironment: async (call) =>
      created(
        await onceFor('createEnvironment', call).database.transaction(async (trx) => {
          await claimBlobs(trx, deps.objects, [call.body.blob]);
          const made = await insertEnvironment(trx, tenant(call), call.body);
          await requireStorage(trx, deps, tenant(call));
          return made;
        }),
      ),
    listEnvironments: async (call) => ok(await listEnvironments(kysely, tenant(call), call.query)),
    getEnvironment: async (call) => ok(await readEnvironment(kysely, tenant(call), call.params.environmentId)),
    deleteEnvironment: async (call) => {
      await database.transaction((trx) =>
        deleteEnvironment(trx, tenant(call), call.params.environmentId, call.query.ifMatch),
      );
      return NO_CONTENT;
    },

    listValidationProfiles: async (call) => ok({ data: await listValidationProfiles(kysely, tenant(call)) }),
    getValidationProfile: async (call) => ok(await readValidationProfile(kysely, tenant(call), call.params.name)),
    putValidationProfile: async (call) =>
      ok(
        await database.transaction((trx) =>
          putValidationProfile(trx, tenant(call), call.params.name, call.body, call.query.ifMatch),
        ),
      ),
    deleteValidationProfile: async (call) => {
      await database.transaction((trx) =>
        deleteValidationProfile(trx, tenant(call), call.params.name, call.query.ifMatch),
      );
      return NO_CONTENT;
    },

    listAuditLog: async (call) => {
      const { limit, cursor, since, until, ...filter } = call.query;
      const before = startOf('auditEntry', { limit, cursor });
      const query = { organizationId: tenant(call), before, limit: limit + 1, ...filter };
      return ok({
        data: await readAudit(kysely, AUDIT_TABLE, {
          ...query,
          ...(since !== undefined && { since: new Date(since) }),
          ...(until !== undefined && { until: new Date(until) }),
        }),
      });
    },
    listJobs: async (call) => ok(await listJobs(kysely, tenant(call), call.query)),
    getJob: async (call) => {
      const read = () => job(tenant(call), call.params.jobId);
      return ok(
        await awaitEnd(
          deps,
          read,
          call.query.wait,
          call.query.wait > 0 ? AbortSignal.any([stopping, call.signal]) : stopping,
        ),
      );
    },
    cancelJob: async (call) => ok(await cancelJob(onceFor('cancelJob', call), tenant(call), call.params.jobId)),

    getGeneration: async () => ok({ generation: await database.generation() }),

    ...jobHandlers(deps),
    ...webhookHandlers(deps),
    ...uploadHandlers(deps),
    ...directUploadHandlers(deps),
    ...shareHandlers(deps),
  };
}

/** Reads one of a kind, with one query for all that are asked for at a time. It rejects with `not_found`. */
function readByIds<Found extends { id: string }>(
  what: string,
  read: (organizationId: OrganizationId, ids: Found['id'][]) => Promise<Found[]>,
): (organizationId: OrganizationId, id: Found['id']) => Promise<Found> {
  const gathered = gatherReads(read);
  return async (organizationId, id) => {
    const found = await gathered(organizationId, id);
    if (found === undefined) throw notFound(what, id);
    return found;
  };
}

/** Reads a job; when it has not ended, again after its end or the wait. */
async function awaitEnd(
  deps: OperationDeps,
  read: () => Promise<Job>,
  seconds: number,
  signal: AbortSignal,
): Promise<Job> {
  const job = await read();
  if (seconds === 0 || hasEnded(job)) return job;
  // The bus looks for all who wait at once.
  await asSystem(() => deps.bus.waitForEnd(job.id, seconds * 1000, signal));
  return read();
}
