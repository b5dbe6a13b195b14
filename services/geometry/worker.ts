import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { JobResult } from '#contracts/jobs/job-kinds.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { ModelReport } from '#contracts/model/model-report.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { resultInvalid, sourceMissing } from './errors.ts';
import { GLB_FILE, inputFile, type ProcessInput } from './sandbox/process-input.ts';

/** Share of a job that is done when the engine has finished; the rest is storing. */
const ENGINE_SHARE = 0.95;

/** What the sandboxed process says; it has read untrusted bytes, so it is parsed. */
const TaskOutput = z.object({ report: ModelReport, seconds: z.number().nonnegative() });

/** Makes the handler of `geometry.process`: source files to canonical GLB and report. */
export function processHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<ProcessInput, unknown>;
  limits: ModelLimits;
}): JobHandler<'geometry.process'> {
  const { objects, sandbox, limits } = deps;
  return (job, context) => {
    const { files } = job.payload;
    return sandbox.run({
      input: { names: files.map((file) => file.name), limits },
      prepare: (folder) => fetchSources(objects, files, folder),
      collect: (folder, output) => storeResult(objects, folder, output),
      signal: context.signal,
      onProgress: (share, stage) => context.progress(share * ENGINE_SHARE, stage),
    });
  };
}

/** Copies the source files into the folder. */
async function fetchSources(objects: ObjectStore, files: SourceFile[], folder: string): Promise<void> {
  for (const [index, file] of files.entries()) {
    try {
      await objects.copyTo(file.sha256, join(folder, inputFile(index)));
    } catch (thrown) {
      throw sourceMissing(file.name, thrown);
    }
  }
}

async function storeResult(
  objects: ObjectStore,
  folder: string,
  output: unknown,
): Promise<JobResult<'geometry.process'>> {
  const path = join(folder, GLB_FILE);
  const parsed = TaskOutput.safeParse(output);
  if (!parsed.success) throw resultInvalid(parsed.error);
  const size = await stat(path).catch((error: unknown) => {
    throw resultInvalid(error);
  });
  if (size.size !== parsed.data.report.glbBytes) {
    throw resultInvalid(new MaquetteError('internal', `the GLB has ${size.size} bytes, the report says otherwise`));
  }
  const glb = await objects.putFile(path);
  return { glb, ...parsed.data };
}
