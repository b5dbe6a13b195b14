import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from './forgery.ts';

/** The cookie of a session. */
const SESSION = 'maquette';
/** Over TLS: the prefix makes browsers refuse it from any other host, path or without `Secure` (RFC 6265bis, 4.1.3). */
const SECURE_PREFIX = '__Host-';
/** A browser keeps no cookie for longer (RFC 6265bis, 5.5); the session itself ends earlier. */
const MAX_AGE_SECONDS = 400 * 86_400;

/** The token that the cookie of a request holds. */
export function sessionTokenOf(request: CookieBearer): string | undefined {
  return cookieOf(request, SESSION);
}

/** Hands the browser a token. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  setCookie(request, reply, SESSION, token, MAX_AGE_SECONDS);
}

/** Takes it back. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  setCookie(request, reply, SESSION, '', 0);
}

/** What of a request tells its cookies. */
export type CookieBearer = Pick<Origin, 'headers' | 'protocol'>;

/**
 * The value of a cookie. Over TLS only the one with the prefix counts: a neighbour under the same domain could set one
 * without it, and so make somebody work in a session of its own.
 */
export function cookieOf({ headers, protocol }: CookieBearer, name: string): string | undefined {
  const start = `${fullName(name, protocol)}=`;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

/**
 * Sets a cookie. `HttpOnly`: no script reads it; `SameSite=Lax`: no form of another site sends it. Without TLS, as on a
 * developer's machine, it has neither the prefix nor `Secure`: browsers would refuse it.
 */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  value: string,
  maxAgeSeconds: number,
): void {
  const secure = request.protocol === 'https';
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`, ...(secure ? ['Secure'] : [])];
  // Fastify gathers several of these.
  reply.header('set-cookie', [`${fullName(name, request.protocol)}=${value}`, ...attributes].join('; '));
}

function fullName(name: string, protocol: string): string {
  return protocol === 'https' ? SECURE_PREFIX + name : name;
}
