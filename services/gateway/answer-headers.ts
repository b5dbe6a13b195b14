import type { FastifyReply } from 'fastify';

/** Headers of every answer; those that a handler has set stay. */
export function addHeaders(reply: FastifyReply): void {
  const failed = reply.statusCode >= 400;
  setMissing(reply, 'x-content-type-options', 'nosniff');
  setMissing(reply, 'referrer-policy', 'no-referrer');
  // RFC 6797: a browser that came by TLS once comes by nothing else for a year.
  if (reply.request.protocol === 'https') setMissing(reply, 'strict-transport-security', 'max-age=31536000');
  setMissing(reply, 'content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  if (failed) {
    reply.header('cache-control', 'no-store');
    for (const name of ['etag', 'repr-digest', 'content-disposition', 'accept-ranges']) reply.removeHeader(name);
  } else {
    setMissing(reply, 'cache-control', 'private, no-cache');
  }
  if (reply.statusCode === 401) setMissing(reply, 'www-authenticate', 'Bearer realm="maquette"');
  if (reply.statusCode === 503) setMissing(reply, 'retry-after', '5');
}

function setMissing(reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) reply.header(name, value);
}
