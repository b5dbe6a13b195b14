import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleSignedIn, exampleSignInSession } from '../examples/people.ts';
import { examplePage } from '../examples.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import {
  InvitationAnswer,
  PasswordChange,
  PasswordReset,
  SessionChange,
  SignedIn,
  SignInInput,
  SignInSession,
} from '../resources/sign-in.ts';

export const SignInSessionPage = pageOf(SignInSession);

const tag = 'Sign-in';
const COOKIE = { 'Set-Cookie': 'The cookie of the session: `HttpOnly`, `SameSite=Lax`, and `Secure` over TLS' };

/** How people sign in, and their sessions. */
export const SIGN_IN_OPERATIONS = {
  signIn: {
    method: 'POST',
    path: '/v1/auth/sign-in',
    scope: 'public',
    tag,
    summary: 'Sign in by password',
    description:
      'Starts a session, whose cookie then stands for an API key. An unknown address and a wrong password get the same answer after the same time; wrong ones in a row have to wait ever longer (429).',
    body: SignInInput,
    responses: { 200: { description: 'Who is signed in', body: SignedIn } },
    answerHeaders: COOKIE,
    errors: ['unauthenticated', 'forbidden', 'rate_limited'],
    example: { body: { email: 'ada@example.org', password: 'correct horse battery' }, answer: exampleSignedIn },
  },
  signOut: {
    method: 'POST',
    path: '/v1/auth/sign-out',
    scope: 'authenticated',
    tag,
    summary: 'Sign out',
    description: 'Ends the session that asks, and takes its cookie back.',
    responses: { 204: { description: 'It is over', body: 'empty' } },
    answerHeaders: COOKIE,
    errors: [],
  },
  getSignedIn: {
    method: 'GET',
    path: '/v1/auth/session',
    scope: 'authenticated',
    tag,
    summary: 'Read the session that asks',
    description: 'The person, the organisation that the session works in, and the token that changes have to bear.',
    headers: ReadHeaders,
    responses: { 200: { description: 'Who is signed in', body: SignedIn } },
    errors: [],
    example: { answer: exampleSignedIn },
  },
  updateSession: {
    method: 'PATCH',
    path: '/v1/auth/session',
    scope: 'authenticated',
    tag,
    summary: 'Work in another organisation',
    description:
      'All further requests of the session belong to that organisation, with the role that the person has there.',
    headers: ChangeHeaders,
    body: SessionChange,
    responses: { 200: { description: 'Who is signed in now', body: SignedIn } },
    errors: ['not_found'],
    example: { body: { organizationId: exampleSignedIn.organization.id }, answer: exampleSignedIn },
  },
  listSessions: {
    method: 'GET',
    path: '/v1/auth/sessions',
    scope: 'authenticated',
    tag,
    summary: 'List my sessions',
    description: 'Where the person who asks is signed in, newest first.',
    headers: ReadHeaders,
    query: PageQuery,
    responses: { 200: { description: 'A page of sessions', body: SignInSessionPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleSignInSession) },
  },
  getSession: {
    method: 'GET',
    path: '/v1/auth/sessions/{sessionId}',
    scope: 'authenticated',
    tag,
    summary: 'Read one of my sessions',
    description: 'Where the person who asks is signed in; one that is over is not there.',
    params: z.object({ sessionId: idSchema('session') }),
    headers: ReadHeaders,
    responses: { 200: { description: 'The session', body: SignInSession } },
    errors: ['not_found'],
    example: { answer: exampleSignInSession },
  },
  revokeSession: {
    method: 'DELETE',
    path: '/v1/auth/sessions/{sessionId}',
    scope: 'authenticated',
    tag,
    summary: 'End one of my sessions',
    description: 'Every gateway refuses it within 5 seconds.',
    params: z.object({ sessionId: idSchema('session') }),
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is over', body: 'empty' } },
    errors: ['not_found'],
  },
  changePassword: {
    method: 'POST',
    path: '/v1/auth/password',
    scope: 'authenticated',
    tag,
    summary: 'Change my password',
    description: 'Ends all other sessions of the person.',
    body: PasswordChange,
    responses: { 204: { description: 'It is changed', body: 'empty' } },
    errors: [],
    example: { body: { currentPassword: 'correct horse battery', newPassword: 'a staple of this trade' } },
  },
  resetPassword: {
    method: 'POST',
    path: '/v1/auth/password-reset',
    scope: 'public',
    tag,
    summary: 'Set a new password by a token',
    description: 'An administrator makes the token for a member. It counts once, for 24 hours, and ends all sessions.',
    body: PasswordReset,
    responses: { 204: { description: 'It is set', body: 'empty' } },
    errors: ['unauthenticated'],
    example: { body: { token: 'mqr_xxxxxxxxxxxxxxxxxxxxxxxx', newPassword: 'a staple of this trade' } },
  },
  acceptInvitation: {
    method: 'POST',
    path: '/v1/invitations/accept',
    scope: 'public',
    tag,
    summary: 'Join by an invitation',
    description:
      'Makes the person a member and signs them in. Somebody new chooses name and password; if the address has an account already, its password is needed.',
    body: InvitationAnswer,
    responses: { 200: { description: 'Who is signed in', body: SignedIn } },
    answerHeaders: COOKIE,
    errors: ['unauthenticated', 'rate_limited'],
    example: {
      body: { token: 'mqi_xxxxxxxxxxxxxxxxxxxxxxxx', name: 'Ada', password: 'correct horse battery' },
      answer: exampleSignedIn,
    },
  },
} as const satisfies PublicEndpoints;
