import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { ImageRequest } from '../../render/image-request.ts';
import { RenderFileRole } from '../../render/render-file.ts';
import { JobState } from './job.ts';

/** Why a render was made: the preview of an upload, a render by URL, or a request to `POST /v1/renders`. */
export const RenderPurpose = z.enum(['preview', 'url', 'request']);

/** A file that a render made. */
export const RenderFile = z.object({
  role: RenderFileRole,
  url: z.string(),
  derivativeId: idSchema('derivative'),
  contentType: z.string(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
});

/** A render of an asset. */
export const Render = z.object({
  id: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  projectId: idSchema('project'),
  purpose: RenderPurpose,
  state: JobState,
  request: ImageRequest,
  job: idSchema('job'),
  image: z
    .object({
      url: z.string(),
      derivativeId: idSchema('derivative'),
      contentType: z.string(),
      width: z.int(),
      height: z.int(),
      bytes: z.int(),
    })
    .nullable()
    .describe('The picture: the first of `files`'),
  files: z.array(RenderFile).describe('All that was made, the picture first: one file for each pass, or one EXR'),
  cost: z
    .object({
      seconds: z.number(),
      rays: z.number(),
      triangles: z.number(),
      peakBytes: z.number(),
      warnings: z.array(z.string()),
      cached: z.boolean().describe('Whether an earlier render of the same content and parameters was reused'),
    })
    .nullable(),
  error: PublicError.nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});

export const RenderInput = ImageRequest.extend({ assetId: idSchema('asset') });

export type RenderPurpose = z.infer<typeof RenderPurpose>;
export type RenderFile = z.infer<typeof RenderFile>;
export type Render = z.infer<typeof Render>;
export type RenderInput = z.infer<typeof RenderInput>;
