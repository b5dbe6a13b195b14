import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { BlobReference } from '#contracts/jobs/job-kinds.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { resultInvalid, sourceMissing } from './errors.ts';
import { type RecipeInput, resultFile, SOURCE_FILE } from './sandbox/recipe-input.ts';

/** Share of a job that is done when the engine has finished; the rest is storing. */
const ENGINE_SHARE = 0.97;

/** What the sandboxed process says; it has read untrusted bytes, so it is parsed. */
const TaskOutput = z.object({ report: OptimizeReport });

/** Makes the handler of `geometry.recipe`: a normalised model and a recipe to a model and a report. */
export function recipeHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RecipeInput, unknown>;
  limits: ModelLimits;
}): JobHandler<'geometry.recipe'> {
  const { objects, sandbox, limits } = deps;
  return ({ payload: { glb, recipe } }, context) =>
    sandbox.run({
      input: { recipe, limits },
      async prepare(folder) {
        try {
          await objects.copyTo(glb.sha256, join(folder, SOURCE_FILE));
        } catch (thrown) {
          throw sourceMissing('the normalised model', thrown);
        }
      },
      async collect(folder, output, { peakBytes }) {
        const parsed = TaskOutput.safeParse(output);
        if (!parsed.success) throw resultInvalid(parsed.error);
        const { report } = parsed.data;
        const files: BlobReference[] = [];
        for (const [index, { format, bytes }] of report.outputs.entries()) {
          const path = join(folder, resultFile(index));
          const { size } = await stat(path).catch((error: unknown) => {
            throw resultInvalid(error);
          });
          if (size !== bytes) {
            const message = `the ${format} has ${size} bytes, and the report says ${bytes}`;
            throw resultInvalid(new MaquetteError('internal', message));
          }
          files.push(await objects.putFile(path));
        }
        return { files, report, peakBytes };
      },
      signal: context.signal,
      onProgress: (share, stage) => context.progress(share * ENGINE_SHARE, stage),
    });
}
