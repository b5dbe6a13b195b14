import { dirname, isAbsolute, join } from 'node:path';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import { othersOf } from '#contracts/operations/recipe-others.ts';
import type { OtherFiles } from '#engine/process/other-models.ts';
import { readModelFiles } from './model-files.ts';

/**
 * Reads the models that a recipe takes beside its own: files, by their paths from the folder of the recipe.
 *
 * @param recipeFile what `--recipe` names; from the current folder for a recipe that lies nowhere
 * @throws MaquetteError `not_found` when one cannot be read
 */
export async function otherFiles(
  recipe: AnyRecipe,
  recipeFile: string | boolean | undefined,
): Promise<Map<string, OtherFiles>> {
  const folder = typeof recipeFile === 'string' && recipeFile !== '-' ? dirname(recipeFile) : '.';
  const found = new Map<string, OtherFiles>();
  const others = othersOf(recipe);
  if (others.length === 0) return found;
  // Loaded where it is asked for: it brings the library for hashes along.
  const { sourceKey } = await import('./state-folder.ts');
  for (const { model } of others) {
    const files = await readModelFiles(isAbsolute(model) ? model : join(folder, model));
    found.set(model, { files, key: sourceKey(files) });
  }
  return found;
}
