import type { NewEvent } from '#contracts/events/events.ts';
import {
  type AssetId,
  type JobId,
  newId,
  type OrganizationId,
  type RenderId,
  type VersionId,
} from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { renderKey } from '#contracts/jobs/derivative-key.ts';
import { FRAMES_SHARE, frameChunks } from '#contracts/jobs/frame-chunks.ts';
import { isSequence, type RenderTask } from '#contracts/render/render-request.ts';
import { completeForModel, frameCountOf } from '#contracts/render/sequence-rules.ts';
import type { Render, RenderPurpose } from '#contracts/rest/resources/render.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { notProcessed } from '../errors.ts';
import { requireRenderSeconds, requireRoomInQueue } from '../quotas/require-quota.ts';
import { finishPreview, renderComplete, renderRequested } from '../settle/end-renders.ts';
import { recordFiles } from '../settle/record-files.ts';
import { type LockedAsset, lockAsset } from '../store/assets.ts';
import { claimBlobs, tryClaimBlobs } from '../store/blobs.ts';
import { type DerivativeRow, findDerivative, listPasses } from '../store/derivatives.ts';
import { readEnvironmentOf } from '../store/environments.ts';
import { raisePriority } from '../store/jobs.ts';
import { toMadeFile } from '../store/render-files.ts';
import { findFinishedUrlRender, findLeader, insertRender, readRender } from '../store/renders.ts';
import { readAnimations, readNewestVersion, readVersionFacts, type VersionFacts } from '../store/versions.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import type { OperationDeps } from './operation.ts';

/** What is to be rendered, why and how urgently. */
export interface RenderWish {
  request: RenderTask;
  purpose: RenderPurpose;
  /** Higher runs earlier; 0 is usual. */
  priority: number;
  /** W3C `traceparent` of what it was caused by; the current request's unless given. */
  traceParent?: string | undefined;
  /** What it is expected to take. */
  estimate?: Render['estimate'];
  /** Whether pictures in the making are wanted. */
  progressPictures?: boolean | undefined;
  /** How long on the machine of the estimate's constants. */
  referenceSeconds?: number | undefined;
}

/**
 * Records a render of an asset's newest version.
 *
 * - An image that the organisation has already (same content, same parameters) finishes it at once, without a job; its
 *   `cost.cached` is true. Renders by URL then share one record, and this path takes no lock.
 * - An identical render that waits for its job is joined: one job ends both. Renders by URL share the record too.
 * - Else a job is queued; for a sequence one for each chunk of its frames too.
 *
 * Requests for one asset take turns on the asset's row, so identical ones at the same moment make one job.
 *
 * @throws MaquetteError `not_found`, `conflict` while (or because) the newest version has no normalised model,
 * `invalid_request` for an animation that the model has not
 */
export async function requestRender(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  wish: RenderWish,
): Promise<Render> {
  const finished = await findCached(deps.database.kysely, organizationId, assetId, wish);
  if (finished) return finished;
  return inTurn(deps, organizationId, assetId, wish, async (trx, asset, version, complete) =>
    announced(trx, deps, asset, await recordRender(trx, deps, asset, version, complete)),
  );
}

/**
 * As `requestRender`, as far as no job has to be queued: a wish whose image is stored or being made is granted whatever
 * the image would take.
 *
 * @returns undefined, with nothing recorded, when the image has to be made
 * @throws MaquetteError as `requestRender`
 */
export async function reuseRender(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  wish: RenderWish,
): Promise<Render | undefined> {
  const finished = await findCached(deps.database.kysely, organizationId, assetId, wish);
  if (finished) return finished;
  return inTurn(deps, organizationId, assetId, wish, async (trx, asset, version, complete) => {
    const source = await sourceOf(trx, deps, asset, version, complete);
    const reused = await recordReused(trx, deps, asset, version, complete, source);
    return reused && announced(trx, deps, asset, reused);
  });
}

/** A version that can be rendered. */
export type RenderableVersion = VersionFacts & { glb: BlobReference };

/** A render that a transaction has recorded, and the events that it publishes at its end. */
interface Recorded {
  id: RenderId;
  events: NewEvent[];
}

/** What a picture is made from, and its name. */
interface Source {
  key: Sha256;
  /** The picture of the environment that the request names by id. */
  environment: BlobReference | undefined;
}

