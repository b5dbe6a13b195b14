import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { FileOnDisk } from '#platform/files/file-on-disk.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { GLB_FILE, inputFile, type ProcessInput } from './process-input.ts';
import { warmUp } from './warm-up.ts';

/** Runs in the sandbox: files in, canonical GLB and report out. */
export const run: SandboxTask<ProcessInput, { report: unknown; seconds: number }> = async (input, context) => {
  const startedAt = performance.now();
  const files = input.names.map((name, index) => new FileOnDisk(name, join(context.folder, inputFile(index))));
  context.signal.throwIfAborted();
  const { glb, report } = await processModel(files, ModelLimits.parse(input.limits), {
    onProgress(stage, share) {
      context.signal.throwIfAborted();
      context.progress(share, stage);
    },
  });
  await writeFile(join(context.folder, GLB_FILE), glb);
  return { report, seconds: (performance.now() - startedAt) / 1000 };
};

await warmUp();
