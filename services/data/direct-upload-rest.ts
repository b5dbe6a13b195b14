import type { DIRECT_UPLOAD_DATA_OPERATIONS } from '#contracts/rest/data/direct-uploads.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { completeDirectUpload, createDirectUpload, getDirectUpload, signParts } from './operations/direct-upload.ts';
import type { OperationDeps } from './operations/operation.ts';
import { created, NO_CONTENT, ok, onceFor, tenant } from './rest-calls.ts';
import { deleteDirectUpload } from './store/direct-uploads.ts';

/** Handlers of the operations on uploads that go straight to the storage. */
export function directUploadHandlers(deps: OperationDeps): OperationHandlers<typeof DIRECT_UPLOAD_DATA_OPERATIONS> {
  return {
    createDirectUpload: async (call) =>
      created(await createDirectUpload(onceFor(deps, 'createDirectUpload', call), tenant(call), call.body)),
    getDirectUpload: async (call) => ok(await getDirectUpload(deps, tenant(call), call.params.directUploadId)),
    signParts: async (call) => ok(await signParts(deps, tenant(call), call.params.directUploadId, call.body.parts)),
    completeDirectUpload: async (call) =>
      ok(await completeDirectUpload(deps, tenant(call), call.params.directUploadId, call.body.parts)),
    deleteDirectUpload: async (call) => {
      await deps.database.transaction((trx) => deleteDirectUpload(trx, tenant(call), call.params.directUploadId));
      return NO_CONTENT;
    },
  };
}
