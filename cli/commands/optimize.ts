import { DEFAULT_LIMITS } from '#contracts/model/default-limits.ts';
import { isGraph } from '#contracts/operations/any-recipe.ts';
import type { ModelCost, OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { formatBytes, formatCount } from '#engine/formats/errors.ts';
import { carryOutRecipe } from '#engine/process/carry-out-recipe.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { CACHE_OPTIONS, openCache } from '../cache-options.ts';
import type { Command } from '../command.ts';
import { EXPORT_OPTIONS } from '../export-options.ts';
import { readModelFiles } from '../model-files.ts';
import { otherFiles } from '../other-files.ts';
import { progressLine } from '../progress-line.ts';
import { RECIPE_OPTIONS, recipeOfOptions } from '../recipe-options.ts';
import { resultPlaces, writeResult } from '../result-files.ts';
import { warningLines } from '../write-model.ts';

/** `maquette optimize MODEL OUT`: carries a recipe out on a model, without a server. */
export const optimize: Command = {
  name: 'optimize',
  summary:
    'Makes a model smaller and lighter: carries a recipe of operations out on it and measures how far the result is from the source. The ending of OUT names the format; a .gltf or .obj gets its files beside it, and a .zip holds all of them. Of a graph with several outputs, each is written beside OUT as STEM-NAME.ending; where OUT is a folder (it is there, ends in / or has no ending), each as NAME.ending into it, in the formats of the recipe. An asset of a server takes the place of MODEL by its id: `maquette optimize ast_… --help`.',
  usage: 'MODEL OUT [options]',
  positionals: [2, 2],
  options: {
    ...RECIPE_OPTIONS,
    ...CACHE_OPTIONS,
    ...EXPORT_OPTIONS,
  },
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    const places = await resultPlaces(output, await recipeOfOptions(values), values);
    const cacheFor = await openCache(values);
    const files = await readModelFiles(model);
    const others = await otherFiles(places.recipe, values.recipe);
    const progress = progressLine(process.stderr);
    try {
      const { results } = await carryOutRecipe(files, places.recipe, DEFAULT_LIMITS, nodeOperationHost, {
        stem: places.stemOf,
        onProgress: (_stage, share) => progress.show(share),
        others,
        ...cacheFor(files),
      });
      progress.clear();
      const printed: Record<string, object> = {};
      for (const result of results) {
        const { name, report } = result;
        const written = await writeResult(places, result);
        if (values.json) printed[name] = { ...report, files: written };
        else console.error(summaryOf(written[0]!.path, report));
      }
      if (values.json) console.log(JSON.stringify(isGraph(places.recipe) ? { results: printed } : printed['']));
    } finally {
      progress.clear();
    }
  },
};

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
    ...operations.map(({ operation, cached, notes, seconds: taken }): [string, string] => [
      operation.type,
      `${cached ? 'kept' : `${taken.toFixed(2)} s`}${notes.length > 0 ? `  ${notes.join(' ')}` : ''}`,
    ]),
  ];
  const runs = attempts > 1 ? ` in ${attempts} runs` : '';
  return [
    `${output}: ${seconds.toFixed(2)} s${runs}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    ...outputs.flatMap(({ warnings }) => warningLines(warnings)),
  ].join('\n');
}
