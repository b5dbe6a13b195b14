import type { FastifyReply, FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema, type OrganizationId, type ShareId } from '#contracts/ids/ids.ts';
import type { KeptShare } from '#contracts/rest/data/shares.ts';
import type { OperationId } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { countingFailures } from '../access/authentication.ts';
import { secretOf } from '../access/credentials.ts';
import { sharePasswordWanted } from '../access/errors.ts';
import type { Principal } from '../access/principal.ts';
import type { Gateway } from '../gateway.ts';
import { claimsOf } from './link.ts';

/** What a share is good for: what is there already, nothing that is to be made first. */
const SHARED: readonly OperationId[] = [
  'getAsset',
  'getReport',
  'listFiles',
  'downloadFile',
  'downloadModel',
  'getDerivative',
  'downloadDerivative',
];

/**
 * Lets a request in that came by a link: a read, in the name of the organisation that made the link. A link that is not
 * good counts against the address that it came from, and so does a wrong password.
 *
 * @throws MaquetteError `unauthenticated`, `rate_limited`
 */
export async function admitLink(
  { links, rateLimits, data, sharePasswords }: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: PublicEndpoint,
): Promise<Principal> {
  const { authorization } = request.headers;
  const principal = await countingFailures(rateLimits, request.ip, async () => {
    const claims = claimsOf(request.raw, request.url, links);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!claims || !reads || endpoint.scope !== 'assets:read') throw linkRefused();
    const { organizationId, shareId } = claims;
    if (shareId === null) return reader(organizationId);
    const share = await shareFor(data, organizationId, shareId, request);
    if (!share) throw linkRefused();
    if (share.hasPassword) {
      reply.header('www-authenticate', `Basic realm="${shareId}", charset="UTF-8"`);
      // Browsers ask without it first: that is no guess.
      if (authorization === undefined) return null;
      const guess = () => rateLimits.guess(request.ip);
      const right = await sharePasswords.isRight({ organizationId, shareId }, secretOf(authorization), guess);
      if (!right) throw sharePasswordWanted(true);
      reply.removeHeader('www-authenticate');
    }
    return reader(organizationId);
  });
  if (principal === null) throw sharePasswordWanted(false);
  return principal;
}

/** The share that a link belongs to, when it is good at the moment, and for what is asked. */
async function shareFor(
  data: Gateway['data'],
  organizationId: OrganizationId,
  shareId: ShareId,
  request: FastifyRequest,
): Promise<KeptShare | undefined> {
  const operationId = request.routeOptions.config.operationId as OperationId;
  if (!SHARED.includes(operationId)) return undefined;
  const headers = { 'x-maquette-organization': organizationId };
  const share = await data.getShare({ headers, params: { shareId } }).catch(unlessMissing);
  if (!share || share.revokedAt !== null) return undefined;
  if (share.expiresAt !== null && Date.parse(share.expiresAt) <= Date.now()) return undefined;
  const params = request.params as { assetId?: string; derivativeId?: string };
  if (params.assetId !== undefined) return params.assetId === share.assetId ? share : undefined;
  const derivativeId = idSchema('derivative').safeParse(params.derivativeId);
  if (!derivativeId.success) return undefined;
  const wish = { headers, params: { derivativeId: derivativeId.data } };
  const derivative = await data.getDerivative(wish).catch(unlessMissing);
  return derivative?.assetId === share.assetId ? share : undefined;
}

/** Who comes by a link: nobody known, who may read. */
function reader(organizationId: OrganizationId): Principal {
  return {
    organizationId,
    organizationName: '',
    apiKeyId: null,
    serviceAccountId: null,
    userId: null,
    sessionId: null,
    role: 'viewer',
    scopes: new Set(['assets:read']),
    granted: new Set(['assets:read']),
    projectRoles: new Map(),
    test: false,
    token: false,
  };
}

/** One answer for all that can be wrong: what is behind a link is not told. */
function linkRefused(): MaquetteError {
  return new MaquetteError(
    'unauthenticated',
    'The link is not good: it was changed or revoked, has expired, or is not for this.',
    { remedy: 'Ask whoever gave it to you for another one.' },
  );
}

function unlessMissing(thrown: unknown): undefined {
  if (thrown instanceof MaquetteError && thrown.code === 'not_found') return undefined;
  throw thrown;
}
