import { z } from 'zod';
import { ValidationProfileName } from '../../profiles/profile.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { examplePage, exampleProfile, exampleProfileInput } from '../examples.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { MOST_PROFILES, ValidationProfile, ValidationProfileInput } from '../resources/validation-profile.ts';

export const ValidationProfilePage = pageOf(ValidationProfile);

const tag = 'Validation profiles';
const params = z.object({ name: ValidationProfileName.describe('Name of the profile') });

/** Profiles: limits that turn the report of a model into pass or fail. */
export const VALIDATION_PROFILE_OPERATIONS = {
  listValidationProfiles: {
    method: 'GET',
    path: '/v1/validation-profiles',
    scope: 'assets:read',
    tag,
    summary: 'List validation profiles',
    description:
      'The built-in ones, and those of the organisation by their names. Each can be named as `profile` of a report.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of profiles', body: ValidationProfilePage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleProfile) },
  },
  getValidationProfile: {
    method: 'GET',
    path: '/v1/validation-profiles/{name}',
    scope: 'assets:read',
    tag,
    summary: 'Read a validation profile',
    description: 'A built-in one, or one of the organisation.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
    errors: ['not_found'],
    example: { answer: exampleProfile },
  },
  putValidationProfile: {
    method: 'PUT',
    path: '/v1/validation-profiles/{name}',
    scope: 'assets:write',
    tag,
    summary: 'Make or replace a validation profile',
    description: `Its rules, as in a file for \`maquette validate --profile\` (docs/validation.md). The names of built-in profiles are taken (409). An organisation has up to ${MOST_PROFILES} of its own.`,
    params,
    headers: ChangeHeaders,
    body: ValidationProfileInput,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
    errors: ['conflict'],
    example: { body: exampleProfileInput, answer: exampleProfile },
  },
  deleteValidationProfile: {
    method: 'DELETE',
    path: '/v1/validation-profiles/{name}',
    scope: 'assets:write',
    tag,
    summary: 'Delete a validation profile',
    description: 'One of the organisation; built-in ones stay (409).',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
    errors: ['not_found', 'conflict'],
  },
} as const satisfies PublicEndpoints;
