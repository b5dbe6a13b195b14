import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { DerivativeId, JobId, RenderId, VersionId } from '#contracts/ids/ids.ts';
import type { RenderPurpose } from '#contracts/rest/resources/render.ts';
import { doneByAnother, toPublicError } from '../errors.ts';
import { changeAsset, type LockedAsset } from '../store/assets.ts';
import type { DerivativeRow } from '../store/derivatives.ts';
import { toStoredFile } from '../store/render-files.ts';
import {
  findOtherLeader,
  finishRenders,
  listPendingRenders,
  type PendingRender,
  type RenderOutcome,
  reopenRenders,
} from '../store/renders.ts';
import { recordPreviewed } from '../store/versions.ts';
import type { DataTrx } from '../tables.ts';
import type { EffectContext } from './job-effects.ts';

/** All renders that wait for the job of a context succeed with its files. @returns their events */
export async function completeRenders(
  context: EffectContext,
  versionId: VersionId,
  files: [DerivativeRow, ...DerivativeRow[]],
): Promise<NewEvent[]> {
  const [{ id: derivativeId }] = files;
  const renders = await endRenders(context, versionId, { state: 'succeeded', derivativeId });
  return renders.map((render) => renderComplete(context.asset, versionId, render, files, context.jobId));
}

/** All renders that wait for the job of a context fail with it. @returns their events */
export async function failRenders(
  context: EffectContext,
  versionId: VersionId,
  error: ErrorValue,
): Promise<NewEvent[]> {
  const { asset, jobId } = context;
  const renders = await endRenders(context, versionId, { state: 'failed', error });
  return renders.map((render) => {
    const { data, ...about } = aboutRender(asset, versionId, render, jobId);
    return { ...about, type: 'render_failed', data: { ...data, error: toPublicError(error) } };
  });
}

/** All renders that wait for the job of a context are canceled with it, without a word of their own. */
export async function cancelRenders(
  context: EffectContext,
  versionId: VersionId,
  error: ErrorValue,
): Promise<NewEvent[]> {
  await endRenders(context, versionId, { state: 'canceled', error });
  return [];
}

/**
 * The renders that failed or were canceled with the job of a context wait for it again.
 * @throws MaquetteError `conflict` when another job makes the same picture by now
 */
export async function retryRenders({ trx, jobId, asset }: EffectContext): Promise<void> {
  const other = await findOtherLeader(trx, asset.organizationId, jobId);
  if (other !== undefined) throw doneByAnother(jobId, other);
  await reopenRenders(trx, asset.organizationId, jobId);
}

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

/** The event of a render that was accepted. */
export function renderRequested(asset: LockedAsset, versionId: VersionId, render: Announced, jobId: JobId): NewEvent {
  return { ...aboutRender(asset, versionId, render, jobId), type: 'render_requested' };
}

/** The event of a render that has its files. */
export function renderComplete(
  asset: LockedAsset,
  versionId: VersionId,
  render: Announced,
  files: [DerivativeRow, ...DerivativeRow[]],
  jobId: JobId,
): NewEvent {
  const { data, ...about } = aboutRender(asset, versionId, render, jobId);
  const [{ url, width, height, bytes }] = [toStoredFile(files[0])];
  const { seconds } = files[0].cost;
  const made = { url, width, height, bytes, seconds, files: files.map(toStoredFile) };
  return { ...about, type: 'render_complete', data: { ...data, ...made } };
}

/** What events say of a render. */
type Announced = { id: RenderId; purpose: RenderPurpose };

/** What all events about a render share. */
function aboutRender(
  { id: assetId, organizationId, projectId }: LockedAsset,
  versionId: VersionId,
  { id: renderId, purpose }: Announced,
  jobId: JobId,
) {
  return {
    organizationId,
    projectId,
    subject: { type: 'render' as const, id: renderId },
    data: { renderId, assetId, versionId, jobId, purpose },
  };
}

/** Ends the renders that wait for a job; a preview makes its version ready, even when it failed. @returns which those were */
async function endRenders(
  { trx, jobId, asset }: EffectContext,
  versionId: VersionId,
  outcome: RenderOutcome,
): Promise<PendingRender[]> {
  const renders = await listPendingRenders(trx, asset.organizationId, jobId);
  await finishRenders(trx, asset.organizationId, jobId, outcome);
  if (renders.some(({ purpose }) => purpose === 'preview')) {
    await finishPreview(trx, asset, versionId, outcome.state === 'succeeded' ? outcome.derivativeId : null);
  }
  return renders;
}
