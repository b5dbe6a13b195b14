import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { Sha256 } from '../../ids/sha256.ts';
import { nameSchema } from './name.ts';

const PartNumber = z.int().min(1).max(10_000).describe('Parts count from 1');

/** A file that is to go straight to the storage. */
export const DirectUploadWish = z.strictObject({
  fileName: z.string().min(1).max(500).describe('Name of the file; may hold folders'),
  bytes: z.int().positive().describe('Of the whole file'),
  name: nameSchema(300).optional().describe('Of the asset; that of the file without it'),
  projectId: idSchema('project').optional().describe('The first project of the organisation without it'),
  assetId: idSchema('asset').optional().describe('Makes a further version of that asset'),
  sha256: Sha256.optional().describe('Of the whole file: what hashes to something else is rejected'),
  hold: z
    .boolean()
    .default(false)
    .describe('No asset is made: `POST /v1/assets` with `uploads` makes one model of several files'),
});

/** A part that the storage holds. */
export const StoredPart = z.object({
  number: PartNumber,
  bytes: z.int().nonnegative(),
  etag: z.string().describe('What the storage answered the part with, without quotes'),
});

/** A file that goes straight to the storage, in parts. */
export const DirectUpload = z.object({
  id: idSchema('upload'),
  state: z
    .enum(['uploading', 'complete'])
    .describe('`complete`: every part is there and they were made one; a held one then waits for `POST /v1/assets`'),
  fileName: z.string(),
  bytes: z.int().positive().describe('Of the whole file'),
  partBytes: z.int().positive().describe('Of each part; the last one has what is left'),
  parts: z.int().positive().describe('How many there are to send'),
  received: z.array(StoredPart).describe('Those that are there, in order; empty once the upload is complete'),
  projectId: idSchema('project').nullable(),
  assetId: idSchema('asset').nullable().describe('The asset that was made of it'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().describe('It is forgotten then, unless it is gone on with'),
});

/** Which parts are to be sent. */
export const PartWish = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        number: PartNumber,
        sha256: Sha256.optional().describe('Of the bytes of the part: the storage then takes no others'),
      }),
    )
    .min(1)
    .max(1000),
});

/** How to send parts. */
export const PartRequests = z.object({
  parts: z.array(
    z.object({
      number: PartNumber,
      bytes: z.int().positive().describe('Exactly so many are taken'),
      url: z.string().describe('Where they are PUT, without a key'),
      headers: z.record(z.string(), z.string()).describe('To be sent along'),
    }),
  ),
  expiresAt: z.iso.datetime().describe('The URLs count until then; ask again for further ones'),
});

/** What was sent. */
export const Completion = z.strictObject({
  parts: z
    .array(z.strictObject({ number: PartNumber, etag: z.string().min(1).max(200) }))
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'As the storage answered them: one that it holds otherwise is refused. Without it, what the storage holds',
    ),
});

export type DirectUpload = z.infer<typeof DirectUpload>;
export type PartRequests = z.infer<typeof PartRequests>;
