import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { OperationCatalog, operationCatalog } from '../../operations/operation-catalog.ts';
import { RecipeInput } from '../../operations/recipe-input.ts';
import { PreferHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleDoneRecipeJob, exampleRecipeInput, exampleRecipeJob } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PriorityQuery } from '../priority.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { RecipeJob } from '../resources/recipe-job.ts';

const tag = 'Operations';

/** The first operations of the catalogue, since the whole is as long as the rest of the document. */
const { operations, presets, recipe } = operationCatalog();
const exampleCatalog = {
  operations: operations.slice(1, 3),
  presets: presets.slice(0, 1),
  recipe: { $schema: recipe.$schema, type: recipe.type },
};

/** Operations on models: recipes, and what they are made of. */
export const RECIPE_OPERATIONS = {
  runRecipe: {
    method: 'POST',
    path: '/v1/assets/{assetId}/operations',
    scope: 'assets:write',
    rate: 'work',
    tag,
    summary: 'Carry a recipe out on an asset',
    description:
      'Operations in their order, a preset, or a graph (`nodes` and `outputs`) of several results; with limits that the result has to keep to (`gates`) and a size to come down to (`target`). ' +
      'The newest version is taken, and stays as it is: each result is a derivative, in each of its formats. Answers 202 with the job; ' +
      'with `Prefer: wait=N` waits up to N seconds and answers 200 when it has ended in time, whichever way (see its `state` and `error`). ' +
      'The `derivative` is there when the job has succeeded, with the report of what was done, what it cost and how far the result is from its source. ' +
      'The same recipe on the same version is carried out once. `boolean` can take another asset (`with`), which whoever asks has to be allowed to read (`assets:read`); its newest version is taken. What operations there are: `GET /v1/operations`.',
    params: z.object({ assetId: idSchema('asset') }),
    headers: PreferHeaders.extend(IdempotencyHeaders.shape),
    query: PriorityQuery,
    body: RecipeInput,
    responses: {
      202: { description: 'The job, which goes on', body: RecipeJob },
      200: { description: 'The job, which has ended', body: RecipeJob },
    },
    answerHeaders: { Location: 'Where the job is', 'Preference-Applied': '`wait=N`, when it was asked for' },
    errors: ['not_found', 'conflict', 'quota_exceeded'],
    example: { body: exampleRecipeInput, answer: exampleRecipeJob, others: { 200: exampleDoneRecipeJob } },
  },
  listOperations: {
    method: 'GET',
    path: '/v1/operations',
    scope: 'authenticated',
    tag,
    summary: 'List the operations that recipes are made of',
    description: 'Each with its JSON Schema and defaults, and the presets as plain recipes to begin from.',
    headers: ReadHeaders,
    responses: { 200: { description: 'The operations', body: OperationCatalog } },
    errors: [],
    example: { answer: exampleCatalog },
  },
} as const satisfies PublicEndpoints;
