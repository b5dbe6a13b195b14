import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** The bytes of a model are stored and a job to process them waits. */
export const ModelUploaded = eventSchema('model_uploaded', 'asset', {
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  name: z.string(),
  bytes: z.int().nonnegative(),
});
