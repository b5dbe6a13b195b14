import { type AssetId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { Recipe } from '#contracts/operations/recipe.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { notProcessed } from '../errors.ts';
import { lockAsset } from '../store/assets.ts';
import { findRecipeJob, readRecipeJob } from '../store/recipes.ts';
import { readVersionFacts } from '../store/versions.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Has a recipe carried out on an asset's newest version. One that was carried out before, or is being carried out,
 * answers with its job: requests for one asset take turns on the asset's row, so equal ones at the same moment make one
 * job.
 *
 * @throws MaquetteError `not_found`, `conflict` while (or because) the newest version has no normalised model
 */
export async function runRecipe(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  recipe: Recipe,
): Promise<RecipeJob> {
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    const version = await readVersionFacts(trx, organizationId, asset.versionId);
    if (!version?.glb) throw notProcessed(assetId, version?.state ?? 'failed', 'operated on');
    const { id: versionId, glb } = version;
    const key = derivativeKey(glb.sha256, 'geometry.recipe', recipe);
    const known = await findRecipeJob(trx, assetId, versionId, key);
    const jobId = known ?? newId('job');
    if (known === undefined) {
      await deps.bus.enqueue(trx, {
        id: jobId,
        kind: 'geometry.recipe',
        organizationId,
        projectId: asset.projectId,
        assetId,
        payload: { assetId, versionId, glb, recipe, key },
        traceParent: currentContext()?.traceParent,
      });
    }
    return readRecipeJob(trx, organizationId, jobId);
  });
}
