import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent, RecordedEvent, TransientEvent } from '#contracts/events/events.ts';
import type { AssetId, JobId, OrganizationId, ProjectId } from '#contracts/ids/ids.ts';
import type { JobKind, JobPayload } from '#contracts/jobs/job-kinds.ts';
import type { Trx } from '../database/database.ts';
import type { BusTables } from './tables.ts';

/** A job to be queued. */
export interface NewJob<K extends JobKind = JobKind> {
  id: JobId;
  kind: K;
  organizationId: OrganizationId;
  projectId: ProjectId | null;
  assetId: AssetId | null;
  payload: JobPayload<K>;
  /** Higher runs earlier; 0 is usual. */
  priority?: number;
  maxAttempts?: number;
  /** W3C `traceparent` of the request that caused it. */
  traceParent?: string | undefined;
  /**
   * The job that this one is a part of, and the share of its work, 0 to 1. The parent runs as soon as one of its parts
   * does, its progress is theirs, and they are canceled with it.
   */
  parent?: { id: JobId; share: number };
  /** It is not leased before `release`: what it works on is made by its parts first. */
  held?: boolean;
}

/** A job under a lease. */
export interface LeasedJob {
  id: JobId;
  kind: JobKind;
  organizationId: OrganizationId;
  payload: unknown;
  /** Fencing token: grows with each lease of the job. */
  token: number;
  /** 1 for the first. */
  attempt: number;
  maxAttempts: number;
  traceParent: string | null;
}

/** How a worker ends its lease. `retryAfterMs`: the pause before another attempt, in place of the usual one. */
export type JobOutcome =
  | { type: 'succeeded'; result: Record<string, unknown> }
  | { type: 'failed'; error: ErrorValue; retryable: boolean; retryAfterMs?: number }
  | { type: 'released' };

/** What settling did: `retried` when a retryable failure was queued again, `repeated` when the same token had settled before. */
export type Settled = 'succeeded' | 'failed' | 'retried' | 'released' | 'repeated';

/** Options of `lease`. */
export interface LeaseRequest {
  worker: string;
  kinds: JobKind[];
  capacity: number;
  leaseMs: number;
}

/**
 * Jobs, leases, outbox and inbox in the operational database. The data service owns it and is its only user; the other
 * services reach it over gRPC. The same code runs on PGlite in one process and on PostgreSQL across processes; every
 * engine passes `bus.contract.ts`.
 *
 * Delivery is at least once: a lease that runs out (its worker died or hangs) is given to another worker with a
 * higher fencing token, and whatever the first one still says is refused.
 */
