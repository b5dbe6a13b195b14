import { z } from 'zod';
import { type AnyRecipe, isGraph } from '#contracts/operations/any-recipe.ts';
import { PresetName } from '#contracts/operations/presets.ts';
import { type Gates, Recipe } from '#contracts/operations/recipe.ts';
import { RecipeGraph } from '#contracts/operations/recipe-graph.ts';
import { RecipeInput, recipeOf } from '#contracts/operations/recipe-input.ts';
import { ProfileName } from '#contracts/profiles/built-in.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';
import { readJsonFile } from './json-file.ts';
import { readProfile } from './profile-file.ts';

type Values = CommandCall['values'];

/** Options that say what is done to a model, and what the result has to keep to. */
export const RECIPE_OPTIONS: Record<string, CommandOption> = {
  preset: {
    type: 'string',
    value: 'NAME',
    help: `a built-in recipe: ${PresetName.options.join(', ')} (web by default)`,
  },
  recipe: {
    type: 'string',
    value: 'FILE',
    help: 'a recipe of your own, as JSON: a list of operations, a preset with limits of its own, or a graph (docs/operations.md); - reads it from standard input',
  },
  triangles: { type: 'string', value: 'N', help: 'come down to this many triangles' },
  bytes: { type: 'string', value: 'N', help: 'come down to a file of this size' },
  'min-ssim': {
    type: 'string',
    value: 'N',
    help: 'compare pictures with the source, and fail when one is less alike (1: the same)',
  },
  'max-deviation': { type: 'string', value: 'METRES', help: 'fail when the surface moves further' },
  profile: {
    type: 'string',
    value: 'NAME|FILE',
    help: `fail when the result breaks this validation profile: ${ProfileName.options.join(', ')}, or a .json file (docs/validation.md)`,
  },
};

/**
 * The recipe that the options mean: of the file or the preset, with the limits of the other options on top.
 *
 * @throws UsageError for what cannot be read or contradicts itself
 * @throws MaquetteError `invalid_request` for a recipe that is impossible whatever the model
 */
export async function recipeOfOptions(values: Values): Promise<AnyRecipe> {
  const profile = typeof values.profile === 'string' ? await readProfile(values.profile) : undefined;
  return recipeWithin(profile, values);
}

/** As `recipeOfOptions`, with a validation profile that is known: its rules, or the name that a server knows it by. */
export async function recipeWithin(profile: Gates['profile'], values: Values): Promise<AnyRecipe> {
  return withLimits(recipeOf(await inputOf(values)), profile, values);
}

async function inputOf({ preset, recipe }: Values): Promise<RecipeInput> {
  if (preset !== undefined && recipe !== undefined) throw new UsageError('Give --preset or --recipe, not both.');
  if (typeof recipe === 'string') return readJsonFile('--recipe', recipe, RecipeInput);
  const name = PresetName.safeParse(preset ?? 'web');
  if (!name.success) throw new UsageError(`--preset: one of ${PresetName.options.join(', ')}`);
  return RecipeInput.parse({ preset: name.data });
}

/** The recipe with what the options ask for on top: gates for every result; a target for a list, which has one. */
function withLimits(recipe: AnyRecipe, profile: Gates['profile'], values: Values): AnyRecipe {
  const gates = given({
    maxDeviation: numberFrom(values, 'max-deviation'),
    minSsim: numberFrom(values, 'min-ssim'),
    profile,
  });
  const target = given({ triangles: numberFrom(values, 'triangles'), bytes: numberFrom(values, 'bytes') });
  if (!gates && !target) return recipe;
  const gated = { ...recipe, ...(gates && { gates: { ...recipe.gates, ...gates } }) };
  if (!isGraph(gated)) return parsed(Recipe, { ...gated, ...(target && { target: { ...gated.target, ...target } }) });
  if (target) {
    const option = Object.keys(target)[0];
    throw new UsageError(`--${option}: in a graph each output has a target of its own; give it in the recipe`);
  }
  return parsed(RecipeGraph, gated);
}

function parsed<S extends z.ZodType>(schema: S, recipe: z.output<S>): z.output<S> {
  const result = schema.safeParse(recipe);
  if (!result.success) throw new UsageError(z.prettifyError(result.error));
  return result.data;
}

/** Limits without those that were not given; undefined for none. */
function given<T extends object>(limits: T): Partial<T> | undefined {
  const entries = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as Partial<T>) : undefined;
}

function numberFrom(values: Values, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text === '' || !Number.isFinite(number)) throw new UsageError(`--${name}: give a number`);
  return number;
}
