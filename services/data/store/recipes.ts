import { sql } from 'kysely';
import type { AssetId, JobId, OrganizationId, VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { Derivative } from '#contracts/rest/resources/asset.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { notFound } from '#platform/errors/not-found.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import { findDerivative, listPasses, toDerivative } from './derivatives.ts';
import { findJob, readJob } from './jobs.ts';

/**
 * The job of a recipe with the derivatives that it made.
 *
 * @throws MaquetteError `not_found`, also for a job of another kind
 */
export async function readRecipeJob(db: DataReader, organizationId: OrganizationId, id: JobId): Promise<RecipeJob> {
  const job = await readJob(db, organizationId, id);
  if (job.kind !== 'geometry.recipe') throw notFound('job of a recipe', id);
  if (job.state !== 'succeeded') return { ...job, derivative: null, derivatives: [] };
  const facts = await findJob(db, id);
  if (!facts) throw notFound('job of a recipe', id);
  const { versionId, key } = JOB_KINDS['geometry.recipe'].payload.parse(facts.payload);
  const made = await findDerivative(db, organizationId, versionId, key);
  if (!made) return { ...job, derivative: null, derivatives: [] };
  const derivatives = [made, ...(await listPasses(db, [made.id]))].map(toDerivative);
  return { ...job, derivative: derivatives[0] as Derivative, derivatives };
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
  except?: JobId,
): Promise<JobId | undefined> {
  const row = await trx
    .selectFrom('jobs')
    .select('id')
    .where('asset_id', '=', assetId)
    .where('kind', '=', 'geometry.recipe')
    .where('state', 'in', ['queued', 'running', 'succeeded'])
    .where(sql`payload->>'versionId'`, '=', versionId)
    .where(sql`payload->>'key'`, '=', key)
    .$if(except !== undefined, (query) => query.where('id', '<>', except as JobId))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}
