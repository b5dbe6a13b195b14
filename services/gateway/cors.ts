import type { FastifyInstance } from 'fastify';

/** Headers of answers that a page may read beside the simple ones. */
const EXPOSED =
  'ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Preference-Applied, Content-Disposition, Content-Range';
/** Seconds for which a browser need not ask again. */
const REMEMBERED = 600;

/**
 * Lets pages of other origins use the API with a key or token (CORS, Fetch standard, 3.2). Cookies never count for them:
 * `Access-Control-Allow-Credentials` is not sent, so a page of another origin cannot act in the name of whoever is signed
 * in. To be added before the hooks that refuse, so that pages can read refusals too.
 *
 * @param origins as browsers send them, e.g. `https://shop.example.com`; `*` is every one
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const every = origins.includes('*');
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    reply.header('vary', 'Origin');
    const { origin } = headers;
    if (origin === undefined || !(every || origins.includes(origin))) return;
    reply.header('access-control-allow-origin', every ? '*' : origin);
    reply.header('access-control-expose-headers', EXPOSED);
    const asked = headers['access-control-request-method'];
    if (method !== 'OPTIONS' || asked === undefined) return;
    reply.headers({
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? 'Authorization, Content-Type',
      'access-control-max-age': String(REMEMBERED),
    });
  });
}
