import type { SHARE_DATA_OPERATIONS } from '#contracts/rest/data/shares.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { hashPassword, verifyPassword } from '#platform/secrets/passwords.ts';
import type { OperationDeps } from './operations/operation.ts';
import { created, NO_CONTENT, ok, onceFor, tenant } from './rest-calls.ts';
import { insertShare, listShares, readPasswordHash, readShare, revokeShare } from './store/shares.ts';

/** Handlers of the operations on shares. */
export function shareHandlers(deps: OperationDeps): OperationHandlers<typeof SHARE_DATA_OPERATIONS> {
  const { database } = deps;
  return {
    createShare: async (call) => {
      const { password, ...body } = call.body;
      const passwordHash = password === undefined ? null : await hashPassword(password);
      // What a request is known again by is kept for a day: not its password, which a fast hash would give away.
      const known = { ...call, body: { ...body, hasPassword: password !== undefined } };
      return created(
        await onceFor(deps, 'createShare', known).database.transaction((trx) =>
          insertShare(trx, tenant(call), call.params.assetId, { ...body, passwordHash }),
        ),
      );
    },
    checkSharePassword: async (call) => {
      const hash = await readPasswordHash(database.kysely, tenant(call), call.params.shareId);
      return ok({ right: hash === null || (await verifyPassword(hash, call.body.password)) });
    },
    getShare: async (call) => ok(await readShare(database.kysely, tenant(call), call.params.shareId)),
    listShares: async (call) => ok(await listShares(database.kysely, tenant(call), call.query)),
    revokeShare: async (call) => {
      await database.transaction((trx) => revokeShare(trx, tenant(call), call.params.shareId, call.query.ifMatch));
      return NO_CONTENT;
    },
  };
}
