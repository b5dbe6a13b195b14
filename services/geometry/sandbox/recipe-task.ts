import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { optimizeModel } from '#engine/process/optimize-model.ts';
import { createNodeOperationHost } from '#platform/images/operation-host.ts';
import { loadCodec } from '#platform/images/sharp-codec.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { type RecipeInput, resultFile, SOURCE_FILE, THREADS_PARAMETER } from './recipe-input.ts';
import { warmUp } from './warm-up.ts';

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeOperationHost(threads);

/** Runs in the sandbox: a model and a recipe in, the result and the report of it out. */
export const run: SandboxTask<RecipeInput, { report: unknown }> = async (input, context) => {
  const bytes = await readFile(join(context.folder, SOURCE_FILE));
  const { outputs, report } = await optimizeModel(
    [{ name: 'model.glb', bytes }],
    Recipe.parse(input.recipe),
    ModelLimits.parse(input.limits),
    host,
    { signal: context.signal, onProgress: (stage, share) => context.progress(share, stage) },
  );
  for (const [index, { file }] of outputs.entries()) await writeFile(join(context.folder, resultFile(index)), file);
  return { report };
};

await Promise.all([warmUp(), loadCodec()]);
