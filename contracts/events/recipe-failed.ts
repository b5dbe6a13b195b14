import { idSchema } from '../ids/ids.ts';
import { eventSchema, PublicError } from './envelope.ts';

/** A recipe came to nothing: the model, a gate or a target stood against it, or the system failed. */
export const RecipeFailed = eventSchema('recipe_failed', 'asset', {
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  error: PublicError,
});
