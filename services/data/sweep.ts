import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { pruneAudit } from '#platform/audit/audit-log.ts';
import { forgetKeys } from '#platform/idempotency/once.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { AUDIT_TABLE } from './audit.ts';
import { workerVanished } from './errors.ts';
import { IDEMPOTENCY_TABLE } from './idempotency.ts';
import type { OperationDeps } from './operations/operation.ts';
import { settleJob } from './settle/settle.ts';
import { forgetBatches } from './store/batches.ts';
import { deleteUnreferencedBlob, findUnreferenced } from './store/blobs.ts';
import { leaveStorage, lockEndedDirectUpload, unknownToUploads } from './store/direct-uploads.ts';
import { forgetDiscarded, listDiscarded } from './store/discarded.ts';
import { forgetStates } from './store/recipe-states.ts';
import { forgetUploads } from './store/uploads.ts';
import { forgetDeliveries } from './store/webhook-deliveries.ts';

/** How often the sweep does its parts, and what it lets stand. Milliseconds. */
export interface SweepSettings {
  /** Between two looks for jobs whose last worker vanished. */
  exhaustedIntervalMs: number;
  /** Between two looks for blobs that nobody refers to, and for old records. */
  storageIntervalMs: number;
  /** An unreferenced blob stays this long: an upload is stored before it is recorded. */
  blobGraceMs: number;
  /** Between two looks for frames of sequences and pictures in the making whose jobs have ended. */
  framesIntervalMs: number;
  /** They stay this long after the end of the job: a copy may just be stored for another one. */
  framesGraceMs: number;
  /** Results of steps of recipes stay this long after somebody has used them. */
  recipeStatesMs: number;
  /** Events, ended jobs and ended deliveries of webhooks stay this long. */
  retentionMs: number;
  /** Entries of the audit log stay for so many days. */
  auditDays: number;
}

const HOUR_MS = 3_600_000;

export const SWEEP_DEFAULTS: SweepSettings = {
  auditDays: 365,
  exhaustedIntervalMs: 5_000,
  storageIntervalMs: HOUR_MS,
  blobGraceMs: 24 * HOUR_MS,
  framesIntervalMs: 60_000,
  framesGraceMs: 10 * 60_000,
  recipeStatesMs: 7 * 24 * HOUR_MS,
  retentionMs: 30 * 24 * HOUR_MS,
};

/** Blobs that one query checks. */
const BLOB_BATCH = 500;
/** Jobs that one look fails. */
const JOB_BATCH = 100;

/**
 * Fails the jobs whose last permitted attempt ended without a word, with their effects and events.
 *
 * @returns how many
 */
export async function failExhaustedJobs(deps: OperationDeps): Promise<number> {
  let failed = 0;
  for (const job of await deps.bus.exhausted(JOB_BATCH)) {
    const error = workerVanished(job.kind, job.maxAttempts);
    try {
      const settled = await settleJob(deps, job.id, job.token, { type: 'failed', error, retryable: false });
      if (settled === 'failed') failed++;
    } catch (thrown) {
      // Another data process was faster, or the job was canceled meanwhile.
      if (!(thrown instanceof MaquetteError && thrown.code === 'lease_lost')) throw thrown;
    }
  }
  return failed;
}

/**
 * Deletes the blobs that nobody refers to and that were neither stored nor claimed within the grace period.
 *
 * @returns how many
 */
export async function deleteUnreferencedBlobs(
  deps: OperationDeps,
  graceMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const cutoff = new Date(Date.now() - graceMs);
  let deleted = 0;
  let batch: Sha256[] = [];
  const sweepBatch = async () => {
    if (batch.length === 0) return;
    const unreferenced = await findUnreferenced(deps.database.kysely, batch, cutoff);
    batch = [];
    for (const sha256 of unreferenced) {
      const gone = await deps.database.transaction((trx) => deleteUnreferencedBlob(trx, deps.objects, sha256, cutoff));
      if (gone) deleted++;
    }
  };
  for await (const { sha256, modifiedAt } of deps.objects.list()) {
    if (signal?.aborted) return deleted;
    if (modifiedAt >= cutoff) continue;
    batch.push(sha256);
    if (batch.length === BLOB_BATCH) await sweepBatch();
  }
  await sweepBatch();
  return deleted;
}

/**
 * Deletes what jobs made on the way that ended before the grace period, whatever the end: frames of sequences and
 * pictures in the making. The file that counts is stored, or there will be none. A blob that something else refers to
 * stays.
 *
 * @returns how many blobs
 */
export async function deleteDiscarded(deps: OperationDeps, graceMs: number, signal?: AbortSignal): Promise<number> {
  const cutoff = new Date(Date.now() - graceMs);
  let deleted = 0;
  for (;;) {
    const blobs = await listDiscarded(deps.database.kysely, cutoff, BLOB_BATCH);
    for (const sha256 of blobs) {
      if (signal?.aborted) return deleted;
      const gone = await deps.database.transaction(async (trx) => {
        await forgetDiscarded(trx, sha256, cutoff);
        return deleteUnreferencedBlob(trx, deps.objects, sha256, cutoff);
      });
      if (gone) deleted++;
    }
    if (blobs.length < BLOB_BATCH) return deleted;
  }
}

