import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { KeptState, MadeResult } from '#contracts/jobs/job-kinds.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { resultInvalid, sourceMissing } from './errors.ts';
import { otherFile, type RecipeInput, resultFile, SOURCE_FILE, stateFile } from './sandbox/recipe-input.ts';

/** Share of a job that is done when the engine has finished; the rest is storing. */
const ENGINE_SHARE = 0.97;

/** What the sandboxed process says; it has read untrusted bytes, so it is parsed. */
const TaskOutput = z.object({
  results: z.array(z.object({ name: z.string(), report: OptimizeReport })).min(1),
  states: z.array(Sha256).max(1000),
});

/** Makes the handler of `geometry.recipe`: normalised models and a recipe to models and reports. */
export function recipeHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RecipeInput, unknown>;
  limits: ModelLimits;
}): JobHandler<'geometry.recipe'> {
  const { objects, sandbox, limits } = deps;
  return ({ payload: { glb, recipe, others, states = [], keepBytes } }, context) =>
    sandbox.run({
      input: {
        recipe,
        others: others.map(({ model, glb: { sha256 } }) => ({ model, sha256 })),
        limits,
        cache: keepBytes === undefined ? undefined : { source: glb.sha256, keepBytes },
      },
      async prepare(folder) {
        try {
          await objects.copyTo(glb.sha256, join(folder, SOURCE_FILE));
        } catch (thrown) {
          throw sourceMissing('the normalised model', thrown);
        }
        for (const [index, other] of others.entries()) {
          await objects.copyTo(other.glb.sha256, join(folder, otherFile(index))).catch((thrown: unknown) => {
            throw sourceMissing(`the normalised model of ${other.assetId}`, thrown);
          });
        }
        // One that was deleted since is made anew.
        for (const { key, blob } of states) {
          await objects.copyTo(blob.sha256, join(folder, stateFile(key, false))).catch(() => {});
        }
      },
      async collect(folder, output, { peakBytes }) {
        const parsed = TaskOutput.safeParse(output);
        if (!parsed.success) throw resultInvalid(parsed.error);
        const results: MadeResult[] = [];
        for (const [index, { name, report }] of parsed.data.results.entries()) {
          const files: BlobReference[] = [];
          for (const [place, { format, bytes }] of report.outputs.entries()) {
            files.push(await store(objects, join(folder, resultFile(index, place)), format, bytes));
          }
          results.push({ name, report, files });
        }
        const kept: KeptState[] = [];
        for (const key of parsed.data.states) {
          kept.push({ key, blob: await store(objects, join(folder, stateFile(key, true)), 'result of a step') });
        }
        return { results, states: kept, peakBytes };
      },
      signal: context.signal,
      onProgress: (share, stage) => context.progress(share * ENGINE_SHARE, stage),
    });
}

async function store(objects: ObjectStore, path: string, what: string, bytes?: number): Promise<BlobReference> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw resultInvalid(error);
  });
  if (bytes !== undefined && size !== bytes) {
    const message = `the ${what} has ${size} bytes, and the report says ${bytes}`;
    throw resultInvalid(new MaquetteError('internal', message));
  }
  return objects.putFile(path);
}
