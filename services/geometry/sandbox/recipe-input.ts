import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Recipe } from '#contracts/operations/recipe.ts';

/** What a task is told: the model lies in the folder as `SOURCE_FILE`. */
export interface RecipeInput {
  recipe: Recipe;
  limits: ModelLimits;
}

/** Parameter of the task module's URL: threads of the renderer, known when the process starts. */
export const THREADS_PARAMETER = 'threads';

/** Names of the files of a task in its folder: what it reads, and what it leaves. */
export const SOURCE_FILE = 'source.glb';
export const RESULT_FILE = 'result.glb';
