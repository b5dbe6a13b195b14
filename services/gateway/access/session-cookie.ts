import type { FastifyReply, FastifyRequest } from 'fastify';

/** Over TLS: the prefix makes browsers refuse it from any other host, path or without `Secure` (RFC 6265bis, 4.1.3). */
const SECURE_NAME = '__Host-maquette';
/** Without TLS, as on a developer's machine, browsers refuse that prefix. */
const PLAIN_NAME = 'maquette';
/** A browser keeps no cookie for longer (RFC 6265bis, 5.5); the session itself ends earlier. */
const MAX_AGE_SECONDS = 400 * 86_400;

/** The token that the cookie of a request holds. */
export function sessionTokenOf(headers: { cookie?: string | undefined }): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  for (const name of [SECURE_NAME, PLAIN_NAME]) {
    const found = cookies.find((pair) => pair.startsWith(`${name}=`));
    if (found !== undefined) return found.slice(name.length + 1);
  }
  return undefined;
}

/** Hands the browser a token. `HttpOnly`: no script reads it; `SameSite=Lax`: no form of another site sends it. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.header('set-cookie', cookie(request, token, MAX_AGE_SECONDS));
}

/** Takes it back. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('set-cookie', cookie(request, '', 0));
}

function cookie({ protocol }: FastifyRequest, value: string, maxAge: number): string {
  const secure = protocol === 'https';
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAge}`, ...(secure ? ['Secure'] : [])];
  return [`${secure ? SECURE_NAME : PLAIN_NAME}=${value}`, ...attributes].join('; ');
}
