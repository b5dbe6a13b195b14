import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { EXPORT_FORMATS } from '#contracts/model/export-format.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelCost, OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { PRESETS, PresetName } from '#contracts/operations/presets.ts';
import { outputOptions, Recipe } from '#contracts/operations/recipe.ts';
import { formatBytes, formatCount } from '#engine/formats/errors.ts';
import { type OptimizedModel, optimizeModel } from '#engine/process/optimize-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { type Command, UsageError } from '../command.ts';
import { EXPORT_OPTIONS, type ExportTarget, exportTarget } from '../export-options.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';
import { progressLine } from '../progress-line.ts';
import { stemOfOutput, warningLines, writeModel } from '../write-model.ts';

/** `maquette optimize MODEL OUT`: carries a recipe out on a model, without a server. */
export const optimize: Command = {
  name: 'optimize',
  summary:
    'Makes a model smaller and lighter: carries a recipe of operations out on it and measures how far the result is from the source. The ending of OUT names the format; a .gltf or .obj gets its files beside it, and a .zip holds all of them.',
  usage: 'MODEL OUT [options]',
  positionals: [2, 2],
  options: {
    preset: {
      type: 'string',
      value: 'NAME',
      help: `a built-in recipe: ${PresetName.options.join(', ')} (web by default)`,
    },
    recipe: {
      type: 'string',
      value: 'FILE',
      help: 'a recipe of your own, as JSON (docs/operations.md); - reads it from standard input',
    },
    triangles: { type: 'string', value: 'N', help: 'come down to this many triangles' },
    bytes: { type: 'string', value: 'N', help: 'come down to a file of this size' },
    'min-ssim': {
      type: 'string',
      value: 'N',
      help: 'compare pictures with the source, and fail when one is less alike (1: the same)',
    },
    'max-deviation': { type: 'string', value: 'METRES', help: 'fail when the surface moves further' },
    ...EXPORT_OPTIONS,
  },
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    const target = exportTarget(output, values);
    await prepareOutput(output);
    const recipe = withOutput(withOptions(await recipeFrom(values), values), target);
    const files = await readModelFiles(model);
    const progress = progressLine(process.stderr);
    try {
      const optimized = await optimizeModel(files, recipe, ModelLimits.parse({}), nodeOperationHost, {
        stem: stemOfOutput(output),
        onProgress: (_stage, share) => progress.show(share),
      });
      progress.clear();
      const written = await writeOutputs(output, optimized, target);
      if (values.json) console.log(JSON.stringify({ ...optimized.report, files: written }));
      else console.error(summaryOf(output, optimized.report));
    } finally {
      progress.clear();
    }
  },
};

type Values = Record<string, string | boolean | undefined>;

async function recipeFrom({ preset, recipe }: Values): Promise<Recipe> {
  if (preset !== undefined && recipe !== undefined) throw new UsageError('Give --preset or --recipe, not both.');
  if (typeof recipe === 'string') return readRecipe(recipe);
  const name = PresetName.safeParse(preset ?? 'web');
  if (!name.success) throw new UsageError(`--preset: one of ${PresetName.options.join(', ')}`);
  return PRESETS[name.data].recipe;
}

async function readRecipe(path: string): Promise<Recipe> {
  const content = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8')).catch((error: Error) => {
    throw new UsageError(`--recipe: ${path} cannot be read: ${error.message}`);
  });
  const value = (() => {
    try {
      return JSON.parse(content) as unknown;
    } catch (error) {
      throw new UsageError(`--recipe: ${path} is not JSON: ${(error as Error).message}`);
    }
  })();
  const parsed = Recipe.safeParse(value);
  if (!parsed.success) throw new UsageError(`--recipe: ${path}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The recipe with the format that the command asks for first; where it has several of its own, these follow. */
function withOutput(recipe: Recipe, { options }: ExportTarget): Recipe {
  const others = recipe.outputs.length > 1 ? recipe.outputs : [];
  return { ...recipe, outputs: [options, ...others.filter((other) => outputOptions(other).format !== options.format)] };
}

/** Writes the first output as it was asked for, and further ones beside it under the same name. */
async function writeOutputs(
  output: string,
  { outputs }: OptimizedModel,
  { zipped }: ExportTarget,
): Promise<{ path: string; bytes: number }[]> {
  const written = [];
  for (const [index, { format, exported }] of outputs.entries()) {
    const beside = join(dirname(output), `${stemOfOutput(output)}${EXPORT_FORMATS[format].ending}`);
    written.push(...(await writeModel(index === 0 ? output : beside, exported, index === 0 && zipped)));
  }
  return written;
}

/** The recipe with what the options ask for on top. */
function withOptions(recipe: Recipe, values: Values): Recipe {
  const triangles = numberFrom(values, 'triangles');
  const bytes = numberFrom(values, 'bytes');
  const maxDeviation = numberFrom(values, 'max-deviation');
  const minSsim = numberFrom(values, 'min-ssim');
  const gates = {
    ...recipe.gates,
    ...(maxDeviation !== undefined && { maxDeviation }),
    ...(minSsim !== undefined && { minSsim }),
  };
  const target = {
    ...recipe.target,
    ...(triangles !== undefined && { triangles }),
    ...(bytes !== undefined && { bytes }),
  };
  const parsed = Recipe.safeParse({
    ...recipe,
    ...(Object.keys(target).length > 0 && { target }),
    ...(Object.keys(gates).length > 0 && { gates }),
  });
  if (!parsed.success) throw new UsageError(z.prettifyError(parsed.error));
  return parsed.data;
}

function numberFrom(values: Values, name: string): number | undefined {
  const given = values[name];
  if (given === undefined) return undefined;
  const number = Number(given);
  if (given === '' || !Number.isFinite(number)) throw new UsageError(`--${name}: give a number`);
  return number;
}

function summaryOf(
  output: string,
  { input, output: made, outputs, deviation, picture, operations, attempts, seconds }: OptimizeReport,
): string {
  const figures = (of: (cost: ModelCost) => string) => `${of(input)} → ${of(made)}`;
  const rows: [string, string][] = [
    ['size', figures(({ bytes }) => formatBytes(bytes))],
    ['triangles', figures(({ triangles }) => formatCount(triangles))],
    ['vertices', figures(({ vertices }) => formatCount(vertices))],
    ['draw calls', figures(({ drawCalls }) => formatCount(drawCalls))],
    ['on a GPU', figures(({ gpuBytes }) => formatBytes(gpuBytes))],
    [
      'deviation',
      deviation
        ? `${deviation.max.toPrecision(3)} m at most (${(deviation.relativeMax * 100).toPrecision(2)} % of the diagonal), ${deviation.mean.toPrecision(3)} m on average`
        : 'not measured',
    ],
    ...(picture
      ? [
          [
            'pictures',
            `SSIM ${picture.ssim.mean.toFixed(4)}, ${picture.ssim.min.toFixed(4)} at least, over ${picture.views} views`,
          ] satisfies [string, string],
        ]
      : []),
    ...operations.map(({ operation, notes, seconds: taken }): [string, string] => [
      operation.type,
      `${taken.toFixed(2)} s${notes.length > 0 ? `  ${notes.join(' ')}` : ''}`,
    ]),
  ];
  const runs = attempts > 1 ? ` in ${attempts} runs` : '';
  return [
    `${output}: ${seconds.toFixed(2)} s${runs}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    ...outputs.flatMap(({ warnings }) => warningLines(warnings)),
  ].join('\n');
}
