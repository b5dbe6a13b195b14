import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { EXPORT_FORMATS } from '#contracts/model/export-format.ts';
import { type AnyRecipe, isGraph } from '#contracts/operations/any-recipe.ts';
import { outputOptions, type RecipeOutput } from '#contracts/operations/recipe.ts';
import type { RecipeResult } from '#engine/process/carry-out-recipe.ts';
import { type CommandCall, UsageError } from './command.ts';
import { EXPORT_OPTIONS, exportChoices, exportTarget } from './export-options.ts';
import { prepareOutput } from './prepare-output.ts';
import { stemOfOutput, writeModel } from './write-model.ts';

type Values = CommandCall['values'];
type WrittenFile = { path: string; bytes: number };

/** Where the results of a recipe go, and as what. */
export interface ResultPlaces {
  /** The recipe with the formats that the name of the output and the options ask for. */
  recipe: AnyRecipe;
  /** What the names of the files of a result begin with. */
  stemOf(name: string): string;
  /**
   * Where a result goes in one of its formats.
   *
   * @param ending of the format
   * @param index of the format among those of the result
   * @returns the file, and whether it is a zip of all files of the format
   */
  placeOf(name: string, ending: string, index: number): { path: string; zipped: boolean };
}

/**
 * Says where results go: the only one to `output`; several of a graph beside it, as `STEM-NAME.ending`, or each as
 * `NAME.ending` into `output` where that is a folder. The name of a file says its format, which is then that of every
 * result; what goes into a folder has the formats of the recipe.
 *
 * @throws UsageError for names and options that contradict each other or the recipe, and for what cannot be written
 */
export async function resultPlaces(output: string, recipe: AnyRecipe, values: Values): Promise<ResultPlaces> {
  if (!isGraph(recipe)) return filePlaces(output, recipe, values);
  refuseAlike(Object.keys(recipe.outputs));
  return (await isFolder(output)) ? folderPlaces(output, recipe, values) : filePlaces(output, recipe, values);
}

/** Writes a result to its places. @returns its files with their sizes, the model of the first format first */
export async function writeResult(places: ResultPlaces, { name, outputs }: RecipeResult): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const [index, { format, exported }] of outputs.entries()) {
    const { path, zipped } = places.placeOf(name, EXPORT_FORMATS[format].ending, index);
    written.push(...(await writeModel(path, exported, zipped)));
  }
  return written;
}

async function filePlaces(output: string, recipe: AnyRecipe, values: Values): Promise<ResultPlaces> {
  const { options, zipped } = exportTarget(output, values);
  const isAlone = !isGraph(recipe) || Object.keys(recipe.outputs).length === 1;
  const ending = extname(output);
  const stemOf = (name: string) => `${stemOfOutput(output)}${isAlone ? '' : `-${name}`}`;
  const paths = isGraph(recipe) && !isAlone ? Object.keys(recipe.outputs) : [''];
  for (const name of paths) await prepareOutput(join(dirname(output), stemOf(name) + ending));
  return {
    recipe: withFormats(recipe, (formats) => [
      options,
      ...(formats.length > 1 ? formats.filter((other) => outputOptions(other).format !== options.format) : []),
    ]),
    stemOf,
    placeOf(name, format, index) {
      const path = join(dirname(output), stemOf(name));
      return index === 0 ? { path: path + ending, zipped } : { path: path + format, zipped: false };
    },
  };
}

async function folderPlaces(folder: string, recipe: AnyRecipe, values: Values): Promise<ResultPlaces> {
  const { format } = values;
  const choices = Object.keys(EXPORT_OPTIONS).filter((name) => name !== 'format' && values[name] !== undefined);
  if (format === undefined && choices.length > 0) {
    throw new UsageError(`--${choices[0]}: give --format as well, or say it in the recipe`);
  }
  const options = format === undefined ? null : exportChoices(format, values);
  await prepareOutput(folder, true);
  return {
    recipe: options ? withFormats(recipe, () => [options]) : recipe,
    stemOf: (name) => name,
    placeOf: (name, ending) => ({ path: join(folder, name + ending), zipped: false }),
  };
}

function withFormats(recipe: AnyRecipe, change: (formats: RecipeOutput[]) => RecipeOutput[]): AnyRecipe {
  if (!isGraph(recipe)) return { ...recipe, outputs: change(recipe.outputs) };
  const outputs = Object.entries(recipe.outputs).map(([name, output]) => [
    name,
    { ...output, formats: change(output.formats) },
  ]);
  return { ...recipe, outputs: Object.fromEntries(outputs) };
}

/** A folder that is there, or a name that says so: with a slash at its end, or without an ending. */
async function isFolder(output: string): Promise<boolean> {
  if (/[\\/]$/.test(output) || extname(basename(output)) === '') return true;
  return (await stat(output).catch(() => undefined))?.isDirectory() === true;
}

/** Some file systems take names for the same that differ in capitals alone: one result would replace the other. */
function refuseAlike(names: readonly string[]): void {
  const alike = names.find((name, index) =>
    names.slice(0, index).some((other) => other.toLowerCase() === name.toLowerCase()),
  );
  if (alike)
    throw new UsageError(`--recipe: two outputs are called ${alike}, in capitals or small letters: rename one`);
}
