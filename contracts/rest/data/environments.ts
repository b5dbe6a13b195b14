import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { BlobReference } from '../../jobs/blob-reference.ts';
import type { Endpoints } from '../endpoint.ts';
import { PageQuery, pageOf } from '../page.ts';
import { Environment, EnvironmentFacts } from '../resources/environment.ts';
import { nameSchema } from '../resources/name.ts';
import { IfMatchQuery } from './if-match.ts';
import { TenantHeaders } from './tenant-headers.ts';

const EnvironmentParams = z.object({ environmentId: idSchema('environment') });

/** An environment whose picture is stored and checked. */
const EnvironmentCreation = z.object({ name: nameSchema(300), blob: BlobReference, facts: EnvironmentFacts });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Environments in the data service's own REST API. */
export const ENVIRONMENT_DATA_OPERATIONS = {
  createEnvironment: {
    ...shared,
    method: 'POST',
    path: '/data/environments',
    summary: 'Record an environment',
    body: EnvironmentCreation,
    responses: { 201: { description: 'The environment', body: Environment } },
  },
  listEnvironments: {
    ...shared,
    method: 'GET',
    path: '/data/environments',
    summary: 'List environments, newest first',
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(Environment) } },
  },
  getEnvironment: {
    ...shared,
    method: 'GET',
    path: '/data/environments/{environmentId}',
    summary: 'Read an environment',
    params: EnvironmentParams,
    responses: { 200: { description: 'The environment', body: Environment } },
  },
  deleteEnvironment: {
    ...shared,
    method: 'DELETE',
    path: '/data/environments/{environmentId}',
    query: IfMatchQuery,
    summary: 'Delete an environment',
    params: EnvironmentParams,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
} as const satisfies Endpoints;
