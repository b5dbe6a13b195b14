import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleEnvironment, examplePage } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Environment } from '../resources/environment.ts';
import { nameSchema } from '../resources/name.ts';
import { FetchUrl } from '../upload.ts';

export const EnvironmentPage = pageOf(Environment);

/** Content types of a raw body. The bytes decide about the format. */
export const RAW_ENVIRONMENT_TYPES = ['application/octet-stream', 'image/vnd.radiance', 'image/x-exr'] as const;

/** The form of an upload, as documentation: the gateway reads it as a stream. */
export const EnvironmentForm = z.object({
  file: z.file().describe('The picture'),
  name: nameSchema(300).optional().describe('Name of the environment; that of the file without it'),
  sha256: z.string().optional().describe('SHA-256 of the picture in hexadecimal: checked'),
});

/** An environment that the server fetches. */
export const UrlEnvironment = z.strictObject({
  url: FetchUrl,
  name: nameSchema(300).optional().describe('That of the last part of the URL without it'),
});

const tag = 'Environments';
const params = z.object({ environmentId: idSchema('environment') });

/** Operations on environments. */
export const ENVIRONMENT_OPERATIONS = {
  createEnvironment: {
    method: 'POST',
    path: '/v1/environments',
    scope: 'assets:write',
    rate: 'work',
    tag,
    summary: 'Upload an environment',
    description:
      'A picture of all directions, equirectangular, twice as wide as high: Radiance .hdr or OpenEXR. It is checked at once, whole. ' +
      'Its id is used as `environment` of any render. As JSON with a `url` the server fetches it, within a minute.',
    query: z.object({ name: nameSchema(300).optional().describe('Name of the environment, for a raw body') }),
    headers: IdempotencyHeaders,
    body: 'multipart',
    json: UrlEnvironment,
    upload: {
      subject: 'environment',
      form: EnvironmentForm,
      example: { file: 'studio.hdr', name: 'Studio' },
      raw: RAW_ENVIRONMENT_TYPES,
    },
    responses: { 201: { description: 'The new environment', body: Environment } },
    answerHeaders: { Location: 'Where the environment is' },
    errors: [
      'environment_invalid',
      'payload_too_large',
      'unsupported_media_type',
      'checksum_mismatch',
      'file_infected',
      'unavailable',
      'url_refused',
      'remote_refused',
      'remote_failed',
    ],
    example: { body: { url: 'https://example.com/courtyard.hdr' }, answer: exampleEnvironment },
  },
  listEnvironments: {
    method: 'GET',
    path: '/v1/environments',
    scope: 'assets:read',
    tag,
    summary: 'List environments',
    description: 'Those that were uploaded, newest first.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of environments', body: EnvironmentPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleEnvironment) },
  },
  getEnvironment: {
    method: 'GET',
    path: '/v1/environments/{environmentId}',
    scope: 'assets:read',
    tag,
    summary: 'Read an environment',
    description: 'Its name, format and size.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The environment', body: Environment } },
    errors: ['not_found'],
    example: { answer: exampleEnvironment },
  },
  deleteEnvironment: {
    method: 'DELETE',
    path: '/v1/environments/{environmentId}',
    scope: 'assets:write',
    tag,
    summary: 'Delete an environment',
    description: 'Pictures that were made with it stay, and renders that wait are made; no further one can name it.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
