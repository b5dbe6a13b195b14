import { idSchema } from '../ids/ids.ts';
import { eventSchema, PublicError } from './envelope.ts';

/** A model could not be processed; the error says why and what to do. */
export const ModelRejected = eventSchema('model_rejected', 'asset', {
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  error: PublicError,
});
