import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { Role } from './roles.ts';

/** How long an access token counts. */
export const TOKEN_SECONDS = 900;
/** Type in the header of an access token (RFC 9068, 2.1). */
export const TOKEN_TYPE = 'at+jwt';
/** Whom access tokens are for. */
export const TOKEN_AUDIENCE = 'maquette-api';
/** Who makes them, where no public address is set. */
export const DEFAULT_ISSUER = 'maquette';
/** The one signature that counts: what a token's header asks for does not matter (RFC 8725, 3.1). */
export const TOKEN_ALGORITHM = 'EdDSA';

/** What an access token says beside the registered claims (RFC 9068, and ids of ours). */
export const AccessTokenClaims = z.object({
  sub: z.union([idSchema('user'), idSchema('serviceAccount'), idSchema('apiKey')]),
  /** Seconds since 1970, with fractions: two tokens of one second can lie before and after a revocation. */
  iat: z.number(),
  scope: z.string(),
  org: idSchema('organization'),
  org_name: z.string(),
  role: Role,
  /** Roles in single projects that are stronger than the one in the organisation. */
  projects: z.record(idSchema('project'), Role).optional(),
  key: idSchema('apiKey').optional(),
  sid: idSchema('session').optional(),
  /** True of a token of a test key: `org` is then the test side of its organisation. */
  test: z.literal(true).optional(),
});

export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;
