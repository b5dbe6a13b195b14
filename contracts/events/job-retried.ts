import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A job that had failed or was canceled is queued once more. */
export const JobRetried = eventSchema('job_retried', 'job', {
  jobId: idSchema('job'),
  assetId: idSchema('asset').nullable().describe('What the job is about'),
  kind: z.string(),
});
