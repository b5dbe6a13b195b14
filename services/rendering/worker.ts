import { join } from 'node:path';
import { z } from 'zod';
import type { JobPayload, JobResult, MadeFile } from '#contracts/jobs/job-kinds.ts';
import { PassMeaning, RenderFileRole } from '#contracts/render/render-file.ts';
import { contentTypeOf } from '#platform/images/content-types.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox, SandboxUsage } from '#platform/sandbox/sandbox.ts';
import type { WorkerSize } from './cost/estimate-image.ts';
import type { WorkRate } from './cost/work-rate.ts';
import { resultInvalid } from './errors.ts';
import { pictureKeeper } from './picture-keeper.ts';
import { LONGEST_NAME, MOST_COLORS, type RenderInput } from './sandbox/render-input.ts';
import { copyEnvironment, copyModel, TaskStats } from './task-files.ts';

/** What an image task says; it has read untrusted bytes, so it is parsed. */
const TaskOutput = z.object({
  files: z
    .array(
      z.object({
        role: RenderFileRole,
        // A name, never a path.
        name: z.string().regex(/^[a-z0-9-]+$/),
        width: z.int().positive(),
        height: z.int().positive(),
        meaning: PassMeaning.refine(isShort).nullable(),
      }),
    )
    .min(1)
    .max(64),
  stats: TaskStats,
});

function isShort(meaning: PassMeaning): boolean {
  if (!('colors' in meaning)) return true;
  const names = Object.values(meaning.colors);
  return names.length <= MOST_COLORS && names.every((name) => name.length <= LONGEST_NAME);
}

/** Makes the handler of `render.image`: canonical GLB to encoded image. */
export function renderHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RenderInput, unknown>;
  worker: WorkerSize;
  rate: WorkRate;
}): JobHandler<'render.image'> {
  const { objects, sandbox, worker, rate } = deps;
  return (job, context) => {
    const { glb, environment, request, estimate, pictures } = job.payload;
    return sandbox.run({
      input: { task: 'image', request, worker, pictures: pictures === true },
      prepare: async (folder) => {
        await copyModel(objects, glb, folder);
        await copyEnvironment(objects, environment, folder);
      },
      collect: async (folder, output, usage) => {
        const made = await storeFiles(objects, folder, output, request, usage);
        if (estimate) rate.measured(estimate.seconds, made.stats.seconds);
        return made;
      },
      signal: context.signal,
      onProgress: (share, stage) => context.progress(share, stage),
      onPicture: pictureKeeper(objects, (picture) => context.picture(picture)),
    });
  };
}

async function storeFiles(
  objects: ObjectStore,
  folder: string,
  output: unknown,
  request: JobPayload<'render.image'>['request'],
  { peakBytes }: SandboxUsage,
): Promise<JobResult<'render.image'>> {
  const parsed = TaskOutput.safeParse(output);
  if (!parsed.success) throw resultInvalid(parsed.error);
  const { files, stats } = parsed.data;
  const made: MadeFile[] = [];
  for (const { name, ...file } of files) {
    const contentType = contentTypeOf(file.role, request.format);
    made.push({ ...file, blob: await objects.putFile(join(folder, name)), contentType });
  }
  return { files: made, stats: { ...stats, peakBytes: Math.max(peakBytes, stats.peakBytes) } };
}
