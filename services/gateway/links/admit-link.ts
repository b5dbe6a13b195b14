import type { FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema, type OrganizationId, type ShareId } from '#contracts/ids/ids.ts';
import type { OperationId } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { countingFailures } from '../access/authentication.ts';
import { keyMissing } from '../access/errors.ts';
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
 * good counts against the address that it came from.
 *
 * @throws MaquetteError `unauthenticated`, `rate_limited`
 */
export async function admitLink(
  { links, rateLimits, data }: Gateway,
  request: FastifyRequest,
  endpoint: PublicEndpoint,
): Promise<Principal> {
  return countingFailures(rateLimits, request.ip, async () => {
    const claims = claimsOf(request.raw, request.url, links);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!claims || !reads || endpoint.scope !== 'assets:read') throw linkRefused();
    if (claims.shareId !== null && !(await covers(data, claims.organizationId, claims.shareId, request))) {
      throw linkRefused();
    }
    return reader(claims.organizationId);
  });
}

/** Whether a share is good at the moment, and for what is asked. */
async function covers(
  data: Gateway['data'],
  organizationId: OrganizationId,
  shareId: ShareId,
  request: FastifyRequest,
): Promise<boolean> {
  const operationId = request.routeOptions.config.operationId as OperationId;
  if (!SHARED.includes(operationId)) return false;
  const headers = { 'x-maquette-organization': organizationId };
  const share = await data.getShare({ headers, params: { shareId } }).catch(unlessMissing);
  if (!share || share.revokedAt !== null) return false;
  if (share.expiresAt !== null && Date.parse(share.expiresAt) <= Date.now()) return false;
  const params = request.params as { assetId?: string; derivativeId?: string };
  if (params.assetId !== undefined) return params.assetId === share.assetId;
  const derivativeId = idSchema('derivative').safeParse(params.derivativeId);
  if (!derivativeId.success) return false;
  const wish = { headers, params: { derivativeId: derivativeId.data } };
  return (await data.getDerivative(wish).catch(unlessMissing))?.assetId === share.assetId;
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
    projectRoles: new Map(),
    test: false,
    token: false,
  };
}

/** One answer for all that can be wrong: what is behind a link is not told. */
function linkRefused(): MaquetteError {
  return keyMissing('The link is not good: it was changed or revoked, has expired, or is not for this.');
}

function unlessMissing(thrown: unknown): undefined {
  if (thrown instanceof MaquetteError && thrown.code === 'not_found') return undefined;
  throw thrown;
}
