import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { examplePage, exampleProject } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Project, ProjectInput } from '../resources/project.ts';

export const ProjectPage = pageOf(Project);
export const ProjectChange = ProjectInput.partial();

const tag = 'Projects';
const params = z.object({ projectId: idSchema('project') });

/** Operations on projects. */
export const PROJECT_OPERATIONS = {
  createProject: {
    method: 'POST',
    path: '/v1/projects',
    scope: 'projects:write',
    tag,
    summary: 'Make a project',
    description: 'A project groups assets. Names need not be unique.',
    headers: IdempotencyHeaders,
    body: ProjectInput,
    responses: { 201: { description: 'The new project', body: Project } },
    answerHeaders: { Location: 'Where the project is', ETag: 'Its revision' },
    errors: [],
    example: { body: { name: 'Spring catalogue' }, answer: exampleProject },
  },
  listProjects: {
    method: 'GET',
    path: '/v1/projects',
    scope: 'projects:read',
    tag,
    summary: 'List projects',
    description: 'Newest first.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of projects', body: ProjectPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleProject) },
  },
  getProject: {
    method: 'GET',
    path: '/v1/projects/{projectId}',
    scope: 'projects:read',
    tag,
    summary: 'Read a project',
    description: 'One project by its id.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The project', body: Project } },
    answerHeaders: { ETag: 'Its revision' },
    errors: ['not_found'],
    example: { answer: exampleProject },
  },
  updateProject: {
    method: 'PATCH',
    path: '/v1/projects/{projectId}',
    scope: 'projects:write',
    tag,
    summary: 'Rename a project',
    description: 'Fields that are left out stay as they are.',
    params,
    headers: ChangeHeaders,
    body: ProjectChange,
    responses: { 200: { description: 'The project as it is now', body: Project } },
    answerHeaders: { ETag: 'Its new revision' },
    errors: ['not_found', 'precondition_failed'],
    example: {
      body: { name: 'Summer catalogue' },
      answer: { ...exampleProject, name: 'Summer catalogue', revision: 2 },
    },
  },
  deleteProject: {
    method: 'DELETE',
    path: '/v1/projects/{projectId}',
    scope: 'projects:write',
    tag,
    summary: 'Delete an empty project',
    description: 'A project that still holds assets stays: delete or move them first.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  },
} as const satisfies PublicEndpoints;
