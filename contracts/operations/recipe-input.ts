import { z } from 'zod';
import { type ErrorItem, MaquetteError } from '../errors/maquette-error.ts';
import type { AnyRecipe } from './any-recipe.ts';
import { PRESETS, PresetName } from './presets.ts';
import { DeviationSettings, Recipe, RecipeOutput } from './recipe.ts';
import { RecipeGraph } from './recipe-graph.ts';
import { checkRecipe } from './recipe-rules.ts';

/** A recipe as a client asks for it: a list, a graph, or a preset with limits and a target of its own. */
export const RecipeInput = Recipe.extend({
  preset: PresetName.optional().describe('Takes the operations of a built-in recipe; leave `operations` out then'),
  nodes: RecipeGraph.shape.nodes.optional(),
  deviation: DeviationSettings.optional().describe('How the deviation from the source is measured'),
  outputs: z
    .union([z.array(RecipeOutput).min(1).max(8), RecipeGraph.shape.outputs])
    .optional()
    .describe(
      'Of a list or a preset: formats of the result, each once, names or objects where a format leaves choices; `["glb"]` by default. Of a graph: the results by name',
    ),
}).strict();

export type RecipeInput = z.output<typeof RecipeInput>;

/**
 * The recipe that is meant. Gates, target and outputs of a preset hold unless the input has its own.
 *
 * @throws MaquetteError `invalid_request` for a recipe that is impossible whatever the model
 */
export function recipeOf(input: RecipeInput): AnyRecipe {
  const { nodes, outputs } = input;
  const recipe = nodes || (outputs && !Array.isArray(outputs)) ? graphOf(input) : listOf(input);
  checkRecipe(recipe);
  return recipe;
}

function listOf({ preset, operations, gates, target, deviation, picture, outputs }: RecipeInput): Recipe {
  if (preset !== undefined && operations.length > 0) {
    throw contradiction({ pointer: '/preset', message: 'give `preset` or `operations`, not both' });
  }
  const base: Partial<Recipe> = preset === undefined ? { operations } : PRESETS[preset].recipe;
  return Recipe.parse({
    ...base,
    ...(gates && { gates: { ...base.gates, ...gates } }),
    ...(target && { target }),
    ...(deviation && { deviation }),
    ...(picture && { picture }),
    ...(outputs && { outputs }),
  });
}

function graphOf({ preset, operations, target, ...graph }: RecipeInput): RecipeGraph {
  const { nodes, outputs } = graph;
  if (!nodes) throw contradiction({ pointer: '/outputs', message: 'results are named of `nodes`: give these too' });
  if (!outputs || Array.isArray(outputs))
    throw contradiction({ pointer: '/nodes', message: 'say in `outputs` which results are wanted' });
  if (preset !== undefined || operations.length > 0) {
    const pointer = preset === undefined ? '/operations' : '/preset';
    throw contradiction({ pointer, message: 'a recipe is a list, a preset or a graph of `nodes`: give one' });
  }
  if (target) throw contradiction({ pointer: '/target', message: 'in a graph each output has a target of its own' });
  return RecipeGraph.parse(graph);
}

function contradiction(error: ErrorItem): MaquetteError {
  return new MaquetteError('invalid_request', `${error.pointer}: ${error.message}`, { errors: [error] });
}
