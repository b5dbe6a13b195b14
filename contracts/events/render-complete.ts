import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A render is finished and its image stored. */
export const RenderComplete = eventSchema('render_complete', 'render', {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  purpose: z.enum(['preview', 'url', 'request']),
  url: z.string().describe('Where the image is, relative to the server'),
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
});
