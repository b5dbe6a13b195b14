import { z } from 'zod';
import { Derivative } from './asset.ts';
import { RecipeJob } from './recipe-job.ts';

/** A model in another format: the file that is there, or the job that makes it. */
export const ModelExport = z.object({ derivative: Derivative.nullable(), job: RecipeJob.nullable() });

export type ModelExport = z.infer<typeof ModelExport>;
