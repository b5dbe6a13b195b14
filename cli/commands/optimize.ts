import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelCost, OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { PRESETS, PresetName } from '#contracts/operations/presets.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { formatBytes, formatCount } from '#engine/formats/errors.ts';
import { optimizeModel } from '#engine/process/optimize-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { type Command, UsageError } from '../command.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';
import { progressLine } from '../progress-line.ts';
import { writeModel } from '../write-model.ts';

/** Endings of files that the command writes. */
const ENDINGS = ['.glb', '.gltf', '.zip'];

/** `maquette optimize MODEL OUT`: carries a recipe out on a model, without a server. */
export const optimize: Command = {
  name: 'optimize',
  summary:
    'Makes a model smaller and lighter: carries a recipe of operations out on it and measures how far the result is from the source. OUT is a .glb, a .gltf with its files beside it, or a .zip of these.',
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
  },
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    const ending = extname(output).toLowerCase();
    if (!ENDINGS.includes(ending)) throw new UsageError(`${output}: the name has to end in ${ENDINGS.join(', ')}`);
    await prepareOutput(output);
    const recipe = withOptions(await recipeFrom(values), values);
    const files = await readModelFiles(model);
    const progress = progressLine(process.stderr);
    try {
      const optimized = await optimizeModel(files, recipe, ModelLimits.parse({}), nodeOperationHost, {
        onProgress: (_stage, share) => progress.show(share),
      });
      progress.clear();
      const written = await writeModel(output, optimized);
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
  { input, output: made, deviation, picture, operations, attempts, seconds }: OptimizeReport,
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
  ].join('\n');
}
