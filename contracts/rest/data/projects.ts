import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { Endpoints } from '../endpoint.ts';
import { PageQuery, pageOf } from '../page.ts';
import { Project, ProjectInput } from '../resources/project.ts';
import { RevisionQuery, TenantHeaders } from './tenant-headers.ts';

const ProjectParams = z.object({ projectId: idSchema('project') });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Projects in the data service's own REST API. */
export const PROJECT_DATA_OPERATIONS = {
  createProject: {
    ...shared,
    method: 'POST',
    path: '/data/projects',
    summary: 'Make a project',
    body: ProjectInput,
    responses: { 201: { description: 'The project', body: Project } },
  },
  listProjects: {
    ...shared,
    method: 'GET',
    path: '/data/projects',
    summary: 'List projects',
    query: PageQuery.extend({
      ids: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(idSchema('project')).min(1))
        .optional()
        .describe('Comma-separated; only these'),
    }),
    responses: { 200: { description: 'A page', body: pageOf(Project) } },
  },
  getProject: {
    ...shared,
    method: 'GET',
    path: '/data/projects/{projectId}',
    summary: 'Read a project',
    params: ProjectParams,
    responses: { 200: { description: 'The project', body: Project } },
  },
  updateProject: {
    ...shared,
    method: 'PATCH',
    path: '/data/projects/{projectId}',
    summary: 'Rename a project',
    params: ProjectParams,
    query: RevisionQuery,
    body: ProjectInput.partial(),
    responses: { 200: { description: 'The project', body: Project } },
  },
  deleteProject: {
    ...shared,
    method: 'DELETE',
    path: '/data/projects/{projectId}',
    summary: 'Delete an empty project (409 `conflict` while it holds assets)',
    params: ProjectParams,
    query: RevisionQuery,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
} as const satisfies Endpoints;
