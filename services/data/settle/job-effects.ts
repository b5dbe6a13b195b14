import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { JobId } from '#contracts/ids/ids.ts';
import type { BlobReference, MadeBlob } from '#contracts/jobs/blob-reference.ts';
import type { JobKind, JobPayload, JobResult } from '#contracts/jobs/job-kinds.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { QuotaDeps } from '../quotas/quotas.ts';
import type { Reactions } from '../reactions.ts';
import type { LockedAsset } from '../store/assets.ts';
import type { DataTrx } from '../tables.ts';

/** In which transaction, and on what, a job's effect happens. */
export interface EffectContext {
  trx: DataTrx;
  jobId: JobId;
  /** The job that it is a part of. */
  parentId: JobId | null;
  bus: Bus;
  /** The job's asset, locked. */
  asset: LockedAsset;
  reactions: Reactions;
}

/**
 * What the end of a job changes. Each function changes rows only and returns the events, which are published at the very
 * end of the transaction.
 */
export interface JobEffects<K extends JobKind> {
  /** The blobs that a result brings. */
  blobs(result: JobResult<K>): BlobReference[];
  /** Those of them that were not stored before the job. */
  made?(result: JobResult<K>): MadeBlob[];
  /**
   * Why a result whose blobs are there does not count after all: nothing further is tried then.
   * @throws MaquetteError with what to do
   */
  admit?(context: Pick<EffectContext, 'trx' | 'jobId' | 'asset'>, deps: QuotaDeps, result: JobResult<K>): Promise<void>;
  /** What the job itself shows of its result: not what its version or derivative shows already. */
  summary(result: JobResult<K>): Record<string, unknown>;
  succeeded(context: EffectContext, payload: JobPayload<K>, result: JobResult<K>): Promise<NewEvent[]>;
  /** After the last attempt. */
  failed(context: EffectContext, payload: JobPayload<K>, error: ErrorValue): Promise<NewEvent[]>;
  canceled(context: EffectContext, payload: JobPayload<K>, error: ErrorValue): Promise<NewEvent[]>;
  /**
   * What failed or was canceled with the job waits for it again.
   * @throws MaquetteError `conflict` when another job does the same by now
   */
  retried(context: EffectContext, payload: JobPayload<K>): Promise<void>;
}
