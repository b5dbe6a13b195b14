import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';

/** What a task is told: the model lies in the folder as `SOURCE_FILE`, others beside it as `otherFile` says. */
export interface RecipeInput {
  recipe: AnyRecipe;
  /** The models that the recipe takes beside its own: their names in it, and those of their blobs. */
  others: { model: string; sha256: Sha256 }[];
  limits: ModelLimits;
  /** Name of the model's blob, and how many bytes of results of steps the task may keep; undefined: none. */
  cache: { source: Sha256; keepBytes: number } | undefined;
}

/** Parameter of the task module's URL: threads of the renderer, known when the process starts. */
export const THREADS_PARAMETER = 'threads';

/** Name of the model that a task reads in its folder. */
export const SOURCE_FILE = 'source.glb';

/** Name of a model there that the recipe takes beside its own. */
export function otherFile(index: number): string {
  return `other-${index}.glb`;
}

/** Name of the file that a task leaves there for a format of a result. */
export function resultFile(result: number, format: number): string {
  return `result-${result}-${format}`;
}

/** Name of the file with the result of a step: one that an earlier recipe has kept, or one to be kept. */
export function stateFile(key: Sha256, made: boolean): string {
  return `${made ? 'made' : 'kept'}-${key}`;
}
