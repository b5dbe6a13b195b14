import type { FastifyReply, FastifyRequest } from 'fastify';
import { type SignedIn, type SignInSession, sessionState, signedInState } from '#contracts/rest/resources/sign-in.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { countingGuesses } from '../access/authentication.ts';
import { personOf } from '../access/principal.ts';
import { clearSessionCookie, setSessionCookie } from '../access/session-cookie.ts';
import { json, jsonText, noContent, pageOfWhole } from '../answers.ts';
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
  | 'getSession'
  | 'revokeSession'
  | 'changePassword'
  | 'resetPassword'
  | 'acceptInvitation'
> {
  const tagOf = (known: SignedIn) => entityTag(known, signedInState(known));
  const enter = (request: FastifyRequest, reply: FastifyReply, token: string, document: string) => {
    setSessionCookie(request, reply, token);
    const known = JSON.parse(document) as SignedIn;
    return json(request, known, { tag: tagOf(known), headers: { 'cache-control': 'no-store' } });
  };
  const signedIn = async (request: FastifyRequest, sessionId: string) => {
    const known = JSON.parse((await people.getSignedIn({ sessionId })).json) as SignedIn;
    return json(request, known, { tag: tagOf(known) });
  };

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
    async updateSession({ request, headers, body: { organizationId } }) {
      const { userId, sessionId } = personOf(principalOf(request));
      const ifMatch = headers['if-match'] ?? '';
      await people.selectOrganization({ userId, sessionId, organizationId, ifMatch });
      authenticator.forget(sessionId);
      return signedIn(request, sessionId);
    },
    async listSessions({ request, query }) {
      const { userId, sessionId } = personOf(principalOf(request));
      const { json: documents } = await people.listSessions({ userId, sessionId });
      const sessions = documents.map((text) => JSON.parse(text) as SignInSession);
      return pageOfWhole(request, sessions, query, ({ id }) => id);
    },
    async getSession({ request, params }) {
      const { userId, sessionId: currentId } = personOf(principalOf(request));
      const session = JSON.parse((await people.getSession({ userId, currentId, ...params })).json) as SignInSession;
      // Written whole: that it is over may come with time, and not with a change that would be noticed.
      return jsonText(request, JSON.stringify(session), { tag: entityTag(session, sessionState(session)) });
    },
    async revokeSession({ request, params, headers }) {
      const { userId } = personOf(principalOf(request));
      const ifMatch = headers['if-match'] ?? '';
      await people.revokeSession({ userId, sessionId: params.sessionId, ifMatch });
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
