import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { optimizeModel } from '#engine/process/optimize-model.ts';
import { createNodeOperationHost } from '#platform/images/operation-host.ts';
import { loadCodec } from '#platform/images/sharp-codec.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { RESULT_FILE, type RecipeInput, SOURCE_FILE, THREADS_PARAMETER } from './recipe-input.ts';
import { warmUp } from './warm-up.ts';

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeOperationHost(threads);

/** Runs in the sandbox: a model and a recipe in, the result and the report of it out. */
export const run: SandboxTask<RecipeInput, { report: unknown }> = async (input, context) => {
  const bytes = await readFile(join(context.folder, SOURCE_FILE));
  const { glb, report } = await optimizeModel(
    [{ name: 'model.glb', bytes }],
    Recipe.parse(input.recipe),
    ModelLimits.parse(input.limits),
    host,
    { signal: context.signal, onProgress: (stage, share) => context.progress(share, stage) },
  );
  await writeFile(join(context.folder, RESULT_FILE), glb);
  return { report };
};

await Promise.all([warmUp(), loadCodec()]);
