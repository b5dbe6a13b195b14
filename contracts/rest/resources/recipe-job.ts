import { z } from 'zod';
import { Derivative } from './asset.ts';
import { Job } from './job.ts';

/** The job that carries a recipe out, with what it made. */
export const RecipeJob = Job.extend({
  derivative: Derivative.nullable().describe('The result with its report; null until the job has succeeded'),
  derivatives: z
    .array(Derivative)
    .describe(
      'The result in each of its formats, in the order of `outputs`; of a graph all results, each named in its `parameters.outputs`',
    ),
});

export type RecipeJob = z.infer<typeof RecipeJob>;