/** Runs `record` in a transaction that holds the asset, with its newest version and the request complete for it. */
function inTurn<T>(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  wish: RenderWish,
  record: (trx: DataTrx, asset: LockedAsset, version: RenderableVersion, wish: RenderWish) => Promise<T>,
): Promise<T> {
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId);
    const version = await readVersionFacts(trx, organizationId, asset.versionId);
    if (!version?.glb) throw notProcessed(assetId, version?.state ?? 'failed', 'rendered');
    const request = await completed(trx, organizationId, version.id, wish.request);
    return record(trx, asset, { ...version, glb: version.glb }, { ...wish, request });
  });
}

async function announced(
  trx: DataTrx,
  { bus }: OperationDeps,
  { organizationId }: LockedAsset,
  { id, events }: Recorded,
): Promise<Render> {
  for (const event of events) await bus.publish(trx, event);
  return readRender(trx, organizationId, id);
}

/**
 * Records a render of a given version of a locked asset, in the caller's transaction, which publishes the events at its
 * end; see `requestRender`.
 */
export async function recordRender(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  version: RenderableVersion,
  wish: RenderWish,
): Promise<Recorded> {
  const source = await sourceOf(trx, deps, asset, version, wish);
  const reused = await recordReused(trx, deps, asset, version, wish, source);
  if (reused) return reused;
  if (wish.purpose !== 'preview') {
    await requireRenderSeconds(trx, deps, asset.organizationId);
    await requireRoomInQueue(trx, deps, asset.organizationId);
  }
  const renderId = newId('render');
  const jobId = newId('job');
  await enqueueRender(trx, deps, asset, version, wish, { renderId, jobId, environment: source.environment });
  return recordPending(trx, asset, version, wish, source.key, renderId, jobId, true);
}

async function sourceOf(
  trx: DataTrx,
  { objects }: OperationDeps,
  { organizationId }: LockedAsset,
  { glb }: RenderableVersion,
  { request }: RenderWish,
): Promise<Source> {
  const environment = await readEnvironmentOf(trx, organizationId, request);
  if (environment) await claimBlobs(trx, objects, [environment]);
  return { key: renderKey(glb.sha256, operationOf(request), request, environment?.sha256), environment };
}

/** Records a render whose image is stored, or that joins one which waits for it; undefined when there is neither. */
async function recordReused(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  version: RenderableVersion,
  wish: RenderWish,
  { key }: Source,
): Promise<Recorded | undefined> {
  const files = await reuseFiles(trx, deps, asset, version, key);
  if (files) return recordCached(trx, asset, version, wish, key, files);
  const leader = await findLeader(trx, asset.organizationId, version.id, key);
  if (!leader) return undefined;
  await raisePriority(trx, leader.jobId, wish.priority);
  if (wish.purpose === 'url') return { id: leader.id, events: [] };
  return recordPending(trx, asset, version, wish, key, newId('render'), leader.jobId, false);
}

/** Queues what makes a render: one job, or that of a sequence with its parts. */
async function enqueueRender(
  trx: DataTrx,
  { bus }: OperationDeps,
  asset: LockedAsset,
  version: RenderableVersion,
  { request, priority, referenceSeconds, traceParent = currentContext()?.traceParent }: RenderWish,
  { renderId, jobId, environment }: { renderId: RenderId; jobId: JobId; environment: BlobReference | undefined },
): Promise<void> {
  const { id: assetId, organizationId, projectId } = asset;
  const job = { organizationId, projectId, assetId, traceParent };
  const payload = { renderId, assetId, versionId: version.id, glb: version.glb, ...(environment && { environment }) };
  if (!isSequence(request)) {
    const estimate = referenceSeconds === undefined ? {} : { estimate: { seconds: referenceSeconds } };
    const image = { ...payload, request, ...estimate };
    await bus.enqueue(trx, { ...job, id: jobId, kind: 'render.image', payload: image, priority });
    return;
  }
  const frames = frameCountOf(request);
  const chunks = frameChunks(request).map((chunk) => ({
    ...job,
    id: newId('job'),
    kind: 'render.frames' as const,
    payload: { ...payload, request, ...chunk },
    // Whoever asks for one image meanwhile does not wait for all of the sequence.
    priority: priority - 1,
    parent: { id: jobId, share: (FRAMES_SHARE * chunk.count) / frames },
  }));
  const whole = { ...job, id: jobId, kind: 'render.sequence' as const, priority, held: true };
  await bus.enqueue(trx, { ...whole, payload: { ...payload, request, frames: [] } });
  await bus.enqueueAll(trx, chunks);
}

