import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';

/** A file that comes in pieces. */
export const Upload = z.object({
  id: idSchema('upload'),
  state: z
    .enum(['uploading', 'complete'])
    .describe('`complete`: every byte is stored; a held one then waits for `POST /v1/assets` to name it'),
  fileName: z.string(),
  bytes: z.int().positive().nullable().describe('Of the whole file; null while the client has not said'),
  received: z.int().nonnegative().describe('Bytes that are stored: where to go on'),
  metadata: z.string().describe('`Upload-Metadata` as it was given'),
  projectId: idSchema('project')
    .nullable()
    .describe(
      'Where it was named, by itself or as that of the asset that it is a version for; who has a role there may go on',
    ),
  assetId: idSchema('asset').nullable().describe('The asset that was made of it'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().describe('It is forgotten then, unless further bytes come'),
});

export type Upload = z.infer<typeof Upload>;
