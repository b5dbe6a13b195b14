import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { StoredFile } from '../render/render-file.ts';
import { eventSchema } from './envelope.ts';

/** A render is finished and its image stored. */
export const RenderComplete = eventSchema('render_complete', 'render', {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  purpose: z.enum(['preview', 'url', 'request']),
  url: z.string().describe('Where the image is, relative to the server; of a sequence its video or archive'),
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  files: z
    .array(StoredFile)
    .default([])
    .describe('All that was made, as in the render: that of `url` first, then its passes or its poster'),
});
