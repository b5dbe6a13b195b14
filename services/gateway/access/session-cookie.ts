import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookie of a session. */
const SESSION = 'maquette';
/** Over TLS: the prefix makes browsers refuse it from any other host, path or without `Secure` (RFC 6265bis, 4.1.3). */
const SECURE_PREFIX = '__Host-';
/** A browser keeps no cookie for longer (RFC 6265bis, 5.5); the session itself ends earlier. */
const MAX_AGE_SECONDS = 400 * 86_400;

/** The token that the cookie of a request holds. */
export function sessionTokenOf(headers: { cookie?: string | undefined }): string | undefined {
  return cookieOf(headers, SESSION);
}

/** Hands the browser a token. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  setCookie(request, reply, SESSION, token, MAX_AGE_SECONDS);
}

/** Takes it back. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  setCookie(request, reply, SESSION, '', 0);
}

/** The value of a cookie. */
export function cookieOf(headers: { cookie?: string | undefined }, name: string): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  for (const full of [SECURE_PREFIX + name, name]) {
    const found = cookies.find((pair) => pair.startsWith(`${full}=`));
    if (found !== undefined) return found.slice(full.length + 1);
  }
  return undefined;
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
  reply.header('set-cookie', [`${secure ? SECURE_PREFIX : ''}${name}=${value}`, ...attributes].join('; '));
}
