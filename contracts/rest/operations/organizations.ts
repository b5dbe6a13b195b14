import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleInvitation, exampleMember, exampleOrganization } from '../examples/people.ts';
import { examplePage } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { NewPasswordReset } from '../resources/sign-in.ts';
import {
  Invitation,
  InvitationInput,
  Member,
  MemberChange,
  NewInvitation,
  Organization,
  OrganizationChange,
  OrganizationInput,
} from '../resources/user.ts';

export const OrganizationPage = pageOf(Organization);
export const MemberPage = pageOf(Member);
export const InvitationPage = pageOf(Invitation);

const tag = 'Organisations';
const organization = z.object({ organizationId: idSchema('organization') });
const member = z.object({ userId: idSchema('user') });
const invitation = z.object({ invitationId: idSchema('invitation') });
const link = { Link: '`rel="next"`, when there is a further page' };

/** Organisations, their members and invitations. */
export const ORGANIZATION_OPERATIONS = {
  listOrganizations: {
    method: 'GET',
    path: '/v1/organizations',
    scope: 'authenticated',
    tag,
    summary: 'List my organisations',
    description: 'Those of the person who is signed in; of a key the one that it belongs to.',
    headers: ReadHeaders,
    query: PageQuery,
    responses: { 200: { description: 'A page of organisations', body: OrganizationPage } },
    answerHeaders: link,
    errors: [],
    example: { answer: examplePage(exampleOrganization) },
  },
  createOrganization: {
    method: 'POST',
    path: '/v1/organizations',
    scope: 'authenticated',
    tag,
    summary: 'Make an organisation',
    description:
      'The person who asks owns it. For members who are signed in, neither for guests nor for keys; one person may own a number of organisations that the operator sets.',
    headers: IdempotencyHeaders,
    body: OrganizationInput,
    responses: { 201: { description: 'The organisation', body: Organization } },
    answerHeaders: { Location: 'Where the organisation is' },
    errors: ['conflict'],
    example: { body: { name: 'Workshop' }, answer: { ...exampleOrganization, name: 'Workshop', allowedOrigins: [] } },
  },
  getOrganization: {
    method: 'GET',
    path: '/v1/organizations/{organizationId}',
    scope: 'authenticated',
    tag,
    summary: 'Read an organisation',
    description: 'The one that the request belongs to; for somebody who is signed in, any that they are in.',
    params: organization,
    headers: ReadHeaders,
    responses: { 200: { description: 'The organisation', body: Organization } },
    errors: ['not_found'],
    example: { answer: exampleOrganization },
  },
  updateOrganization: {
    method: 'PATCH',
    path: '/v1/organizations/{organizationId}',
    scope: 'organization:write',
    tag,
    summary: 'Change an organisation',
    description:
      'The one that the request belongs to: its name, and the origins whose pages may use the API with its keys and tokens. Changes of origins count everywhere within five seconds.',
    params: organization,
    headers: ChangeHeaders,
    body: OrganizationChange,
    responses: { 200: { description: 'The organisation as it is now', body: Organization } },
    errors: ['not_found'],
    example: {
      body: { name: 'Workshop', allowedOrigins: ['https://shop.example.com'] },
      answer: { ...exampleOrganization, name: 'Workshop' },
    },
  },
  listMembers: {
    method: 'GET',
    path: '/v1/members',
    scope: 'members:read',
    tag,
    summary: 'List members',
    description: 'The people of the organisation and their roles.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of members', body: MemberPage } },
    answerHeaders: link,
    errors: [],
    example: { answer: examplePage(exampleMember) },
  },
  getMember: {
    method: 'GET',
    path: '/v1/members/{userId}',
    scope: 'members:read',
    tag,
    summary: 'Read a member',
    description: 'A person of the organisation and their role in it.',
    params: member,
    headers: ReadHeaders,
    responses: { 200: { description: 'The member', body: Member } },
    errors: ['not_found'],
    example: { answer: exampleMember },
  },
  changeMember: {
    method: 'PATCH',
    path: '/v1/members/{userId}',
    scope: 'members:write',
    tag,
    summary: 'Give a member another role',
    description: 'Nobody gives or takes a role that is stronger than their own; the last owner stays one.',
    params: member,
    headers: ChangeHeaders,
    body: MemberChange,
    responses: { 200: { description: 'The member as they are now', body: Member } },
    errors: ['not_found', 'conflict'],
    example: { body: { role: 'editor' }, answer: exampleMember },
  },
  removeMember: {
    method: 'DELETE',
    path: '/v1/members/{userId}',
    scope: 'members:write',
    tag,
    summary: 'Remove a member',
    description:
      'Their roles in projects and the keys that they made go with them. The last owner stays. To leave oneself: `POST /v1/members/leave`.',
    params: member,
    headers: ChangeHeaders,
    responses: { 204: { description: 'The person is no member any more', body: 'empty' } },
    errors: ['not_found', 'conflict'],
  },
  leaveOrganization: {
    method: 'POST',
    path: '/v1/members/leave',
    scope: 'authenticated',
    tag,
    summary: 'Leave the organisation',
    description: 'The person who asks is no member of the organisation any more. The last owner cannot leave.',
    headers: IdempotencyHeaders,
    responses: { 204: { description: 'The person is no member any more', body: 'empty' } },
    errors: ['conflict'],
  },
  createPasswordReset: {
    method: 'POST',
    path: '/v1/members/{userId}/password-reset',
    scope: 'members:write',
    tag,
    summary: 'Let a member set a new password',
    description:
      'The answer is the only place where the token is shown: hand it to the person. Who is a member of other organisations too cannot be helped so: the token would open these as well.',
    params: member,
    headers: IdempotencyHeaders,
    responses: { 201: { description: 'The token', body: NewPasswordReset } },
    errors: ['not_found'],
    example: { answer: { token: 'mqr_xxxxxxxxxxxxxxxxxxxxxxxx', expiresAt: exampleInvitation.expiresAt } },
  },
  createInvitation: {
    method: 'POST',
    path: '/v1/invitations',
    scope: 'members:write',
    tag,
    summary: 'Invite somebody',
    description:
      'The answer is the only place where the token is shown: hand it to the person. It counts once, for seven days. With `projectId` the person becomes a guest, who sees that project alone.',
    headers: IdempotencyHeaders,
    body: InvitationInput,
    responses: { 201: { description: 'The invitation with its token', body: NewInvitation } },
    answerHeaders: { Location: 'Where the invitation is' },
    errors: ['conflict', 'not_found'],
    example: {
      body: { email: 'ada@example.org', role: 'editor' },
      answer: { ...exampleInvitation, token: 'mqi_xxxxxxxxxxxxxxxxxxxxxxxx' },
    },
  },
  listInvitations: {
    method: 'GET',
    path: '/v1/invitations',
    scope: 'members:write',
    tag,
    summary: 'List invitations',
    description: 'Newest first, without their tokens; accepted and revoked ones included.',
    query: PageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of invitations', body: InvitationPage } },
    answerHeaders: link,
    errors: [],
    example: { answer: examplePage(exampleInvitation) },
  },
  getInvitation: {
    method: 'GET',
    path: '/v1/invitations/{invitationId}',
    scope: 'members:write',
    tag,
    summary: 'Read an invitation',
    description: 'One of any state, without its token.',
    params: invitation,
    headers: ReadHeaders,
    responses: { 200: { description: 'The invitation', body: Invitation } },
    errors: ['not_found'],
    example: { answer: exampleInvitation },
  },
  revokeInvitation: {
    method: 'DELETE',
    path: '/v1/invitations/{invitationId}',
    scope: 'members:write',
    tag,
    summary: 'Revoke an invitation',
    description: 'Nobody can accept it any more.',
    params: invitation,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is revoked', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