/**
 * Deletes results of steps of recipes that nobody has used for so long, and those that are more than may be kept. A blob
 * that something else refers to stays.
 *
 * @returns how many were forgotten
 */
export async function deleteRecipeStates(deps: OperationDeps, unusedMs: number): Promise<number> {
  const forgotten = await forgetStates(deps.database.kysely, new Date(Date.now() - unusedMs), deps.recipeCacheBytes);
  // A worker that was told of one and finds it gone does the steps itself.
  const cutoff = new Date();
  for (const sha256 of new Set(forgotten)) {
    await deps.database.transaction((trx) => deleteUnreferencedBlob(trx, deps.objects, sha256, cutoff));
  }
  return forgotten.length;
}

/**
 * Deletes what came of uploads that nobody went on with in time, and the pieces of those that became files. A blob that
 * something else refers to stays.
 *
 * @returns how many blobs
 */
export async function deleteUploads(deps: OperationDeps, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (;;) {
    const cutoff = new Date();
    const blobs = await deps.database.transaction((trx) => forgetUploads(trx, cutoff));
    for (const sha256 of blobs) {
      if (signal?.aborted) return deleted;
      const gone = await deps.database.transaction((trx) => deleteUnreferencedBlob(trx, deps.objects, sha256, cutoff));
      if (gone) deleted++;
    }
    if (blobs.length === 0) return deleted;
  }
}

/**
 * Removes from the storage what came straight to it and became blobs, or was not gone on with in time.
 *
 * @returns how many uploads
 */
export async function removeDirectUploads({ database, objects }: OperationDeps, signal?: AbortSignal): Promise<number> {
  for (let removed = 0; ; removed++) {
    if (signal?.aborted) return removed;
    const found = await database.transaction(async (trx) => {
      const upload = await lockEndedDirectUpload(trx, new Date());
      if (!upload) return false;
      await objects.direct?.discard(upload);
      await leaveStorage(trx, upload.id);
      return true;
    });
    if (!found) return removed;
  }
}

/**
 * Removes from the storage what was begun there and never recorded, as when the database failed at that moment.
 *
 * @returns how many uploads
 */
export async function removeUnrecordedUploads({ database, objects }: OperationDeps, graceMs: number): Promise<number> {
  const cutoff = new Date(Date.now() - graceMs);
  let removed = 0;
  for await (const upload of objects.direct?.list() ?? []) {
    if (upload.begunAt >= cutoff) continue;
    const [unknown] = await unknownToUploads(database.kysely, [upload.id]);
    if (unknown === undefined) continue;
    await objects.direct?.discard(upload);
    removed++;
  }
  return removed;
}

/** Starts the periodic work. @returns a function that stops it and waits for what is under way. */
export function startSweep(deps: OperationDeps, settings: SweepSettings, logger: Logger): () => Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const loops = [
    repeat(settings.exhaustedIntervalMs, signal, async () => {
      const failed = await failExhaustedJobs(deps);
      if (failed > 0) logger.warn({ failed }, 'jobs failed because their workers vanished');
    }),
    repeat(settings.framesIntervalMs, signal, async () => {
      const deleted = await deleteDiscarded(deps, settings.framesGraceMs, signal);
      if (deleted > 0) logger.info({ deleted }, 'frames and pictures deleted that ended jobs made on the way');
    }),
    repeat(settings.framesIntervalMs, signal, async () => {
      const forgotten = await deleteRecipeStates(deps, settings.recipeStatesMs);
      if (forgotten > 0) logger.info({ forgotten }, 'results of steps of recipes deleted');
    }),
    repeat(settings.framesIntervalMs, signal, async () => {
      const deleted = await deleteUploads(deps, signal);
      if (deleted > 0) logger.info({ deleted }, 'pieces of uploads deleted that nobody needs any more');
    }),
    repeat(settings.framesIntervalMs, signal, async () => {
      const removed = await removeDirectUploads(deps, signal);
      if (removed > 0) logger.info({ removed }, 'uploads removed from the storage that nobody needs there any more');
    }),
    repeat(settings.storageIntervalMs, signal, async () => {
      const removed = await removeUnrecordedUploads(deps, settings.blobGraceMs);
      if (removed > 0) logger.info({ removed }, 'uploads removed from the storage that nothing knows of');
    }),
    repeat(settings.storageIntervalMs, signal, async () => {
      await forgetKeys(deps.database.kysely, IDEMPOTENCY_TABLE);
      const old = new Date(Date.now() - settings.retentionMs);
      await pruneAudit(deps.database.kysely, AUDIT_TABLE, settings.auditDays);
      await deps.bus.prune(old);
      await forgetDeliveries(deps.database.kysely, old);
      await forgetBatches(deps.database.kysely, old);
      const deleted = await deleteUnreferencedBlobs(deps, settings.blobGraceMs, signal);
      if (deleted > 0) logger.info({ deleted }, 'blobs deleted that nothing refers to');
    }),
  ];
  return async () => {
    controller.abort();
    await Promise.all(loops);
  };

  async function repeat(intervalMs: number, stop: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (await pause(intervalMs, stop)) {
      try {
        await work();
      } catch (error) {
        if (!stop.aborted) logger.error({ err: error }, 'the sweep failed and will be repeated');
      }
    }
  }
}

/** @returns false when the signal ended the pause */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    timer.unref();
    signal.addEventListener('abort', stop, { once: true });
  });
}
