import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Recipe } from '#contracts/operations/recipe.ts';

/** What a task is told: the model lies in the folder as `SOURCE_FILE`. */
export interface RecipeInput {
  recipe: Recipe;
  limits: ModelLimits;
}

/** Parameter of the task module's URL: threads of the renderer, known when the process starts. */
export const THREADS_PARAMETER = 'threads';

/** Name of the model that a task reads in its folder. */
export const SOURCE_FILE = 'source.glb';

/** Name of the file that a task leaves there for an output of its recipe. */
export function resultFile(output: number): string {
  return `result-${output}`;
}
