import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A render was accepted and its job waits. */
export const RenderRequested = eventSchema('render_requested', 'render', {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  purpose: z.enum(['preview', 'url', 'request']),
});
