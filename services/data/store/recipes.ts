import type { AssetId, JobId, OrganizationId, VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { notFound } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import { toDerivative } from './derivatives.ts';
import { readJob } from './jobs.ts';

/**
 * The job of a recipe with the derivative that it made.
 *
 * @throws MaquetteError `not_found`, also for a job of another kind
 */
export async function readRecipeJob(db: DataReader, organizationId: OrganizationId, id: JobId): Promise<RecipeJob> {
  const job = await readJob(db, organizationId, id);
  if (job.kind !== 'geometry.recipe') throw notFound('job of a recipe', id);
  const made = await db
    .selectFrom('derivatives')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('job_id', '=', id)
    .where('operation', '=', 'geometry.recipe')
    .executeTakeFirst();
  return { ...job, derivative: made ? toDerivative(made) : null };
}

/** The job that has carried a recipe out on a version, if it is still known, and what it made is. */
export async function findDoneRecipe(trx: DataTrx, versionId: VersionId, key: Sha256): Promise<JobId | undefined> {
  const row = await trx
    .selectFrom('derivatives')
    .innerJoin('jobs', 'jobs.id', 'derivatives.job_id')
    .select('jobs.id')
    .where('derivatives.version_id', '=', versionId)
    .where('derivatives.key', '=', key)
    .where('jobs.kind', '=', 'geometry.recipe')
    .executeTakeFirst();
  return row?.id;
}

/** The job that is to carry a recipe out on a version. */
export async function findOpenRecipe(
  trx: DataTrx,
  assetId: AssetId,
  versionId: VersionId,
  key: Sha256,
): Promise<JobId | undefined> {
  const rows = await trx
    .selectFrom('jobs')
    .select(['id', 'payload'])
    .where('asset_id', '=', assetId)
    .where('kind', '=', 'geometry.recipe')
    .where('state', 'in', ['queued', 'running'])
    .orderBy('id')
    .execute();
  return rows.find(({ payload }) => {
    const job = JOB_KINDS['geometry.recipe'].payload.parse(payload);
    return job.versionId === versionId && job.key === key;
  })?.id;
}
