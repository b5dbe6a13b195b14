import { z } from 'zod';
import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { JobId } from '#contracts/ids/ids.ts';
import type { BlobReference, MadeBlob } from '#contracts/jobs/blob-reference.ts';
import { JOB_KINDS, type JobKind, type JobPayload, type JobResult } from '#contracts/jobs/job-kinds.ts';
import type { Bus, JobOutcome, Settled } from '#platform/bus/bus.ts';
import { blobMissing, unusableResult } from '../errors.ts';
import { discardBlobs } from '../operations/discard-blobs.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { Reactions } from '../reactions.ts';
import { type LockedAsset, tryLockAsset } from '../store/assets.ts';
import { tryClaimBlobs } from '../store/blobs.ts';
import { findJob, type JobFacts } from '../store/jobs.ts';
import { meterLease } from '../store/usage.ts';
import type { DataTrx } from '../tables.ts';
import { ASSET_INGEST_EFFECTS } from './asset-ingest.ts';
import { GEOMETRY_PROCESS_EFFECTS } from './geometry-process.ts';
import { GEOMETRY_RECIPE_EFFECTS } from './geometry-recipe.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';
import { RENDER_FRAMES_EFFECTS } from './render-frames.ts';
import { RENDER_IMAGE_EFFECTS } from './render-image.ts';
import { RENDER_SEQUENCE_EFFECTS } from './render-sequence.ts';
import { settleDelivery } from './webhook-deliver.ts';

/** Kinds of jobs whose end changes something of an asset. */
type AssetJobKind = Exclude<JobKind, 'webhook.deliver'>;
type AssetJob = JobFacts & { kind: AssetJobKind };

const EFFECTS: { [K in AssetJobKind]: JobEffects<K> } = {
  'asset.ingest': ASSET_INGEST_EFFECTS,
  'geometry.process': GEOMETRY_PROCESS_EFFECTS,
  'geometry.recipe': GEOMETRY_RECIPE_EFFECTS,
  'render.image': RENDER_IMAGE_EFFECTS,
  'render.frames': RENDER_FRAMES_EFFECTS,
  'render.sequence': RENDER_SEQUENCE_EFFECTS,
};

/**
 * Ends a lease: in one transaction the lease, the job's state, its effect and the outgoing events. Settling twice with
 * one token does nothing the second time.
 *
 * A result that its schema refuses, or whose blobs are not stored, becomes a failure that may be tried again.
 *
 * @throws MaquetteError `lease_lost`
 */
export async function settleJob(
  deps: OperationDeps,
  jobId: JobId,
  token: number,
  outcome: JobOutcome,
): Promise<Settled> {
  let refused: MadeBlob[] = [];
  const settled = await deps.database.transaction(async (trx) => {
    refused = [];
    const found = await findJob(trx, jobId);
    if (found?.kind === 'webhook.deliver') return settleDelivery(trx, deps, found, token, outcome);
    const job = found && ofAsset(found);
    // The asset before the job, as everywhere: a deletion locks them in the same order.
    const asset = job?.assetId ? await tryLockAsset(trx, job.organizationId, job.assetId) : undefined;
    let checked = job && asset ? await check(trx, deps, job, outcome) : outcome;
    if (job && asset && checked.type === 'succeeded') {
      const refusal = await refusalOf(trx, deps, job, asset, checked.result);
      if (refusal) {
        refused = madeBy(job, checked.result);
        checked = { type: 'failed', error: refusal, retryable: false };
      }
    }
    const settled = await deps.bus.settle(trx, jobId, token, job && asset ? summarised(job, checked) : checked);
    if (job && settled !== 'repeated') {
      await meterLease(trx, job, settled === 'succeeded' || settled === 'failed');
    }
    if (!job || !asset) return settled;
    for (const event of await effectsOf(trx, deps, job, asset, checked, settled)) {
      await deps.bus.publish(trx, event);
    }
    return settled;
  });
  // What goes wrong here the sweep does, a day later.
  if (settled === 'failed') await discardBlobs(deps, refused).catch(() => {});
  return settled;
}

/** What canceling a job changes, in the caller's transaction, which has locked the asset. */
export function effectsOfCancel(
  trx: DataTrx,
  deps: { reactions: Reactions; bus: Bus },
  job: JobFacts,
  asset: LockedAsset,
  error: ErrorValue,
): Promise<NewEvent[]> {
  const context = contextOf(trx, deps, job, asset);
  return withKind(ofAsset(job), (effects, payload) => effects.canceled(context, payload, error));
}

