import { z } from 'zod';
import { ReadHeaders } from '../conditional-headers.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { TokenAnswer, TokenRequest } from '../resources/token.ts';

const tag = 'Sign-in';

/** Access tokens. */
export const TOKEN_OPERATIONS = {
  createToken: {
    method: 'POST',
    path: '/v1/tokens',
    scope: 'authenticated',
    tag,
    summary: 'Make an access token',
    description:
      'The token endpoint of OAuth 2.0 (RFC 6749, client credentials), with JSON or a form as its body: an API key (as `Bearer`, or as the password of `Basic`) or a session becomes a JWT that counts for 15 minutes, for the same or fewer scopes. Whoever verifies it needs only `/.well-known/jwks.json`. It ends within seconds when the key or session ends.',
    body: TokenRequest,
    form: true,
    responses: { 200: { description: 'The token', body: TokenAnswer } },
    answerHeaders: { 'Cache-Control': '`no-store`' },
    errors: ['conflict'],
    example: {
      body: { grant_type: 'client_credentials', scope: 'assets:read' },
      answer: {
        access_token: 'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJtYXF1ZXR0ZSJ9.c2lnbmF0dXJl',
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'assets:read',
      },
    },
  },
  getSigningKeys: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    scope: 'public',
    tag,
    summary: 'Read the public keys of access tokens',
    description: 'A JSON Web Key Set (RFC 7517) of Ed25519 keys. A key stays in it for a day after the next one signs.',
    headers: ReadHeaders,
    responses: {
      200: { description: 'The keys', body: z.object({ keys: z.array(z.record(z.string(), z.string())) }) },
    },
    errors: [],
    example: {
      answer: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            alg: 'EdDSA',
            use: 'sig',
          },
        ],
      },
    },
  },
} as const satisfies PublicEndpoints;
