import type { SHARE_DATA_OPERATIONS } from '#contracts/rest/data/shares.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import type { OperationDeps } from './operations/operation.ts';
import { created, NO_CONTENT, ok, onceFor, tenant } from './rest-calls.ts';
import { insertShare, listShares, readShare, revokeShare } from './store/shares.ts';

/** Handlers of the operations on shares. */
export function shareHandlers(deps: OperationDeps): OperationHandlers<typeof SHARE_DATA_OPERATIONS> {
  const { database } = deps;
  return {
    createShare: async (call) =>
      created(
        await onceFor(deps, 'createShare', call).database.transaction((trx) =>
          insertShare(trx, tenant(call), call.params.assetId, call.body),
        ),
      ),
    getShare: async (call) => ok(await readShare(database.kysely, tenant(call), call.params.shareId)),
    listShares: async (call) => ok(await listShares(database.kysely, tenant(call), call.query)),
    revokeShare: async (call) => {
      await database.transaction((trx) => revokeShare(trx, tenant(call), call.params.shareId));
      return NO_CONTENT;
    },
  };
}
