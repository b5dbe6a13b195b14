import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A model was validated, normalised and measured. */
export const ModelProcessed = eventSchema('model_processed', 'asset', {
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  format: z.string(),
  triangles: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
});
