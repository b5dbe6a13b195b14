import { z } from 'zod';
import { MaquetteError } from '../errors/maquette-error.ts';
import { PRESETS, PresetName } from './presets.ts';
import { DeviationSettings, Recipe, RecipeOutput } from './recipe.ts';
import { checkRecipe } from './recipe-rules.ts';

/** A recipe as a client asks for it: written out, or a preset with limits and a target of its own. */
export const RecipeInput = Recipe.extend({
  preset: PresetName.optional().describe('Takes the operations of a built-in recipe; leave `operations` out then'),
  deviation: DeviationSettings.optional().describe('How the deviation from the source is measured'),
  outputs: z
    .array(RecipeOutput)
    .min(1)
    .max(8)
    .optional()
    .describe(
      'Formats of the result, each once: names, or objects where a format leaves choices; `["glb"]` by default',
    ),
}).strict();

export type RecipeInput = z.output<typeof RecipeInput>;

/**
 * The recipe that is meant. Gates, target and outputs of a preset hold unless the input has its own.
 *
 * @throws MaquetteError `invalid_request` for a recipe that is impossible whatever the model
 */
export function recipeOf(input: RecipeInput): Recipe {
  const { preset, operations, gates, target, deviation, picture, outputs } = input;
  if (preset !== undefined && operations.length > 0) {
    const errors = [{ pointer: '/preset', message: 'give `preset` or `operations`, not both' }];
    throw new MaquetteError('invalid_request', `/preset: ${errors[0]?.message}`, { errors });
  }
  const base = preset === undefined ? Recipe.parse({ operations }) : PRESETS[preset].recipe;
  const recipe = Recipe.parse({
    ...base,
    ...(gates && { gates: { ...base.gates, ...gates } }),
    ...(target && { target }),
    ...(deviation && { deviation }),
    ...(picture && { picture }),
    ...(outputs && { outputs }),
  });
  checkRecipe(recipe);
  return recipe;
}
