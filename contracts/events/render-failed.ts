import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema, PublicError } from './envelope.ts';

/** A render could not be made; the error says why and what to do. */
export const RenderFailed = eventSchema('render_failed', 'render', {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  purpose: z.enum(['preview', 'url', 'request']),
  error: PublicError,
});
