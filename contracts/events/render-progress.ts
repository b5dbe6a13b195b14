import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { ProgressPicture } from '../render/progress-picture.ts';
import { eventSchema } from './envelope.ts';

/** A render that was asked for with `progressPictures` has a further picture to be seen. Transient: not replayed. */
export const RenderProgress = eventSchema('render_progress', 'render', {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  url: z.string().describe('Where the picture is, relative to the server'),
  ...ProgressPicture.shape,
});
