import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ExportOptions } from '../../model/export-format.ts';
import { AnyRecipe } from '../../operations/any-recipe.ts';
import type { Endpoints } from '../endpoint.ts';
import { PageQuery, pageOf } from '../page.ts';
import { PriorityQuery } from '../priority.ts';
import { Derivative } from '../resources/asset.ts';
import { ModelExport } from '../resources/model-export.ts';
import { RecipeJob } from '../resources/recipe-job.ts';
import { TenantHeaders } from './tenant-headers.ts';

const AssetParams = z.object({ assetId: idSchema('asset') });
const JobParams = z.object({ jobId: idSchema('job') });
const DerivativeParams = z.object({ derivativeId: idSchema('derivative') });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** What is made of assets: derivatives, by recipes and exports, in the data service's own REST API. */
export const DERIVATIVE_DATA_OPERATIONS = {
  listDerivatives: {
    ...shared,
    method: 'GET',
    path: '/data/assets/{assetId}/derivatives',
    summary: 'List derivatives, newest first',
    params: AssetParams,
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(Derivative) } },
  },
  getDerivative: {
    ...shared,
    method: 'GET',
    path: '/data/derivatives/{derivativeId}',
    summary: 'Read a derivative',
    params: DerivativeParams,
    responses: { 200: { description: 'The derivative', body: Derivative } },
  },
  runRecipe: {
    ...shared,
    method: 'POST',
    path: '/data/assets/{assetId}/operations',
    summary: 'Record a recipe on the newest version and its job; the job that is there when an equal one was asked for',
    params: AssetParams,
    query: PriorityQuery,
    body: AnyRecipe,
    responses: { 200: { description: 'The job', body: RecipeJob } },
  },
  exportModel: {
    ...shared,
    method: 'POST',
    path: '/data/assets/{assetId}/exports',
    summary: 'Find a version in another format, or record the job that makes it; of the newest without `version`',
    params: AssetParams,
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    body: ExportOptions,
    responses: { 200: { description: 'The file or the job', body: ModelExport } },
  },
  getRecipeJob: {
    ...shared,
    method: 'GET',
    path: '/data/recipe-jobs/{jobId}',
    summary: 'Read the job of a recipe with what it made',
    params: JobParams,
    responses: { 200: { description: 'The job', body: RecipeJob } },
  },
} as const satisfies Endpoints;