/** The request with what depends on the model. @throws MaquetteError `invalid_request` */
async function completed(
  trx: DataTrx,
  organizationId: OrganizationId,
  versionId: VersionId,
  request: RenderTask,
): Promise<RenderTask> {
  if (!isSequence(request) || request.kind !== 'animation') return request;
  return completeForModel(request, await readAnimations(trx, organizationId, versionId));
}

function operationOf(request: RenderTask): 'render.image' | 'render.sequence' {
  return isSequence(request) ? 'render.sequence' : 'render.image';
}

async function recordPending(
  trx: DataTrx,
  asset: LockedAsset,
  version: RenderableVersion,
  { request, purpose, estimate, progressPictures = false }: RenderWish,
  key: Sha256,
  id: RenderId,
  jobId: JobId,
  leads: boolean,
): Promise<Recorded> {
  const { id: assetId, organizationId } = asset;
  await insertRender(trx, {
    id,
    organizationId,
    assetId,
    versionId: version.id,
    purpose,
    request,
    estimate,
    key,
    jobId,
    leads,
    progressPictures,
  });
  return { id, events: [renderRequested(asset, version.id, { id, purpose }, jobId)] };
}

/** A render whose image was there before: finished as it is recorded. */
async function recordCached(
  trx: DataTrx,
  asset: LockedAsset,
  version: RenderableVersion,
  { request, purpose, estimate }: RenderWish,
  key: Sha256,
  files: [DerivativeRow, ...DerivativeRow[]],
): Promise<Recorded> {
  const [derivative] = files;
  const jobId = derivative.job_id;
  const id = await insertRender(trx, {
    organizationId: asset.organizationId,
    assetId: asset.id,
    versionId: version.id,
    purpose,
    request,
    estimate,
    key,
    jobId,
    leads: false,
    derivativeId: derivative.id,
  });
  if (purpose === 'preview') await finishPreview(trx, asset, version.id, derivative.id);
  // Views by URL are no news; whoever asked for a render or uploaded a model waits for both events, cached or not.
  if (purpose === 'url') return { id, events: [] };
  const render = { id, purpose };
  return {
    id,
    events: [
      renderRequested(asset, version.id, render, jobId),
      renderComplete(asset, version.id, render, files, jobId),
    ],
  };
}

/**
 * What the organisation has under the key, as derivatives of this version: another asset's or version's are entered
 * for this one too, so that they outlive the other's deletion. Undefined when there is none whose blobs are stored.
 */
async function reuseFiles(
  trx: DataTrx,
  deps: OperationDeps,
  asset: LockedAsset,
  version: RenderableVersion,
  key: Sha256,
): Promise<[DerivativeRow, ...DerivativeRow[]] | undefined> {
  const found = await findDerivative(trx, asset.organizationId, version.id, key);
  if (!found) return undefined;
  const files: [DerivativeRow, ...DerivativeRow[]] = [found, ...(await listPasses(trx, [found.id]))];
  if (found.version_id === version.id) return files;
  const made = files.map(toMadeFile);
  const blobs = made.map(({ blob }) => blob);
  if (await tryClaimBlobs(trx, deps.objects, blobs)) return undefined;
  return recordFiles(trx, made, {
    organizationId: asset.organizationId,
    assetId: asset.id,
    versionId: version.id,
    operation: found.operation,
    parameters: found.parameters,
    key,
    cost: found.cost,
    jobId: found.job_id,
  });
}

/** Of a wish by URL the finished render of the asset's newest version, if there is one. @throws MaquetteError `not_found` */
async function findCached(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  { request, purpose }: RenderWish,
): Promise<Render | undefined> {
  if (purpose !== 'url') return undefined;
  const version = await readNewestVersion(db, organizationId, assetId);
  if (!version) throw notFound('asset', assetId);
  if (!version.glb) return undefined;
  const environment = await readEnvironmentOf(db, organizationId, request);
  const key = renderKey(version.glb.sha256, operationOf(request), request, environment?.sha256);
  const render = await findFinishedUrlRender(db, organizationId, version.id, key);
  return render && { ...render, cost: render.cost && { ...render.cost, cached: true } };
}
