import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#contracts/access/caller.ts';
import { type PublicEndpoint, rateClassOf } from '#contracts/rest/public-endpoint.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { networkOf } from '../client-address.ts';
import { shareWithOrigin } from '../cors.ts';
import type { Gateway } from '../gateway.ts';
import { admitLink } from '../links/admit-link.ts';
import { cameByLink } from '../links/link.ts';
import { RateLimited } from '../rate-limits/errors.ts';
import { type Authenticated, authenticateFrom, hasScope, requireScope } from './authentication.ts';
import { credentialsOf } from './credentials.ts';
import { refuseOtherSites, requireCsrfToken } from './forgery.ts';
import { callerOf, rateClientOf } from './principal.ts';
import { hasSomewhere } from './project-scope.ts';
import { setSessionCookie } from './session-cookie.ts';

/**
 * Lets the caller of an operation in: known, not too often, with the scope that it needs; a person in a browser only from
 * a page of this server itself. From here on the request is done in their name.
 *
 * @returns nothing when nobody had to be asked, as for most requests: a promise would cost them several turns
 * @throws MaquetteError `unauthenticated`, `forbidden`, `rate_limited`
 */
export function admitCaller(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<void> | undefined {
  const { origin } = request.headers;
  return origin === undefined ? letIn(gateway, request, reply, endpoint) : letPageIn(gateway, request, reply, endpoint);
}

/**
 * Lets in who comes from a page, which may read the answer, or why there is none, where the organisation allows it. Where
 * it is not known who it would have been, the page may read that: it was told in advance that it may ask.
 */
async function letPageIn(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<void> {
  try {
    await letIn(gateway, request, reply, endpoint);
  } finally {
    await shareWithOrigin(gateway, request, reply, request.principal?.organizationId);
  }
}

function letIn(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<void> | undefined {
  if (endpoint.scope === 'public') {
    if (changes(request)) refuseOtherSites(request);
    const unknown = { kind: 'anonymous', id: null, credentialId: null, organizationId: null, role: null } as const;
    setCaller({ ...unknown, address: request.ip });
    return undefined;
  }
  const tellRate = (thrown: unknown): never => {
    if (thrown instanceof RateLimited) reply.headers(thrown.headers);
    throw thrown;
  };
  if (cameByLink(request.raw)) return enterByLink(gateway, request, reply, endpoint).catch(tellRate);
  const enter = (found: Authenticated) => enterAs(found, gateway, request, reply, endpoint);
  const known = remembered(gateway, request);
  if (known === undefined) {
    return authenticateFrom(gateway, request.ip, () => credentialsOf(request), true)
      .then(enter)
      .catch(tellRate);
  }
  try {
    gateway.rateLimits.admit(request.ip);
    enter(known);
  } catch (thrown) {
    tellRate(thrown);
  }
  return undefined;
}

/** Who stands behind a request, when that is known already. */
function remembered({ authenticator }: Gateway, request: FastifyRequest): Authenticated | undefined {
  try {
    return authenticator.remembered(credentialsOf(request), true);
  } catch {
    // What is wrong with them is told, and counted, by whoever asks for them again.
    return undefined;
  }
}

function enterAs(
  { principal, session }: Authenticated,
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): void {
  request.principal = principal;
  setCaller(callerOf(principal, request.ip));
  if (session?.newToken !== undefined) setSessionCookie(request, reply, session.newToken);
  // A page that reads across origins says where it is from; a navigation or a picture does not, and lets no script read.
  if (session && (changes(request) || request.headers.origin !== undefined)) refuseOtherSites(request);
  if (session && changes(request)) requireCsrfToken(request.headers, session.csrfToken);
  reply.headers(gateway.rateLimits.count(rateClientOf(principal), rateClassOf(endpoint)));
  if (hasScope(principal, endpoint.scope) || !hasSomewhere(principal, endpoint.scope)) {
    requireScope(principal, endpoint.scope);
  } else {
    // Which project it is about is known when the body is.
    request.projectScope = endpoint.scope;
  }
}

async function enterByLink(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<void> {
  request.principal = await admitLink(gateway, request, reply, endpoint);
  setCaller({ ...callerOf(request.principal, request.ip), kind: 'anonymous' });
  reply.headers(gateway.rateLimits.count(`link ${networkOf(request.ip)}`, rateClassOf(endpoint)));
}

function setCaller(caller: Caller): void {
  const context = currentContext();
  if (context) context.caller = caller;
}

function changes({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}
