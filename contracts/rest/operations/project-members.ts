import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleMember } from '../examples/people.ts';
import { examplePage } from '../examples.ts';
import { PageQuery } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Member, ProjectMemberChange } from '../resources/user.ts';
import { MemberPage } from './organizations.ts';

const tag = 'Projects';
const params = z.object({ projectId: idSchema('project') });
const member = params.extend({ userId: idSchema('user') });

/** Roles of people in single projects. */
export const PROJECT_MEMBER_OPERATIONS = {
  listProjectMembers: {
    method: 'GET',
    path: '/v1/projects/{projectId}/members',
    scope: 'members:read',
    tag,
    summary: 'List roles in a project',
    description: 'The people who have a role of their own in the project, beside the one in the organisation.',
    params,
    headers: ReadHeaders,
    query: PageQuery,
    responses: { 200: { description: 'A page of people and their roles', body: MemberPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: ['not_found'],
    example: { answer: examplePage(exampleMember) },
  },
  getProjectMember: {
    method: 'GET',
    path: '/v1/projects/{projectId}/members/{userId}',
    scope: 'members:read',
    tag,
    summary: 'Read a role in a project',
    description: 'The role of their own that a person has in the project.',
    params: member,
    headers: ReadHeaders,
    responses: { 200: { description: 'The person and the role', body: Member } },
    errors: ['not_found'],
    example: { answer: exampleMember },
  },
  setProjectMember: {
    method: 'PUT',
    path: '/v1/projects/{projectId}/members/{userId}',
    scope: 'members:write',
    tag,
    summary: 'Give a role in a project',
    description:
      'To a member of the organisation, or a guest. Within the project the stronger of the two roles counts: a viewer can be an editor of one project. Somebody who is no member is invited (`POST /v1/invitations` with `projectId`).',
    params: member,
    headers: ChangeHeaders,
    body: ProjectMemberChange,
    responses: { 200: { description: 'The person and the role', body: Member } },
    errors: ['not_found'],
    example: { body: { role: 'editor' }, answer: exampleMember },
  },
  removeProjectMember: {
    method: 'DELETE',
    path: '/v1/projects/{projectId}/members/{userId}',
    scope: 'members:write',
    tag,
    summary: 'Take a role in a project away',
    description: 'The role in the organisation stays.',
    params: member,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is taken away', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
