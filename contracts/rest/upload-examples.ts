import { exampleAsset } from './examples.ts';

const ids = {
  asset: exampleAsset.id,
  upload: 'upl_01kb2v4t9wf6x8q3m5n7p0r2sg',
  share: 'shr_01kb2v4t9wf6x8q3m5n7p0r2sh',
};
const time = exampleAsset.createdAt;

export const exampleLink = {
  url: `/i/eyJv….mD4x…/v1/assets/${ids.asset}/model.glb`,
  expiresAt: time,
};

export const exampleShare = {
  id: ids.share,
  assetId: ids.asset,
  name: 'For the client',
  url: `/i/eyJv….Zk2p…/v1/assets/${ids.asset}`,
  createdAt: time,
  expiresAt: null,
  revokedAt: null,
  hasPassword: false,
};

export const exampleUpload = {
  id: ids.upload,
  state: 'uploading',
  fileName: 'chair.glb',
  bytes: 1073741824,
  received: 402653184,
  metadata: 'filename Y2hhaXIuZ2xi',
  projectId: null,
  assetId: null,
  createdAt: time,
  expiresAt: time,
};

export const exampleDirectUpload = {
  id: ids.upload,
  state: 'uploading',
  fileName: 'chair.glb',
  bytes: 1073741824,
  partBytes: 16777216,
  parts: 64,
  received: [{ number: 1, bytes: 16777216, etag: '0c5f0d0a8ee64d2d1c3c8f1f6b2d6b9e' }],
  projectId: exampleAsset.projectId,
  assetId: null,
  createdAt: time,
  expiresAt: time,
};

export const examplePartRequests = {
  parts: [
    {
      number: 1,
      bytes: 16777216,
      url: `https://storage.example/maquette/incoming/${ids.upload}?partNumber=1&uploadId=2~x7…&X-Amz-Signature=5f0c…`,
      headers: {},
    },
  ],
  expiresAt: time,
};
