import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A recipe was carried out on a model and its result stored. */
export const RecipeComplete = eventSchema('recipe_complete', 'asset', {
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  jobId: idSchema('job'),
  derivativeId: idSchema('derivative'),
  url: z.string().describe('Where the model is, relative to the server'),
  bytes: z.int().nonnegative(),
  triangles: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
});
