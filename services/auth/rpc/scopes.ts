import type { DescService } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { idSchema } from '#contracts/ids/ids.ts';
import { asSystem, asTenant } from '#platform/database/tenant-scope.ts';
import { homeOf } from '../store/organizations.ts';
import type { AuthDatabase } from '../tables.ts';
import { parse } from './requests.ts';

/**
 * The methods that work in the server's own name, each with its reason: whose the request is, they find out themselves, or
 * it is a person's, who may be in several organisations. All others name an organisation, and the database lets them see and
 * change nothing of any other.
 */
export const IN_SYSTEM_SCOPE: Readonly<Record<string, string>> = {
  bootstrap: 'makes the first organisation',
  authenticate: 'finds a key by its hash',
  authenticateSession: 'finds a session by the hash of its token',
  signIn: 'finds a person by their address',
  signInByIdentity: 'finds a person by their account at a provider; joins whoever invited them',
  acceptInvitation: 'finds an invitation by the hash of its token',
  resetPassword: 'finds a person by the hash of a token',
  checkOrigin: 'asks whether any organisation allows an origin',
  getSignedIn: 'is about a person',
  listSessions: 'is about a person',
  getSession: 'is about a person',
  revokeSession: 'is about a person',
  selectOrganization: 'takes a session of a person from one organisation to another',
  changePassword: 'is about a person',
  createPasswordReset: 'has to know whether a member is in other organisations too, and refuses then',
  getUser: 'is about a person',
  updateUser: 'is about a person',
  listOrganizations: 'lists those of a person',
  createOrganization: 'makes one that nobody is in yet',
  getSigningKeys: 'concerns the server',
  listRevocations: 'tells gateways what has ended, whose it ever was',
  countRequests: 'counts for gateways what all clients do',
};

const Named = z.object({ organizationId: idSchema('organization') });

/**
 * The handlers of a service, each in the scope of the organisation that its request names, or of the system where
 * `IN_SYSTEM_SCOPE` says so. A test side has nothing in these tables: what its keys ask for concerns its organisation.
 *
 * @throws MaquetteError (in a handler) `invalid_request` when a request names no organisation
 */
export function inScopes<S extends DescService>(
  database: AuthDatabase,
  _service: S,
  handlers: ServiceImpl<S>,
): ServiceImpl<S> {
  // Where a request is about whoever asks, that one says whose it is.
  type Handler = (request: { principal?: unknown }, context: HandlerContext) => Promise<unknown>;
  const wrapped = Object.entries(handlers as unknown as Record<string, Handler>).map(([name, handler]) => {
    const asWhoever: Handler = async (request, context) => {
      if (Object.hasOwn(IN_SYSTEM_SCOPE, name)) return asSystem(() => handler(request, context));
      const { organizationId } = parse(Named, request.principal ?? request);
      const home = await asSystem(() => homeOf(database.kysely, organizationId));
      return asTenant(home, () => handler(request, context));
    };
    return [name, asWhoever];
  });
  return Object.fromEntries(wrapped) as ServiceImpl<S>;
}
