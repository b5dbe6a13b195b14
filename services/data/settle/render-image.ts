import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { DerivativeId, JobId, RenderId, VersionId } from '#contracts/ids/ids.ts';
import { renderKey } from '#contracts/jobs/derivative-key.ts';
import type { RenderPurpose } from '#contracts/rest/resources/render.ts';
import { toPublicError } from '../errors.ts';
import { changeAsset, type LockedAsset } from '../store/assets.ts';
import type { DerivativeRow } from '../store/derivatives.ts';
import { finishRenders, listPendingRenders, type PendingRender } from '../store/renders.ts';
import { recordPreviewed } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';
import { derivativeUrl } from '../urls.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';
import { recordFiles } from './record-files.ts';

/** All renders that wait for the job end with it; a preview makes its version ready, even when it failed. */
export const RENDER_IMAGE_EFFECTS: JobEffects<'render.image'> = {
  blobs: ({ files }) => files.map(({ blob }) => blob),
  summary: (result) => result,

  async succeeded({ trx, jobId, asset }, { versionId, glb, environment, request }, { files, stats }) {
    const { organizationId } = asset;
    const derivative = await recordFiles(trx, files, {
      organizationId,
      assetId: asset.id,
      versionId,
      operation: 'render.image',
      parameters: request,
      key: renderKey(glb.sha256, 'render.image', request, environment?.sha256),
      cost: stats,
      jobId,
    });
    const renders = await listPendingRenders(trx, organizationId, jobId);
    await finishRenders(trx, organizationId, jobId, { state: 'succeeded', derivativeId: derivative.id });
    if (hasPreview(renders)) await finishPreview(trx, asset, versionId, derivative.id);
    return renders.map((render) => renderComplete(asset, versionId, render, derivative, jobId));
  },

  async failed(context, { versionId }, error) {
    const { asset, jobId } = context;
    const renders = await endRenders(context, versionId, { state: 'failed', error });
    return renders.map((render) => renderFailed(asset, versionId, render, jobId, error));
  },

  async canceled(context, { versionId }, error) {
    await endRenders(context, versionId, { state: 'canceled', error });
    return [];
  },
};

/** The preview of a version ended, with a picture or without: it is ready, and so is the asset that shows it. */
export async function finishPreview(
  trx: DataTrx,
  asset: LockedAsset,
  versionId: VersionId,
  derivativeId: DerivativeId | null,
): Promise<void> {
  await recordPreviewed(trx, asset.organizationId, versionId, derivativeId);
  if (asset.versionId === versionId) await changeAsset(trx, asset);
}

/** The event of a render whose image is `derivative`. */
export function renderComplete(
  asset: LockedAsset,
  versionId: VersionId,
  render: { id: RenderId; purpose: RenderPurpose },
  derivative: DerivativeRow,
  jobId: JobId,
): NewEvent {
  return {
    type: 'render_complete',
    organizationId: asset.organizationId,
    projectId: asset.projectId,
    subject: { type: 'render', id: render.id },
    data: {
      renderId: render.id,
      assetId: asset.id,
      versionId,
      jobId,
      purpose: render.purpose,
      url: derivativeUrl(derivative.id),
      width: derivative.width ?? 0,
      height: derivative.height ?? 0,
      bytes: derivative.bytes,
      seconds: derivative.cost.seconds,
    },
  };
}

/** The event of a render that came to nothing. */
export function renderFailed(
  asset: LockedAsset,
  versionId: VersionId,
  render: { id: RenderId; purpose: RenderPurpose },
  jobId: JobId,
  error: ErrorValue,
): NewEvent {
  return {
    type: 'render_failed',
    organizationId: asset.organizationId,
    projectId: asset.projectId,
    subject: { type: 'render', id: render.id },
    data: {
      renderId: render.id,
      assetId: asset.id,
      versionId,
      jobId,
      purpose: render.purpose,
      error: toPublicError(error),
    },
  };
}

/** Ends the renders that wait for a job without a result. @returns which those were */
export async function endRenders(
  { trx, jobId, asset }: EffectContext,
  versionId: VersionId,
  outcome: { state: 'failed' | 'canceled'; error: ErrorValue },
): Promise<PendingRender[]> {
  const renders = await listPendingRenders(trx, asset.organizationId, jobId);
  await finishRenders(trx, asset.organizationId, jobId, outcome);
  if (hasPreview(renders)) await finishPreview(trx, asset, versionId, null);
  return renders;
}

function hasPreview(renders: PendingRender[]): boolean {
  return renders.some(({ purpose }) => purpose === 'preview');
}
