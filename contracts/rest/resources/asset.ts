import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { Sha256 } from '../../ids/sha256.ts';
import { ModelReport } from '../../model/model-report.ts';
import { OptimizeReport } from '../../operations/optimize-report.ts';
import { nameSchema } from './name.ts';

/** Where an asset is on its way. */
export const AssetState = z.enum(['uploading', 'processing', 'ready', 'failed']);

/** A model and what is known of its newest version. */
export const Asset = z.object({
  id: idSchema('asset'),
  projectId: idSchema('project'),
  name: z.string().describe('What people call it; that of the file unless given'),
  state: AssetState.describe(
    '`uploading`: its bytes are on their way; `processing`: it is read, measured and drawn; `ready`: everything is there; `failed`: it could not be read, see `error`',
  ),
  format: z.string().nullable().describe('Detected from the bytes; null until then'),
  version: z.int().positive().describe('Number of the newest version'),
  versionId: idSchema('version'),
  revision: z.int().positive().describe('Grows with each change; the ETag is made of it'),
  createdAt: z.iso.datetime().describe('When it was first uploaded'),
  updatedAt: z.iso
    .datetime()
    .describe('When it last changed, by a further version or the end of its processing among others'),
  report: ModelReport.nullable().describe('What was measured and found by validation; null until then'),
  duplicateOf: idSchema('asset')
    .nullable()
    .describe('An asset that had the same files before, byte for byte: they are stored once'),
  preview: z
    .object({ url: z.string(), width: z.int(), height: z.int() })
    .nullable()
    .describe('A picture of it (WebP), on this server; null until it is made, and when it could not be'),
  error: PublicError.nullable().describe('Why it is `failed`, and what to do'),
  job: idSchema('job').describe(
    'The job that brings it on, or did last: wait for it until the state is `ready` or `failed`',
  ),
});

/** One upload of an asset. Versions are immutable. */
export const AssetVersion = z.object({
  id: idSchema('version'),
  assetId: idSchema('asset'),
  number: z.int().positive().describe('1 for the first upload, then one more each'),
  state: AssetState.describe('As that of an asset'),
  format: z.string().nullable().describe('Detected from the bytes; null until then'),
  bytes: z.int().nonnegative().describe('Of all files as they were uploaded'),
  createdAt: z.iso.datetime().describe('When it was uploaded'),
  duplicateOf: idSchema('asset').nullable().describe('An asset that had the same files before'),
  error: PublicError.nullable().describe('Why it is `failed`, and what to do'),
  job: idSchema('job'),
});

/** A stored file of a version: an original, or the normalised GLB. */
export const AssetFile = z.object({
  name: z.string().describe('With its folders relative to the model, as it was uploaded'),
  role: z.enum(['original', 'glb']).describe('`original`: as it was uploaded; `glb`: the normalised model'),
  bytes: z.int().nonnegative().describe('Its size'),
  sha256: Sha256.describe('Of its bytes, in hexadecimal; also its `ETag`'),
  url: z.string().describe('Where it is downloaded, on this server'),
});

/** Something made from a version: a preview, a render, a converted model. */
export const Derivative = z.object({
  id: idSchema('derivative'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  operation: z.string().describe('What made it, such as `render.image` or `geometry.recipe`'),
  parameters: z.record(z.string(), z.unknown()).describe('What the operation was told, defaults included'),
  sources: z
    .array(z.object({ assetId: idSchema('asset'), versionId: idSchema('version') }))
    .describe(
      'Every version that it was made of: its own first, then those of other assets that its recipe took. They may have been deleted since',
    ),
  key: Sha256.describe(
    'Hash of input, operation, parameters and version of the engine: what has the same is made once',
  ),
  contentType: z.string().describe('Of its file'),
  width: z.int().nullable().describe('Of a picture, in pixels'),
  height: z.int().nullable().describe('Of a picture, in pixels'),
  bytes: z.int().nonnegative().describe('Size of its file'),
  sha256: Sha256.describe('Of its file, in hexadecimal; also its `ETag`'),
  createdAt: z.iso.datetime().describe('When it was made'),
  url: z.string().describe('Where its file is downloaded, on this server'),
  report: OptimizeReport.nullable().describe(
    'Of a recipe: what it did, what it cost, and how far the result is from its source',
  ),
});

/** What of an asset can be changed. */
export const AssetChange = z.strictObject({
  name: nameSchema(300).optional().describe('Another name'),
  projectId: idSchema('project').optional(),
});

export type AssetState = z.infer<typeof AssetState>;
export type Asset = z.infer<typeof Asset>;
export type AssetVersion = z.infer<typeof AssetVersion>;
export type AssetFile = z.infer<typeof AssetFile>;
export type Derivative = z.infer<typeof Derivative>;
