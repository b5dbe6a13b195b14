import { type AssetId, newId, type OrganizationId, type VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { RecipeOther } from '#contracts/jobs/job-kinds.ts';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import { recipeByContent } from '#contracts/operations/recipe-others.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { notProcessed } from '../errors.ts';
import { requireRoomInQueue } from '../quotas/require-quota.ts';
import { lockAsset } from '../store/assets.ts';
import { findRecipeJob, readRecipeJob } from '../store/recipes.ts';
import { readNewestVersion, readNumberedVersion } from '../store/versions.ts';
import type { DataReader } from '../tables.ts';
import type { OperationDeps } from './operation.ts';
import { contentsOf, readOthers } from './with-others.ts';
import { withProfiles } from './with-profiles.ts';

/**
 * Has a recipe carried out on a version of an asset. One that was carried out before, or is being carried out,
 * answers with its job: requests for one asset take turns on the asset's row, so equal ones at the same moment make one
 * job. A validation profile of the organisation, and other assets that the recipe takes, are taken as they are now.
 *
 * @param options.number of the version; the newest without
 * @param options.priority higher runs earlier; 0 is usual
 * @throws MaquetteError `not_found`, `conflict` while (or because) the version has no normalised model, `quota_exceeded`
 */
export async function runRecipe(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  asked: AnyRecipe,
  { number, priority = 0 }: { number?: number | undefined; priority?: number } = {},
): Promise<RecipeJob> {
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    const { id: versionId, glb } = await requireVersion(trx, organizationId, assetId, number);
    const recipe = await withProfiles(trx, organizationId, asked);
    const others = await readOthers(trx, organizationId, recipe);
    const key = recipeKey(glb, recipe, others);
    const known = await findRecipeJob(trx, assetId, versionId, key);
    const jobId = known ?? newId('job');
    if (known === undefined) {
      await requireRoomInQueue(trx, deps, organizationId);
      await deps.bus.enqueue(trx, {
        id: jobId,
        kind: 'geometry.recipe',
        organizationId,
        projectId: asset.projectId,
        assetId,
        payload: { assetId, versionId, glb, recipe, others, key },
        priority,
        traceParent: currentContext()?.traceParent,
      });
    }
    return readRecipeJob(trx, organizationId, jobId);
  });
}

/** The name of what a recipe makes of a normalised model. Other models that it takes count by what they hold, not by their ids. */
export function recipeKey(glb: BlobReference, recipe: AnyRecipe, others: readonly RecipeOther[] = []): Sha256 {
  return derivativeKey(glb.sha256, 'geometry.recipe', recipeByContent(recipe, contentsOf(others)));
}

/**
 * A version that has its normalised model; the newest without a number.
 *
 * @throws MaquetteError `not_found`, `conflict` while (or because) it has none
 */
export async function requireVersion(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  number?: number,
): Promise<{ id: VersionId; glb: BlobReference }> {
  const version =
    number === undefined
      ? await readNewestVersion(db, organizationId, assetId)
      : await readNumberedVersion(db, organizationId, assetId, number);
  if (!version && number !== undefined) throw notFound('version', `${number} of the asset ${assetId}`);
  if (!version) throw notFound('asset', assetId);
  if (!version.glb) throw notProcessed(assetId, version.state, 'operated on');
  return { id: version.id, glb: version.glb };
}
