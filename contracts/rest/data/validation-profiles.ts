import { z } from 'zod';
import { ValidationProfileName } from '../../profiles/profile.ts';
import type { Endpoints } from '../endpoint.ts';
import { ValidationProfile, ValidationProfileInput } from '../resources/validation-profile.ts';
import { IfMatchQuery } from './if-match.ts';
import { TenantHeaders } from './tenant-headers.ts';

const ProfileParams = z.object({ name: ValidationProfileName });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Validation profiles in the data service's own REST API. */
export const VALIDATION_PROFILE_DATA_OPERATIONS = {
  listValidationProfiles: {
    ...shared,
    method: 'GET',
    path: '/data/validation-profiles',
    summary: 'List the built-in profiles and those of the organisation',
    responses: { 200: { description: 'The profiles', body: z.object({ data: z.array(ValidationProfile) }) } },
  },
  getValidationProfile: {
    ...shared,
    method: 'GET',
    path: '/data/validation-profiles/{name}',
    summary: 'Read a profile',
    params: ProfileParams,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
  },
  putValidationProfile: {
    ...shared,
    method: 'PUT',
    path: '/data/validation-profiles/{name}',
    query: IfMatchQuery,
    summary: 'Make or replace a profile',
    params: ProfileParams,
    body: ValidationProfileInput,
    responses: { 200: { description: 'The profile', body: ValidationProfile } },
  },
  deleteValidationProfile: {
    ...shared,
    method: 'DELETE',
    path: '/data/validation-profiles/{name}',
    query: IfMatchQuery,
    summary: 'Delete a profile',
    params: ProfileParams,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
} as const satisfies Endpoints;
