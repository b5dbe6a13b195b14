import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PublicEndpoint, rateClassOf } from '#contracts/rest/public-endpoint.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import type { Gateway } from '../gateway.ts';
import { admitLink } from '../links/admit-link.ts';
import { cameByLink } from '../links/link.ts';
import { RateLimited } from '../rate-limits/errors.ts';
import { authenticateFrom, hasScope, requireScope } from './authentication.ts';
import { credentialsOf } from './credentials.ts';
import { refuseOtherSites, requireCsrfToken } from './forgery.ts';
import { callerOf, rateClientOf } from './principal.ts';
import { hasSomewhere } from './project-scope.ts';
import { setSessionCookie } from './session-cookie.ts';

/**
 * Lets the caller of an operation in: known, not too often, with the scope that it needs; a person in a browser only from
 * a page of this server itself. From here on the request is done in their name.
 *
 * @throws MaquetteError `unauthenticated`, `forbidden`, `rate_limited`
 */
export async function admitCaller(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<void> {
  const context = currentContext();
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (endpoint.scope === 'public') {
    if (changes) refuseOtherSites(request);
    const unknown = { kind: 'anonymous', id: null, credentialId: null, organizationId: null, role: null } as const;
    if (context) context.caller = { ...unknown, address: request.ip };
    return;
  }
  try {
    if (cameByLink(request.raw)) {
      request.principal = await admitLink(gateway, request, endpoint);
      if (context) context.caller = { ...callerOf(request.principal, request.ip), kind: 'anonymous' };
      reply.headers(gateway.rateLimits.count(`link ${request.ip}`, rateClassOf(endpoint)));
      return;
    }
    const found = await authenticateFrom(gateway, request.ip, () => credentialsOf(request), true);
    const { principal, session } = found;
    request.principal = principal;
    if (context) context.caller = callerOf(principal, request.ip);
    if (session?.newToken !== undefined) setSessionCookie(request, reply, session.newToken);
    if (session && changes) {
      refuseOtherSites(request);
      requireCsrfToken(request.headers, session.csrfToken);
    }
    reply.headers(gateway.rateLimits.count(rateClientOf(principal), rateClassOf(endpoint)));
  } catch (thrown) {
    if (thrown instanceof RateLimited) reply.headers(thrown.headers);
    throw thrown;
  }
  if (hasScope(request.principal, endpoint.scope) || !hasSomewhere(request.principal, endpoint.scope)) {
    requireScope(request.principal, endpoint.scope);
  } else {
    // Which project it is about is known when the body is.
    request.projectScope = endpoint.scope;
  }
}
