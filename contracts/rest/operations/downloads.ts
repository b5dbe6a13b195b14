import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { deliveryOf, ExportFormat, ExportOptions } from '../../model/export-format.ts';
import { DownloadHeaders, PreferHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleDerivative, exampleRecipeJob } from '../examples.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { RenderQuery } from '../render-query.ts';
import { Derivative } from '../resources/asset.ts';
import { RecipeJob } from '../resources/recipe-job.ts';
import { VersionNumber } from '../version-number.ts';

const tag = 'Downloads';

const answerHeaders = {
  ETag: 'SHA-256 of the bytes',
  'Accept-Ranges': '`bytes`',
  'Cache-Control': 'Immutable for files that never change',
};

/** File endings of a render by URL; `jpeg` is another name for `jpg`. */
export const RenderEnding = z.enum(['png', 'jpg', 'jpeg', 'webp', 'avif']);

/** The choices that a format leaves open, as a query. */
const ExportQuery = ExportOptions.omit({ format: true }).extend({
  version: VersionNumber.optional(),
  time: z.coerce
    .number()
    .pipe(ExportOptions.shape.time.unwrap())
    .optional()
    .describe('Seconds from the beginning of the animation'),
});

/** Operations that answer with the bytes of a file. */
export const DOWNLOAD_OPERATIONS = {
  downloadFile: {
    method: 'GET',
    path: '/v1/assets/{assetId}/versions/{version}/files/{name}',
    scope: 'assets:read',
    tag,
    summary: 'Download a file of a version',
    description:
      'An original as it was uploaded, byte by byte, or the normalised GLB. A `/` in a name is written `%2F`. Ranges are answered.',
    params: z.object({
      assetId: idSchema('asset'),
      version: VersionNumber,
      name: z.string().min(1).max(1000).describe('Name of the file, as the list of files tells it'),
    }),
    headers: DownloadHeaders,
    responses: {
      200: { description: 'The file', body: 'bytes' },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: ['application/octet-stream', 'model/gltf-binary', 'model/gltf+json', 'image/png', 'image/jpeg'],
    answerHeaders,
    errors: ['not_found', 'range_not_satisfiable'],
  },
  downloadModel: {
    method: 'GET',
    path: '/v1/assets/{assetId}/model.glb',
    scope: 'assets:read',
    tag,
    summary: 'Download the model as GLB',
    description:
      'The normalised model: glTF 2.0, metres, +Y up. Of the newest version without `version`. Answers 409 while it is being processed, or when it could not be.',
    params: z.object({ assetId: idSchema('asset') }),
    query: z.object({ version: VersionNumber.optional() }),
    headers: DownloadHeaders,
    responses: {
      200: { description: 'The model', body: 'bytes' },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: ['model/gltf-binary'],
    answerHeaders,
    errors: ['not_found', 'conflict', 'range_not_satisfiable'],
  },
  exportModel: {
    method: 'GET',
    path: '/v1/assets/{assetId}/model.{format}',
    scope: 'assets:read',
    tag,
    summary: 'Download the model in another format',
    description:
      'Written when it is asked for the first time, and kept: each version is written once in each form. A format of several files (glTF, OBJ) comes as a zip. ' +
      'What the format cannot hold is listed in the report of the derivative (`GET /v1/assets/{assetId}/derivatives`). ' +
      'Of the newest version without `version`. Waits up to 60 seconds, or as many as `Prefer: wait=N` says (for the asset too, when it was just uploaded); when that is not enough answers 202 with the job, or 503 with `Retry-After` while the asset is processed, and the work goes on.',
    params: z.object({
      assetId: idSchema('asset'),
      format: ExportFormat.exclude(['glb']).describe('The format that is wanted'),
    }),
    query: ExportQuery,
    headers: DownloadHeaders.extend(PreferHeaders.shape),
    responses: {
      200: { description: 'The model', body: 'bytes' },
      202: { description: 'The job, which goes on', body: RecipeJob },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: [...new Set(ExportFormat.exclude(['glb']).options.map((format) => deliveryOf(format).contentType))],
    answerHeaders: { ...answerHeaders, Location: 'Of 202: where the job is', 'Retry-After': 'Of 202: seconds' },
    errors: ['not_found', 'conflict', 'range_not_satisfiable', 'output_limit_exceeded'],
    example: { answer: exampleRecipeJob },
  },
  getDerivative: {
    method: 'GET',
    path: '/v1/derivatives/{derivativeId}',
    scope: 'assets:read',
    tag,
    summary: 'Read a derivative',
    description: 'What it was made from, how, and where its file is.',
    params: z.object({ derivativeId: idSchema('derivative') }),
    headers: ReadHeaders,
    responses: { 200: { description: 'The derivative', body: Derivative } },
    errors: ['not_found'],
    example: { answer: exampleDerivative },
  },
  downloadDerivative: {
    method: 'GET',
    path: '/v1/derivatives/{derivativeId}/file',
    scope: 'assets:read',
    tag,
    summary: 'Download a derivative',
    description: 'The image or file itself. It never changes.',
    params: z.object({ derivativeId: idSchema('derivative') }),
    headers: DownloadHeaders,
    responses: {
      200: { description: 'The file', body: 'bytes' },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: [
      'image/png',
      'image/jpeg',
      'image/webp',
      'image/avif',
      ...new Set(ExportFormat.options.map((format) => deliveryOf(format).contentType)),
    ],
    answerHeaders,
    errors: ['not_found', 'range_not_satisfiable'],
  },
  renderByUrl: {
    method: 'GET',
    path: '/v1/assets/{assetId}/render.{ending}',
    scope: 'assets:read',
    tag,
    summary: 'A picture of the asset, by URL',
    description:
      'Rendered when it is asked for the first time, and kept: the same content and parameters are rendered once. ' +
      'Waits up to 60 seconds for the picture (and for the asset, when it was just uploaded); when that is not enough answers 503 with `Retry-After`, and the work goes on.',
    params: z.object({ assetId: idSchema('asset'), ending: RenderEnding.describe('The format of the picture') }),
    query: RenderQuery,
    headers: DownloadHeaders,
    responses: {
      200: { description: 'The picture', body: 'bytes' },
      206: { description: 'A range of it', body: 'bytes' },
    },
    produces: ['image/png', 'image/jpeg', 'image/webp', 'image/avif'],
    answerHeaders,
    errors: ['not_found', 'conflict', 'render_too_large', 'unavailable', 'range_not_satisfiable'],
  },
} as const satisfies PublicEndpoints;
