import type { UPLOAD_DATA_OPERATIONS } from '#contracts/rest/data/uploads.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { admitUpload } from './operations/admit-upload.ts';
import { discardBlobs } from './operations/discard-blobs.ts';
import { ingestAsset, ingestVersion } from './operations/ingest.ts';
import type { OperationDeps } from './operations/operation.ts';
import { appendPieces, beginWrite, createUpload } from './operations/resumable-upload.ts';
import { created, NO_CONTENT, ok, onceFor, tenant } from './rest-calls.ts';
import { deleteUpload, readUpload } from './store/uploads.ts';

/** Handlers of the operations on uploads whose bytes come by and by. */
export function uploadHandlers(deps: OperationDeps): OperationHandlers<typeof UPLOAD_DATA_OPERATIONS> {
  const { database } = deps;
  return {
    admitUpload: async (call) => {
      await admitUpload(deps, tenant(call), call.body);
      return NO_CONTENT;
    },
    discardBlobs: async (call) => {
      await discardBlobs(deps, call.body.blobs);
      return NO_CONTENT;
    },
    ingestAsset: async (call) =>
      created(await ingestAsset(onceFor(deps, 'createAsset', call), tenant(call), call.body)),
    ingestVersion: async (call) =>
      created(await ingestVersion(onceFor(deps, 'createVersion', call), tenant(call), call.params.assetId, call.body)),
    createUpload: async (call) =>
      created(await createUpload(onceFor(deps, 'createUpload', call), tenant(call), call.body)),
    getUpload: async (call) => ok(await readUpload(database.kysely, tenant(call), call.params.uploadId)),
    beginWrite: async (call) => ok(await beginWrite(deps, tenant(call), call.params.uploadId, call.body)),
    appendPieces: async (call) => ok(await appendPieces(deps, tenant(call), call.params.uploadId, call.body)),
    deleteUpload: async (call) => {
      await database.transaction((trx) => deleteUpload(trx, tenant(call), call.params.uploadId));
      return NO_CONTENT;
    },
  };
}
