import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { exampleMember } from '../examples/people.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Member, ProjectMemberChange } from '../resources/user.ts';

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
    responses: { 200: { description: 'The people and their roles', body: z.object({ data: z.array(Member) }) } },
    errors: ['not_found'],
    example: { answer: { data: [exampleMember] } },
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
    responses: { 204: { description: 'It is taken away', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
