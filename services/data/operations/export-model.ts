import type { AssetId, OrganizationId } from '#contracts/ids/ids.ts';
import type { ExportOptions } from '#contracts/model/export-format.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import type { ModelExport } from '#contracts/rest/resources/model-export.ts';
import { findDerivative, toDerivative } from '../store/derivatives.ts';
import type { OperationDeps } from './operation.ts';
import { recipeKey, requireVersion, runRecipe } from './run-recipe.ts';

/**
 * Finds a version of an asset in another format; where nobody has asked for it yet, a job is to write it: a recipe
 * without operations. What was written once is kept, whatever becomes of its job.
 *
 * @param number of the version; the newest without
 * @throws MaquetteError `not_found`, `conflict` while (or because) the version has no normalised model
 */
export async function exportModel(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  options: ExportOptions,
  number?: number,
): Promise<ModelExport> {
  const recipe = Recipe.parse({ outputs: [options], deviation: { samples: 0 } });
  const { kysely } = deps.database;
  const version = await requireVersion(kysely, organizationId, assetId, number);
  const made = await findDerivative(kysely, organizationId, version.id, recipeKey(version.glb, recipe));
  if (made) return { derivative: toDerivative(made), job: null };
  const job = await runRecipe(deps, organizationId, assetId, recipe, { number });
  return { derivative: job.derivative, job };
}
