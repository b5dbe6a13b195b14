import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { RenderStats } from '../../jobs/job-kinds.ts';
import { ProgressPicture } from '../../render/progress-picture.ts';
import { PassMeaning, RenderMedia, StoredFile } from '../../render/render-file.ts';
import { RenderRequest } from '../../render/render-request.ts';
import { JobState } from './job.ts';

/** Why a render was made: the preview of an upload, a render by URL, or a request to `POST /v1/renders`. */
export const RenderPurpose = z.enum(['preview', 'url', 'request']);

/** A file that a render made. */
export const RenderFile = StoredFile.extend({
  media: RenderMedia.nullable().describe('Of a video or an archive'),
  meaning: PassMeaning.nullable().describe('Of a pass as PNG whose numbers need telling: depth and ids'),
});

/** What a render is expected to take on the machine that would make it. */
export const RenderEstimate = z.object({
  seconds: z.number().nonnegative().describe('Of the work itself; a queue comes on top'),
  rays: z.number().nonnegative().describe('How many are followed'),
  peakBytes: z.number().nonnegative().describe('Memory of the process that renders; it needs no more'),
  memoryLimit: z.number().nonnegative().describe('How much it may use (`MAQUETTE_RENDER_MEMORY`)'),
  fits: z.boolean().describe('Whether the memory suffices; else the render is refused'),
  parts: z.record(z.string(), z.number()).describe('The memory in bytes, by what it holds'),
});

/** A render of an asset. */
export const Render = z.object({
  id: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  projectId: idSchema('project'),
  purpose: RenderPurpose.describe('`preview` of an upload, a picture by `url`, or a `request` to `POST /v1/renders`'),
  state: JobState.describe('That of its job'),
  request: RenderRequest,
  job: idSchema('job'),
  image: StoredFile.omit({ role: true })
    .nullable()
    .describe('The picture: the first of `files`; of a sequence its first frame'),
  files: z
    .array(RenderFile)
    .describe(
      'All that was made: the picture and one file for each pass, or one EXR; of a sequence its file and its poster',
    ),
  progressPicture: ProgressPicture.extend({ url: z.string() })
    .nullable()
    .describe('The newest picture in the making, of a render that was asked for with `progressPictures` and goes on'),
  cost: RenderStats.extend({
    cached: z.boolean().describe('Whether an earlier render of the same content and parameters was reused'),
  })
    .nullable()
    .describe('What it took; null until it has ended'),
  estimate: RenderEstimate.omit({ parts: true, fits: true })
    .nullable()
    .describe('What it was expected to take; compare with `cost`. Null for previews and for what was there already'),
  error: PublicError.nullable().describe('Why it failed, and what to do; null unless it did'),
  createdAt: z.iso.datetime().describe('When it was asked for'),
  finishedAt: z.iso.datetime().nullable().describe('When it ended; null while it goes on'),
});

const assetId = idSchema('asset');
const progressPictures = z
  .boolean()
  .default(false)
  .describe(
    'Show a picture of `path` while it is made: after 1, 2, 4, 8 … seconds a further one, which `render_progress` tells of. The final picture is the same with it and without',
  );
const [image, turntable, cameraPath, animation, dataset] = RenderRequest.options;

/** What to render, and of which asset. A misspelt option is refused, as it is of a render by URL. */
export const RenderInput = z.discriminatedUnion('kind', [
  image.extend({ assetId, progressPictures }).strict(),
  turntable.extend({ assetId }).strict(),
  cameraPath.extend({ assetId }).strict(),
  animation.extend({ assetId }).strict(),
  dataset.extend({ assetId }).strict(),
]);

export type RenderPurpose = z.infer<typeof RenderPurpose>;
export type RenderEstimate = z.infer<typeof RenderEstimate>;
export type RenderFile = z.infer<typeof RenderFile>;
export type Render = z.infer<typeof Render>;
export type RenderInput = z.infer<typeof RenderInput>;
