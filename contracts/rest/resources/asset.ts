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
  name: z.string(),
  state: AssetState,
  format: z.string().nullable().describe('Detected from the bytes; null until then'),
  version: z.int().positive().describe('Number of the newest version'),
  versionId: idSchema('version'),
  revision: z.int().positive().describe('Grows with each change; the ETag is made of it'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  report: ModelReport.nullable(),
  duplicateOf: idSchema('asset')
    .nullable()
    .describe('An asset that had the same files before, byte for byte: they are stored once'),
  preview: z.object({ url: z.string(), width: z.int(), height: z.int() }).nullable(),
  error: PublicError.nullable(),
  job: idSchema('job'),
});

/** One upload of an asset. Versions are immutable. */
export const AssetVersion = z.object({
  id: idSchema('version'),
  assetId: idSchema('asset'),
  number: z.int().positive(),
  state: AssetState,
  format: z.string().nullable(),
  bytes: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  duplicateOf: idSchema('asset').nullable().describe('An asset that had the same files before'),
  error: PublicError.nullable(),
  job: idSchema('job'),
});

/** A stored file of a version: an original, or the normalised GLB. */
export const AssetFile = z.object({
  name: z.string(),
  role: z.enum(['original', 'glb']),
  bytes: z.int().nonnegative(),
  sha256: Sha256,
  url: z.string(),
});

/** Something made from a version: a preview, a render, a converted model. */
export const Derivative = z.object({
  id: idSchema('derivative'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  operation: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  sources: z
    .array(z.object({ assetId: idSchema('asset'), versionId: idSchema('version') }))
    .describe(
      'Every version that it was made of: its own first, then those of other assets that its recipe took. They may have been deleted since',
    ),
  key: Sha256,
  contentType: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  bytes: z.int().nonnegative(),
  sha256: Sha256,
  createdAt: z.iso.datetime(),
  url: z.string(),
  report: OptimizeReport.nullable().describe(
    'Of a recipe: what it did, what it cost, and how far the result is from its source',
  ),
});

/** What of an asset can be changed. */
export const AssetChange = z.object({
  name: nameSchema(300).optional(),
  projectId: idSchema('project').optional(),
});

export type AssetState = z.infer<typeof AssetState>;
export type Asset = z.infer<typeof Asset>;
export type AssetVersion = z.infer<typeof AssetVersion>;
export type AssetFile = z.infer<typeof AssetFile>;
export type Derivative = z.infer<typeof Derivative>;
