import { z } from 'zod';
import { KEY_SCOPES } from '../../access/policy.ts';

const known: readonly string[] = KEY_SCOPES;
/** Scopes of a request, with spaces between them. */
const Scopes = z
  .string()
  .max(1000)
  .refine((text) => unknownIn(text).length === 0, {
    error: ({ input }) => `there is no scope ${unknownIn(String(input)).join(', ')}: give some of ${known.join(' ')}`,
  });

/** A request for an access token, with the names of RFC 6749. */
export const TokenRequest = z.object({
  grant_type: z.literal('client_credentials').default('client_credentials'),
  scope: Scopes.optional().describe('Scopes with spaces between them; all that one has without it'),
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

function unknownIn(text: string): string[] {
  return text.split(' ').filter((scope) => scope !== '' && !known.includes(scope));
}
