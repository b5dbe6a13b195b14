import { z } from 'zod';
import { JobState } from '#contracts/rest/resources/job.ts';
import { take } from '../../server/limit-option.ts';
import { idFrom } from '../ids.ts';
import { READS, type ServerTool, textOf, tool } from '../tool.ts';

/** `list_jobs`: long work, by state and asset. */
export const listJobs: ServerTool = (client) =>
  tool({
    name: 'list_jobs',
    title: 'List jobs',
    description: 'Lists long work, newest first: uploads being processed, renders, recipes.',
    input: {
      state: JobState.optional(),
      assetId: z.string().optional().describe('Only jobs of this asset, `ast_…`'),
      limit: z.int().min(1).max(100).default(20),
    },
    annotations: READS,
    async run({ state, assetId, limit }) {
      const filter = {
        ...(state !== undefined && { state }),
        ...(assetId !== undefined && { assetId: idFrom('asset', assetId) }),
      };
      return [textOf(await take(client.jobs.list({ ...filter, pageSize: limit }), limit))];
    },
  });

/** `get_job`: one job, or the end of it. */
export const getJob: ServerTool = (client) =>
  tool({
    name: 'get_job',
    title: 'Read a job',
    description: 'Tells the state, progress and error of a job; with `wait` when it has ended.',
    input: { jobId: z.string().describe('Id of the job, `job_…`'), wait: z.boolean().default(false) },
    annotations: READS,
    async run({ jobId, wait }, { signal, onProgress }) {
      const id = idFrom('job', jobId);
      if (!wait) return [textOf(await client.jobs.get(id))];
      const told = ({ progress, stage }: { progress: number; stage: string | null }) =>
        onProgress(progress, stage ?? '');
      return [textOf(await client.jobs.wait(id, { signal, onProgress: told }))];
    },
  });

/** `cancel_job`: stops long work. */
export const cancelJob: ServerTool = (client) =>
  tool({
    name: 'cancel_job',
    title: 'Cancel a job',
    description: 'Stops a job that has not ended. What it would have made is not made.',
    input: { jobId: z.string().describe('Id of the job, `job_…`') },
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: async ({ jobId }) => [textOf(await client.jobs.cancel(idFrom('job', jobId)))],
  });
