import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '#contracts/rest/resources/sign-in.ts';
import { countingGuesses } from '../access/authentication.ts';
import { personOf } from '../access/principal.ts';
import { clearSessionCookie, setSessionCookie } from '../access/session-cookie.ts';
import { json, noContent } from '../answers.ts';
import { type Gateway, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function signInRoutes({
  people,
  organizations,
  authenticator,
  rateLimits,
}: Gateway): Routes<
  | 'signIn'
  | 'signOut'
  | 'getSignedIn'
  | 'updateSession'
  | 'listSessions'
  | 'revokeSession'
  | 'changePassword'
  | 'resetPassword'
  | 'acceptInvitation'
> {
  const enter = (request: FastifyRequest, reply: FastifyReply, token: string, document: string) => {
    setSessionCookie(request, reply, token);
    return json(request, JSON.parse(document) as SignedIn, { headers: { 'cache-control': 'no-store' } });
  };
  const signedIn = async (request: FastifyRequest, sessionId: string) =>
    json(request, JSON.parse((await people.getSignedIn({ sessionId })).json) as SignedIn);

  return {
    async signIn({ request, reply, body }) {
      const input = { ...body, userAgent: request.headers['user-agent'] ?? '' };
      const { token, json: document } = await countingGuesses(rateLimits, request.ip, () => people.signIn(input));
      return enter(request, reply, token, document);
    },
    async signOut({ request, reply }) {
      const { userId, sessionId } = personOf(principalOf(request));
      await people.revokeSession({ userId, sessionId });
      authenticator.forget(sessionId);
      clearSessionCookie(request, reply);
      return noContent;
    },
    async getSignedIn({ request }) {
      return signedIn(request, personOf(principalOf(request)).sessionId);
    },
    async updateSession({ request, body }) {
      const { userId, sessionId } = personOf(principalOf(request));
      await people.selectOrganization({ userId, sessionId, organizationId: body.organizationId });
      authenticator.forget(sessionId);
      return signedIn(request, sessionId);
    },
    async listSessions({ request }) {
      const { userId, sessionId } = personOf(principalOf(request));
      const { json: documents } = await people.listSessions({ userId, sessionId });
      return json(request, { data: documents.map((text) => JSON.parse(text)) });
    },
    async revokeSession({ request, params }) {
      const { userId } = personOf(principalOf(request));
      await people.revokeSession({ userId, sessionId: params.sessionId });
      authenticator.forget(params.sessionId);
      return noContent;
    },
    async changePassword({ request, body }) {
      const { userId, sessionId } = personOf(principalOf(request));
      await people.changePassword({ userId, sessionId, ...body });
      authenticator.forget(userId);
      return noContent;
    },
    async resetPassword({ request, body }) {
      await countingGuesses(rateLimits, request.ip, () => people.resetPassword(body));
      return noContent;
    },
    async acceptInvitation({ request, reply, body }) {
      const input = { ...body, name: body.name ?? '', userAgent: request.headers['user-agent'] ?? '' };
      const { sessionToken, json: document } = await countingGuesses(rateLimits, request.ip, () =>
        organizations.acceptInvitation(input),
      );
      return enter(request, reply, sessionToken, document);
    },
  };
}
