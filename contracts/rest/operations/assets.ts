import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ValidationProfileName } from '../../profiles/profile.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import {
  exampleAsset,
  exampleDerivative,
  exampleFile,
  examplePage,
  exampleReport,
  exampleUploadedAsset,
  exampleVersion,
} from '../examples.ts';
import { AssetFilter } from '../filters.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Asset, AssetChange, AssetFile, AssetVersion, Derivative } from '../resources/asset.ts';
import { AssetReport } from '../resources/asset-report.ts';
import {
  RAW_UPLOAD_TYPES,
  RemoteUpload,
  RemoteVersion,
  UploadForm,
  UploadQuery,
  VersionForm,
  VersionQuery,
} from '../upload.ts';
import { VersionNumber } from '../version-number.ts';

export const AssetPage = pageOf(Asset);
export const VersionPage = pageOf(AssetVersion);
export const DerivativePage = pageOf(Derivative);
export const AssetFilePage = pageOf(AssetFile);

const tag = 'Assets';
const params = z.object({ assetId: idSchema('asset') });

const ReportQuery = z.strictObject({
  profile: ValidationProfileName.optional().describe(
    'Judges the model by this profile, a built-in one or one of the organisation; the answer then has a `verdict`',
  ),
});

const UPLOAD_ANSWER =
  'Answers as soon as the bytes are stored: the asset is `processing`, and its `job` (or `GET /v1/events`) tells when it is `ready` or `failed`. ' +
  'A model that cannot be read ends as `failed` with the reason and what to do; its file is kept and can be downloaded.';

/** Operations on assets, their versions and what belongs to them. */
export const ASSET_OPERATIONS = {
  createAsset: {
    method: 'POST',
    path: '/v1/assets',
    scope: 'assets:write',
    rate: 'work',
    tag,
    summary: 'Upload a model',
    description:
      'As a form (`multipart/form-data`) with one or several `file` parts, or as a raw body with `?name=`. ' +
      'Several files make one model: a glTF with its buffers and textures, an OBJ with its MTL. Give them their relative names ' +
      `(\`textures/wood.png\`). The format is recognised from the bytes, not from the name. ${UPLOAD_ANSWER} ` +
      'As JSON with a `url` the server fetches the file itself, by a job: the asset is `uploading` until the bytes are there, then `processing` with a further job. ' +
      'With `uploads` it makes one model of resumable uploads that were held.',
    query: UploadQuery,
    headers: IdempotencyHeaders,
    body: 'multipart',
    json: RemoteUpload,
    upload: {
      subject: 'model',
      form: UploadForm,
      example: { file: ['chair.glb'], name: 'Chair' },
      raw: RAW_UPLOAD_TYPES,
    },
    responses: { 201: { description: 'The new asset', body: Asset } },
    answerHeaders: { Location: 'Where the asset is', ETag: 'Its revision' },
    errors: [
      'not_found',
      'payload_too_large',
      'unsupported_media_type',
      'url_refused',
      'checksum_mismatch',
      'file_infected',
      'unavailable',
    ],
    example: { body: { url: 'https://example.com/chair.glb', name: 'Chair' }, answer: exampleUploadedAsset },
  },
  listAssets: {
    method: 'GET',
    path: '/v1/assets',
    scope: 'assets:read',
    tag,
    summary: 'List assets',
    description: 'Newest first, by project, state or part of the name.',
    query: AssetFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of assets', body: AssetPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleAsset) },
  },
  getAsset: {
    method: 'GET',
    path: '/v1/assets/{assetId}',
    scope: 'assets:read',
    tag,
    summary: 'Read an asset',
    description: 'The asset with the report, preview or error of its newest version.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The asset', body: Asset } },
    answerHeaders: { ETag: 'Its revision' },
    errors: ['not_found'],
    example: { answer: exampleAsset },
  },
  updateAsset: {
    method: 'PATCH',
    path: '/v1/assets/{assetId}',
    scope: 'assets:write',
    tag,
    summary: 'Rename or move an asset',
    description: 'Fields that are left out stay as they are.',
    params,
    headers: ChangeHeaders,
    body: AssetChange,
    responses: { 200: { description: 'The asset as it is now', body: Asset } },
    answerHeaders: { ETag: 'Its new revision' },
    errors: ['not_found', 'precondition_failed'],
    example: { body: { name: 'Knight, polished' }, answer: { ...exampleAsset, name: 'Knight, polished', revision: 4 } },
  },
  deleteAsset: {
    method: 'DELETE',
    path: '/v1/assets/{assetId}',
    scope: 'assets:write',
    tag,
    summary: 'Delete an asset',
    description: 'With its versions, files, derivatives and renders. Its unfinished jobs are canceled.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    errors: ['not_found', 'precondition_failed'],
  },
  getReport: {
    method: 'GET',
    path: '/v1/assets/{assetId}/report',
    scope: 'assets:read',
    tag,
    summary: 'Validation and measurements',
    description:
      'What was found and measured on the newest version, and with `profile` whether it keeps to the limits of a profile (`verdict`), a built-in one or one of the organisation (`GET /v1/validation-profiles`). ' +
      'Answers 409 while it is still being processed, or when it could not be.',
    params,
    query: ReportQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'The report', body: AssetReport } },
    errors: ['not_found', 'conflict'],
    example: { answer: exampleReport },
  },
  createVersion: {
    method: 'POST',
    path: '/v1/assets/{assetId}/versions',
    scope: 'assets:write',
    rate: 'work',
    tag,
    summary: 'Upload a further version',
    description: `The body is that of \`POST /v1/assets\`. Earlier versions stay. ${UPLOAD_ANSWER}`,
    params,
    query: VersionQuery,
    headers: IdempotencyHeaders,
    body: 'multipart',
    json: RemoteVersion,
    upload: { subject: 'model', form: VersionForm, example: { file: ['chair.glb'] }, raw: RAW_UPLOAD_TYPES },
    responses: { 201: { description: 'The asset, now with this version', body: Asset } },
    answerHeaders: { Location: 'Where the asset is', ETag: 'Its new revision' },
    errors: [
      'not_found',
      'payload_too_large',
      'unsupported_media_type',
      'url_refused',
      'checksum_mismatch',
      'file_infected',
      'unavailable',
    ],
    example: {
      body: { url: 'https://example.com/chair.glb' },
      answer: { ...exampleUploadedAsset, version: 2, revision: 4 },
    },
  },
  listVersions: {
    method: 'GET',
    path: '/v1/assets/{assetId}/versions',
    scope: 'assets:read',
    tag,
    summary: 'List versions',
    description: 'Newest first. Versions never change.',
    params,
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of versions', body: VersionPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: ['not_found'],
    example: { answer: examplePage(exampleVersion) },
  },
  listFiles: {
    method: 'GET',
    path: '/v1/assets/{assetId}/files',
    scope: 'assets:read',
    tag,
    summary: 'List the files of a version',
    description:
      'The originals as they were uploaded, and the normalised GLB. Of the newest version without `version`.',
    params,
    query: PageQuery.extend({ version: VersionNumber.optional() }),
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of files', body: AssetFilePage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: ['not_found'],
    example: { answer: examplePage(exampleFile) },
  },
  listDerivatives: {
    method: 'GET',
    path: '/v1/assets/{assetId}/derivatives',
    scope: 'assets:read',
    tag,
    summary: 'List derivatives',
    description: 'What was made from the asset: previews, renders and results of recipes, newest first.',
    params,
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of derivatives', body: DerivativePage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: ['not_found'],
    example: { answer: examplePage(exampleDerivative) },
  },
} as const satisfies PublicEndpoints;
