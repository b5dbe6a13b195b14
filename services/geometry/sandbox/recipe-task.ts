import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import type { StateCache } from '#engine/operations/step-state.ts';
import { carryOutRecipe } from '#engine/process/carry-out-recipe.ts';
import { FileOnDisk } from '#platform/files/file-on-disk.ts';
import { createNodeOperationHost } from '#platform/images/operation-host.ts';
import { loadCodec } from '#platform/images/sharp-codec.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { otherFile, type RecipeInput, resultFile, SOURCE_FILE, stateFile, THREADS_PARAMETER } from './recipe-input.ts';
import { warmUp } from './warm-up.ts';

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeOperationHost(threads, true);

/** Runs in the sandbox: a model and a recipe in, the results and their reports out. */
export const run: SandboxTask<RecipeInput, { results: unknown; states: Sha256[] }> = async (input, context) => {
  const { folder, signal } = context;
  const bytes = await readFile(join(folder, SOURCE_FILE));
  const states = new FolderStates(folder, input.cache?.keepBytes ?? 0);
  const { results } = await carryOutRecipe(
    [{ name: 'model.glb', bytes }],
    AnyRecipe.parse(input.recipe),
    ModelLimits.parse(input.limits),
    host,
    {
      signal,
      onProgress: (stage, share) => context.progress(share, stage),
      others: new Map(
        input.others.map(({ model, sha256 }, index) => [
          model,
          { files: [new FileOnDisk('model.glb', join(folder, otherFile(index)))], key: sha256 },
        ]),
      ),
      ...(input.cache && { cache: { states, source: input.cache.source } }),
    },
  );
  for (const [index, { outputs }] of results.entries()) {
    for (const [format, { file }] of outputs.entries()) await writeFile(join(folder, resultFile(index, format)), file);
  }
  return { results: results.map(({ name, report }) => ({ name, report })), states: states.made };
};

/** Results of steps as files in the folder of a task. */
class FolderStates implements StateCache {
  readonly #folder: string;
  #left: number;
  /** Keys of those that this task has written. */
  readonly made: Sha256[] = [];

  constructor(folder: string, keepBytes: number) {
    this.#folder = folder;
    this.#left = keepBytes;
  }

  read(key: Sha256): Promise<Uint8Array | null> {
    const path = join(this.#folder, stateFile(key, this.made.includes(key)));
    return readFile(path).catch(() => null);
  }

  async write(key: Sha256, state: Uint8Array): Promise<void> {
    if (state.byteLength > this.#left || this.made.includes(key)) return;
    this.#left -= state.byteLength;
    await writeFile(join(this.#folder, stateFile(key, true)), state);
    this.made.push(key);
  }
}

await Promise.all([warmUp(), loadCodec()]);
