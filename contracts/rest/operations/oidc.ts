import { z } from 'zod';
import type { PublicEndpoints } from '../public-endpoint.ts';

const tag = 'Sign-in';

/** Sign-in by an OpenID provider. */
export const OIDC_OPERATIONS = {
  startOidc: {
    method: 'GET',
    path: '/v1/auth/oidc/start',
    scope: 'public',
    tag,
    summary: 'Begin a sign-in by the OpenID provider',
    description:
      'For a browser: sends the person to the provider that the operator has set up (authorisation code with PKCE). 404 where there is none.',
    query: z.object({
      returnTo: z
        .string()
        .max(1000)
        .optional()
        .describe('Path of this server that the person comes back to afterwards; `/` without it'),
    }),
    responses: { 302: { description: 'On to the provider', body: 'empty' } },
    answerHeaders: {
      Location: 'Where the provider asks the person',
      'Set-Cookie': 'What the way back is checked with',
    },
    errors: ['not_found'],
  },
  finishOidc: {
    method: 'GET',
    path: '/v1/auth/oidc/callback',
    scope: 'public',
    tag,
    summary: 'End a sign-in by the OpenID provider',
    description:
      'Where the provider sends the person back to. Starts a session for who is known by this account, or by its verified address; somebody new needs an invitation, or an address of a domain that may join.',
    query: z.object({
      code: z.string().max(4000).optional().describe('What the provider gives for a sign-in that went well'),
      state: z.string().max(1000).optional().describe('What the sign-in was begun with'),
      iss: z.string().max(1000).optional().describe('Who the provider says it is (RFC 9207)'),
      error: z.string().max(1000).optional().describe('Why it did not go well, as a code of OAuth'),
      error_description: z.string().max(4000).optional().describe('The same in words'),
    }),
    responses: { 302: { description: 'Signed in; back to where the person came from', body: 'empty' } },
    answerHeaders: { Location: 'The path of `returnTo`', 'Set-Cookie': 'The cookie of the session' },
    errors: ['not_found', 'unauthenticated', 'forbidden', 'rate_limited'],
  },
} as const satisfies PublicEndpoints;
