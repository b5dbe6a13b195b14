import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ExportFormat } from '#contracts/model/export-format.ts';
import { operationCatalog } from '#contracts/operations/operation-catalog.ts';
import { PresetName } from '#contracts/operations/presets.ts';
import { RecipeInput } from '#contracts/operations/recipe-input.ts';
import type { RecipeWish } from '#sdk/assets.ts';
import { failureOf } from '#sdk/errors.ts';
import { briefRecipeReport } from '../brief-report.ts';
import { idFrom } from '../ids.ts';
import { ADDS, READS, type ServerTool, type Tool, textOf, tool } from '../tool.ts';

/** `list_operations`: what recipes are made of; the schema of each by name, since all at once are long. */
export const listOperations: Tool = tool({
  name: 'list_operations',
  title: 'List operations',
  description:
    'Lists the operations that recipes are made of, and the presets. With `types` tells the JSON Schema of these operations with their defaults.',
  input: { types: z.array(z.string()).optional().describe('Names of operations, e.g. `["simplify"]`') },
  annotations: READS,
  async run({ types }) {
    const { operations, presets } = operationCatalog();
    if (types === undefined) {
      return [
        textOf({
          operations: operations.map(({ type, description }) => ({ type, description })),
          presets: presets.map(({ name, description }) => ({ name, description })),
        }),
      ];
    }
    const unknown = types.filter((type) => !operations.some((operation) => operation.type === type));
    if (unknown.length > 0) {
      throw new MaquetteError('not_found', `There is no operation ${unknown.join(', ')}.`, {
        remedy: 'Call list_operations without arguments for their names.',
      });
    }
    return [textOf(operations.filter(({ type }) => types.includes(type)))];
  },
});

/** `run_recipe`: operations on an asset, with the report of what was lost. */
export const runRecipe: ServerTool = (client) =>
  tool({
    name: 'run_recipe',
    title: 'Run a recipe on an asset',
    description:
      'Makes a new model of an asset: by a preset (`web`, `mobile`, `ar`, `archive`, `print`), or by operations of your own in their order (see list_operations). Measures how far the result is from its source. The asset stays as it is.',
    input: {
      assetId: z.string().describe('Id of the asset, `ast_…`'),
      preset: PresetName.optional().describe('A preset; leave `operations` out then'),
      operations: z
        .array(z.looseObject({ type: z.string() }))
        .optional()
        .describe('Operations with their parameters, e.g. `[{"type":"simplify","ratio":0.5}]`'),
      target: z
        .object({ triangles: z.int().min(1).optional(), bytes: z.int().min(1).optional() })
        .optional()
        .describe('What to come down to'),
      gates: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Limits of the result, e.g. `{"maxDeviation":0.01}`'),
      outputs: z
        .array(ExportFormat)
        .optional()
        .describe(
          'Formats of the result; glb without it. With neither preset nor operations the model is only converted',
        ),
    },
    annotations: { ...ADDS, idempotentHint: true },
    async run({ assetId, ...wish }, { signal, onProgress }) {
      const id = idFrom('asset', assetId);
      const recipe = wish as RecipeWish;
      const parsed = RecipeInput.safeParse(recipe);
      if (!parsed.success) throw new MaquetteError('invalid_request', z.prettifyError(parsed.error));
      const { id: job } = await client.assets.optimize(id, recipe);
      await client.jobs.wait(job, {
        signal,
        onProgress: ({ progress, stage }) => onProgress(progress, stage ?? 'working'),
      });
      const { error, derivatives } = await client.assets.optimize(id, recipe);
      if (error) throw failureOf(error);
      return [
        textOf(
          derivatives.map(({ id: made, contentType, bytes, url, report }) => ({
            id: made,
            contentType,
            bytes,
            url,
            report: report && briefRecipeReport(report),
          })),
        ),
      ];
    },
  });
