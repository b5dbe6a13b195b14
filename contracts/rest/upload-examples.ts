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
};

export const exampleUpload = {
  id: ids.upload,
  state: 'uploading',
  fileName: 'chair.glb',
  bytes: 1073741824,
  received: 402653184,
  metadata: 'filename Y2hhaXIuZ2xi',
  assetId: null,
  createdAt: time,
  expiresAt: time,
};
