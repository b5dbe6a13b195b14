import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import type { Gateway } from './gateway.ts';

/** Headers that any operation may answer with, beside those that every page may read. */
const EVERYWHERE = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'RateLimit',
  'RateLimit-Policy',
  'Repr-Digest',
  'Retry-After',
  'Tus-Resumable',
  'X-Request-Id',
];
const OWN = Object.values<PublicEndpoint>(PUBLIC_API).flatMap(({ answerHeaders = {} }) => Object.keys(answerHeaders));
/** Headers of answers that a page may read. */
const EXPOSED = [...new Set([...EVERYWHERE, ...OWN])].filter((name) => name !== 'Set-Cookie').join(', ');
/** Seconds for which a browser need not ask again. */
const REMEMBERED = 600;

/**
 * Lets pages of other origins use the API with a key or token (CORS, Fetch standard, 3.2): those that the operator allows,
 * and those that an organisation allows for itself. Cookies never count for them: `Access-Control-Allow-Credentials` is
 * not sent, so a page of another origin cannot act in the name of whoever is signed in.
 *
 * A browser asks in advance without saying in whose name: it is told yes when anybody allows the origin, and not who. The
 * request itself is answered so that the page can read it only where its own organisation does (`shareWithOrigin`).
 */
export function answerPreflights(app: FastifyInstance, gateway: Gateway): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Caches on the way must not hand one origin what another one got.
    reply.header('vary', 'Origin');
    const { method, headers } = request;
    const asks = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (!asks) return done();
    answer(gateway, request, reply).then(() => done(), done);
  });
}

async function answer(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  gateway.rateLimits.admit(request.ip);
  if (!(await shareWithOrigin(gateway, request, reply))) return;
  reply.headers({
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'Authorization, Content-Type',
    'access-control-max-age': String(REMEMBERED),
  });
}

/**
 * Lets the page that a request comes from read the answer, where that is allowed. To be called before anything is refused
 * in the name of the organisation, so that the page can read refusals too.
 *
 * @param organizationId whose answer it is; undefined where that is not known
 * @returns whether it may
 */
export async function shareWithOrigin(
  { allowedOrigins }: Pick<Gateway, 'allowedOrigins'>,
  { headers: { origin } }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  organizationId?: OrganizationId,
): Promise<boolean> {
  if (origin === undefined || !(await allowedOrigins.allows(origin, organizationId))) return false;
  reply.header('access-control-allow-origin', allowedOrigins.every ? '*' : origin);
  reply.header('access-control-expose-headers', EXPOSED);
  return true;
}
