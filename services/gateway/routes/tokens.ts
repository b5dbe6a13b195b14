import type { TokenAnswer } from '#contracts/rest/resources/token.ts';
import { tokenOfToken } from '../access/errors.ts';
import { json } from '../answers.ts';
import { type Gateway, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function tokenRoutes({ tokens }: Gateway): Routes<'createToken' | 'getSigningKeys'> {
  return {
    async createToken({ request, body }) {
      const principal = principalOf(request);
      // A stolen token would never end.
      if (principal.token) throw tokenOfToken();
      const { organizationId, apiKeyId, userId, sessionId } = principal;
      const { token, expiresInSeconds, scopes } = await tokens.issueToken({
        principal: {
          organizationId,
          apiKeyId: apiKeyId ?? '',
          userId: userId ?? '',
          sessionId: sessionId ?? '',
        },
        scopes: (body.scope ?? '').split(' ').filter((scope) => scope !== ''),
      });
      const answer: TokenAnswer = {
        access_token: token,
        token_type: 'Bearer',
        expires_in: expiresInSeconds,
        scope: scopes.join(' '),
      };
      return json(request, answer, { headers: { 'cache-control': 'no-store' } });
    },
    async getSigningKeys({ request }) {
      const { jwksJson } = await tokens.getSigningKeys({});
      return json(request, JSON.parse(jwksJson), { headers: { 'cache-control': 'public, max-age=300' } });
    },
  };
}
