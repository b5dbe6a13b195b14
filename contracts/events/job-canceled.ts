import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A job was canceled before it finished. */
export const JobCanceled = eventSchema('job_canceled', 'job', {
  jobId: idSchema('job'),
  assetId: idSchema('asset').nullable().describe('What the job is about'),
  kind: z.string(),
});
