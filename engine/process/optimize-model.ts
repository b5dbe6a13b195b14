import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { Recipe } from '#contracts/operations/recipe.ts';
import type { ModelFile } from '../formats/model-file.ts';
import type { OperationHost } from '../operations/operation-context.ts';
import { type CarryOutOptions, carryOutRecipe, type RecipeResult } from './carry-out-recipe.ts';

/** A model that a list of operations was carried out on. */
export interface OptimizedModel extends Omit<RecipeResult, 'name'> {
  /** What reading the source corrected. */
  corrections: Correction[];
}

/**
 * Carries a list of operations out on a model; see `carryOutRecipe`, which takes graphs as well.
 *
 * @throws MaquetteError `invalid_request` for a recipe that is impossible by itself, `gate_failed`,
 * `target_unreachable`, and what reading a model throws
 */
export async function optimizeModel(
  files: readonly ModelFile[],
  recipe: Recipe,
  limits: ModelLimits,
  host: OperationHost,
  options: CarryOutOptions = {},
): Promise<OptimizedModel> {
  const { results, corrections } = await carryOutRecipe(files, recipe, limits, host, options);
  const { name: _, ...only } = results[0]!;
  return { ...only, corrections };
}
