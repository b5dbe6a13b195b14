import type { DIRECT_UPLOAD_DATA_OPERATIONS } from '#contracts/rest/data/direct-uploads.ts';
import { type Attempts, NOT_FOUND } from './attempts.ts';

/** What a stranger gets of uploads straight to the storage. */
export const DIRECT_UPLOAD_ATTEMPTS: Attempts<typeof DIRECT_UPLOAD_DATA_OPERATIONS> = {
  createDirectUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.createDirectUpload({
        ...data.as(stranger),
        body: { bytes: 100, fileName: 'x.glb', hold: false, assetId: asset.id },
      }),
  },
  getDirectUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { directUploadId }) =>
      data.api.getDirectUpload({ ...data.as(stranger), params: { directUploadId } }),
  },
  signParts: {
    expects: NOT_FOUND,
    call: (data, stranger, { directUploadId }) =>
      data.api.signParts({
        ...data.as(stranger),
        params: { directUploadId },
        body: { parts: [{ number: 1 }] },
      }),
  },
  completeDirectUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { directUploadId }) =>
      data.api.completeDirectUpload({ ...data.as(stranger), params: { directUploadId }, body: {} }),
  },
  deleteDirectUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { directUploadId }) =>
      data.api.deleteDirectUpload({ ...data.as(stranger), params: { directUploadId } }),
  },
};
