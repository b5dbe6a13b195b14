import type { UPLOAD_DATA_OPERATIONS } from '#contracts/rest/data/uploads.ts';
import { type Attempts, NOT_FOUND } from './attempts.ts';

/** An upload in pieces. */
export const UPLOAD = { bytes: 100, fileName: 'x.glb', held: false, metadata: '' };
const ELSEWHERE = { kind: 'url' as const, url: 'https://example.com/x.glb', name: 'x.glb' };

/** What a stranger gets of uploads whose bytes come by and by. */
export const UPLOAD_ATTEMPTS: Attempts<typeof UPLOAD_DATA_OPERATIONS> = {
  admitUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.admitUpload({ ...data.as(stranger), body: { bytes: 1, projectId: asset.projectId } }),
  },
  discardBlobs: {
    expects: 'own',
    call: async (data, stranger, { asset }) => {
      const { data: files } = await data.api.listFiles({ ...data.as(), params: { assetId: asset.id }, query: {} });
      const madeAt = new Date(Date.now() + 60_000).toISOString();
      const blobs = files.map(({ sha256 }) => ({ sha256, madeAt }));
      await data.api.discardBlobs({ ...data.as(stranger), body: { blobs } });
      for (const { sha256 } of blobs) if ((await data.objects.stat(sha256)) === null) throw new Error('it is gone');
    },
  },
  ingestAsset: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.ingestAsset({
        ...data.as(stranger),
        body: { projectId: asset.projectId, name: 'Intruder', source: ELSEWHERE },
      }),
  },
  ingestVersion: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.ingestVersion({ ...data.as(stranger), params: { assetId: asset.id }, body: { source: ELSEWHERE } }),
  },
  createUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.createUpload({ ...data.as(stranger), body: { ...UPLOAD, assetId: asset.id } }),
  },
  getUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { upload }) => data.api.getUpload({ ...data.as(stranger), params: { uploadId: upload.id } }),
  },
  beginWrite: {
    expects: NOT_FOUND,
    call: (data, stranger, { upload }) =>
      data.api.beginWrite({ ...data.as(stranger), params: { uploadId: upload.id }, body: { offset: 0 } }),
  },
  appendPieces: {
    expects: NOT_FOUND,
    call: async (data, stranger, { upload }) => {
      const { sha256, bytes } = await data.file('x', 'x');
      const body = { writer: 1, offset: 0, pieces: [{ sha256, bytes }] };
      return data.api.appendPieces({ ...data.as(stranger), params: { uploadId: upload.id }, body });
    },
  },
  deleteUpload: {
    expects: NOT_FOUND,
    call: (data, stranger, { upload }) =>
      data.api.deleteUpload({ ...data.as(stranger), params: { uploadId: upload.id } }),
  },
};
