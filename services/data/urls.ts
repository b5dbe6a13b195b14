import type { AssetId, DerivativeId, RenderId } from '#contracts/ids/ids.ts';

/** Where the gateway serves a derivative's file, relative to the server. */
export function derivativeUrl(id: DerivativeId): string {
  return `/v1/derivatives/${id}/file`;
}

/** Where the gateway serves an original file. Folders in its name stay folders in the path. */
export function fileUrl(assetId: AssetId, version: number, name: string): string {
  return `/v1/assets/${assetId}/versions/${version}/files/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** Where the gateway serves the normalised model of the newest version, or of a given one. */
export function glbUrl(assetId: AssetId, olderVersion?: number): string {
  return `/v1/assets/${assetId}/model.glb${olderVersion === undefined ? '' : `?version=${olderVersion}`}`;
}

/** Where the gateway serves the picture of a render that is being made, after so many samples. */
export function renderPictureUrl(id: RenderId, samples: number): string {
  return `/v1/renders/${id}/picture?samples=${samples}`;
}