/** What waited for a job waits again, in the caller's transaction, which has locked the asset and queued the job. */
export function effectsOfRetry(
  trx: DataTrx,
  deps: { reactions: Reactions; bus: Bus },
  job: JobFacts,
  asset: LockedAsset,
): Promise<void> {
  const context = contextOf(trx, deps, job, asset);
  return withKind(ofAsset(job), (effects, payload) => effects.retried(context, payload));
}

function contextOf(
  trx: DataTrx,
  { reactions, bus }: { reactions: Reactions; bus: Bus },
  job: JobFacts,
  asset: LockedAsset,
): EffectContext {
  return { trx, jobId: job.id, parentId: job.parentId, asset, reactions, bus };
}

async function effectsOf(
  trx: DataTrx,
  deps: OperationDeps,
  job: AssetJob,
  asset: LockedAsset,
  outcome: JobOutcome,
  settled: Settled,
): Promise<NewEvent[]> {
  const context = contextOf(trx, deps, job, asset);
  return withKind(job, async (effects, payload, parseResult) => {
    if (settled === 'succeeded' && outcome.type === 'succeeded') {
      return effects.succeeded(context, payload, parseResult(outcome.result));
    }
    if (settled === 'failed' && outcome.type === 'failed') return effects.failed(context, payload, outcome.error);
    return [];
  });
}

/** The outcome as it is when its result can be used, else a failure that says why not. */
async function check(trx: DataTrx, deps: OperationDeps, job: AssetJob, outcome: JobOutcome): Promise<JobOutcome> {
  if (outcome.type !== 'succeeded') return outcome;
  const parsed = JOB_KINDS[job.kind].result.safeParse(outcome.result);
  if (!parsed.success) {
    return { type: 'failed', error: unusableResult(job.kind, z.prettifyError(parsed.error)), retryable: true };
  }
  const missing = await tryClaimBlobs(trx, deps.objects, blobsOf(job, outcome.result));
  if (missing) {
    const error = blobMissing(missing.sha256, missing.bytes, missing.stored).toValue();
    return { type: 'failed', error, retryable: true };
  }
  return { type: 'succeeded', result: parsed.data };
}

/** Why a result does not count though its blobs are there. */
async function refusalOf(
  trx: DataTrx,
  deps: OperationDeps,
  job: AssetJob,
  asset: LockedAsset,
  result: unknown,
): Promise<ErrorValue | undefined> {
  try {
    const context = { trx, jobId: job.id, asset };
    await withKind(job, (effects, _payload, parseResult) => effects.admit?.(context, deps, parseResult(result)));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.fault === 'input') return thrown.toValue();
    throw thrown;
  }
}

function blobsOf(job: AssetJob, result: unknown): BlobReference[] {
  return withKind(job, (effects, _payload, parseResult) => effects.blobs(parseResult(result)));
}

function madeBy(job: AssetJob, result: unknown): MadeBlob[] {
  return withKind(job, (effects, _payload, parseResult) => effects.made?.(parseResult(result)) ?? []);
}

function summarised(job: AssetJob, outcome: JobOutcome): JobOutcome {
  if (outcome.type !== 'succeeded') return outcome;
  const result = withKind(job, (effects, _payload, parseResult) => effects.summary(parseResult(outcome.result)));
  return { type: 'succeeded', result };
}

/** A job that is about an asset. @throws MaquetteError `internal` for one that is not */
function ofAsset(job: JobFacts): AssetJob {
  const { kind } = job;
  if (kind === 'webhook.deliver') throw new MaquetteError('internal', `${job.id} is about no asset`);
  return { ...job, kind };
}

/** Calls `use` with the effects and the parsed payload of a job's own kind. */
function withKind<T>(
  job: AssetJob,
  use: <K extends AssetJobKind>(
    effects: JobEffects<K>,
    payload: JobPayload<K>,
    parseResult: (result: unknown) => JobResult<K>,
  ) => T,
): T {
  return callWithKind(job.kind, job.payload, use);
}

function callWithKind<K extends AssetJobKind, T>(
  kind: K,
  payload: unknown,
  use: (effects: JobEffects<K>, payload: JobPayload<K>, parseResult: (result: unknown) => JobResult<K>) => T,
): T {
  const schemas = JOB_KINDS[kind];
  return use(
    EFFECTS[kind],
    schemas.payload.parse(payload) as JobPayload<K>,
    (result) => schemas.result.parse(result) as JobResult<K>,
  );
}
