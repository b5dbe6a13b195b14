import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A job moved on. Transient: not replayed. */
export const JobProgress = eventSchema('job_progress', 'job', {
  jobId: idSchema('job'),
  assetId: idSchema('asset').nullable().describe('What the job is about'),
  kind: z.string(),
  progress: z.number().min(0).max(1),
  stage: z.string(),
});
