import type { AssetId, JobId, OrganizationId, VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { notFound } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import { findDerivative, toDerivative } from './derivatives.ts';
import { findJob, readJob } from './jobs.ts';

/**
 * The job of a recipe with the derivative that it made.
 *
 * @throws MaquetteError `not_found`, also for a job of another kind
 */
export async function readRecipeJob(db: DataReader, organizationId: OrganizationId, id: JobId): Promise<RecipeJob> {
  const job = await readJob(db, organizationId, id);
  const facts = await findJob(db, id);
  if (job.kind !== 'geometry.recipe' || !facts) throw notFound('job of a recipe', id);
  if (job.state !== 'succeeded') return { ...job, derivative: null };
  const { versionId, key } = JOB_KINDS['geometry.recipe'].payload.parse(facts.payload);
  const made = await findDerivative(db, organizationId, versionId, key);
  return { ...job, derivative: made ? toDerivative(made) : null };
}

/**
 * The newest job that has carried a recipe out on a version or is to do so, as long as jobs are remembered. A job whose
 * recipe came to nothing is none.
 */
export async function findRecipeJob(
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
    .where('state', 'in', ['queued', 'running', 'succeeded'])
    .orderBy('id', 'desc')
    .execute();
  return rows.find(({ payload }) => {
    const job = JOB_KINDS['geometry.recipe'].payload.parse(payload);
    return job.versionId === versionId && job.key === key;
  })?.id;
}
