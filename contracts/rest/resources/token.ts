import { z } from 'zod';

/** A request for an access token, with the names of RFC 6749. */
export const TokenRequest = z.object({
  grant_type: z.literal('client_credentials').default('client_credentials'),
  scope: z.string().max(1000).optional().describe('Scopes with spaces between them; all that one has without it'),
  client_id: z.string().max(300).optional().describe('Not looked at: the key says who asks'),
});

/** The answer, with the names of RFC 6749. */
export const TokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds'),
  scope: z.string(),
});

export type TokenAnswer = z.infer<typeof TokenAnswer>;