export interface Bus {
  /** Queues a job in the caller's transaction; workers wake when it commits. */
  enqueue<K extends JobKind>(trx: Trx<BusTables>, job: NewJob<K>): Promise<void>;
  /** Queues jobs in their order, all at once; of equal priority the first is leased first. */
  enqueueAll<K extends JobKind>(trx: Trx<BusTables>, jobs: readonly NewJob<K>[]): Promise<void>;
  /**
   * Leases up to `capacity` waiting jobs; expired leases count as waiting. Organisations take turns, so that whoever has
   * the fewest jobs under leases comes first; within one the order is by priority, then age.
   */
  lease(request: LeaseRequest): Promise<LeasedJob[]>;
  /** Resolves when there may be work of these kinds, after `waitMs` at the latest, or when the signal aborts. */
  waitForWork(kinds: JobKind[], waitMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Prolongs a lease and records progress (which never goes back). When something moved, those who listen at the moment
   * are told: of a part by the progress of its parent.
   */
  heartbeat(
    jobId: JobId,
    token: number,
    leaseMs: number,
    progress: number,
    stage: string,
  ): Promise<'running' | 'canceled' | 'lost'>;
  /**
   * Ends a lease in the caller's transaction, together with the effect. A retryable failure with attempts left goes
   * back to the queue after a delay (exponential with jitter).
   * @throws MaquetteError `lease_lost` when the token is not the newest or the job has ended otherwise.
   */
  settle(trx: Trx<BusTables>, jobId: JobId, token: number, outcome: JobOutcome): Promise<Settled>;
  /**
   * Cancels a job and its parts in the caller's transaction. Running ones are told at their next heartbeat.
   * @returns whether it had not ended yet.
   */
  cancel(trx: Trx<BusTables>, jobId: JobId): Promise<boolean>;
  /**
   * Queues a job that failed or was canceled once more, with its parts, in the caller's transaction. Its attempts begin
   * anew.
   * @returns whether it had failed or was canceled
   */
  retry(trx: Trx<BusTables>, jobId: JobId): Promise<boolean>;
  /**
   * Lets a held job be leased, with another payload, in the caller's transaction.
   * @returns whether it was held and had not ended.
   */
  release<K extends JobKind>(trx: Trx<BusTables>, jobId: JobId, kind: K, payload: JobPayload<K>): Promise<boolean>;
  /**
   * Fails a job that nobody has leased, such as one that is held and lost a part, and cancels its parts, in the
   * caller's transaction.
   * @returns whether it had not ended yet.
   */
  fail(trx: Trx<BusTables>, jobId: JobId, error: ErrorValue): Promise<boolean>;
  /** Resolves when the job has ended (succeeded, failed, canceled), or after `waitMs`, or when the signal aborts. */
  waitForEnd(jobId: JobId, waitMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Takes jobs whose last permitted attempt died without a word (lease expired, attempts and lost leases used up). The data service
   * fails each through `settle` with the token given here, so that its effect and event happen. The token is a new one:
   * a worker that was only slow is refused from here on. Those that are not settled within a minute are given again.
   */
  exhausted(limit: number): Promise<LeasedJob[]>;

  /** Appends an event in the caller's transaction. Positions are ordered as transactions commit. */
  publish(trx: Trx<BusTables>, event: NewEvent): Promise<void>;
  /** Tells those who listen at the moment; nothing is stored. */
  broadcast(event: TransientEvent): Promise<void>;
  /** Recorded events after a position, in order. */
  read(after: number, limit: number, organizationId?: OrganizationId): Promise<PositionedEvent[]>;
  /** Recorded events of an organisation in a span of time, in order, in the caller's transaction. */
  readSpan(
    trx: Trx<BusTables>,
    organizationId: OrganizationId,
    span: { since: Date; until?: Date | undefined },
    limit: number,
  ): Promise<RecordedEvent[]>;
  /** The newest position; 0 when there is none. */
  newestPosition(): Promise<number>;
  /** The position of the oldest event that `prune` has left; 0 when there is none. */
  oldestPosition(): Promise<number>;
  /**
   * Everything after `after` (all that is recorded, then what comes, transient events included with position 0), until
   * the signal aborts. A negative `after`: only what comes. A reader that is too slow loses transient events, never
   * recorded ones.
   */
  subscribe(
    after: number,
    signal: AbortSignal,
    organizationId?: OrganizationId,
  ): AsyncIterable<{ position: number; event: RecordedEvent | TransientEvent }>;
  /**
   * Runs a named consumer over all recorded events, each at least once and in order; `handle` gets a transaction in
   * which the inbox has already noted the event, so that its effect happens once. When `handle` throws, the transaction
   * is rolled back and the event tried again, after a pause that grows to half a minute. Several processes may run the
   * same consumer. Resolves when it runs; stops with `close`.
   */
  consume(consumer: string, handle: (trx: Trx<BusTables>, event: RecordedEvent) => Promise<void>): Promise<void>;
  /**
   * Deletes ended jobs, and events that every consumer has handled, older than the given time. The newest event and
   * each consumer's newest inbox entry stay, because they say how far the stream has come.
   */
  prune(olderThan: Date): Promise<Pruned>;
  close(): Promise<void>;
}

/** How many rows `prune` deleted. */
export interface Pruned {
  jobs: number;
  events: number;
  inbox: number;
}

/** A recorded event and its place in the stream. */
export interface PositionedEvent {
  position: number;
  event: RecordedEvent;
}
