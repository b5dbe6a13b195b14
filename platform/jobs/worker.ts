import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import type { JobKind, JobPayload, JobPicture, JobResult } from '#contracts/jobs/job-kinds.ts';
import { JOB_KINDS, JobKindName } from '#contracts/jobs/job-kinds.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Backoff, delay } from './backoff.ts';
import { jobPayloadInvalid, workerStopping } from './errors.ts';
import { inJobContext } from './job-span.ts';
import { type JobClient, Lease } from './lease.ts';

/** A job as its handler gets it. */
export interface Job<K extends JobKind> {
  id: string;
  kind: K;
  organizationId: string;
  payload: JobPayload<K>;
  /** 1 for the first. */
  attempt: number;
}

/** What a handler gets beside the job. */
export interface JobContext {
  /** Aborts when the job is canceled, when its lease is lost, or when the worker stops. */
  signal: AbortSignal;
  /** Notes progress, 0 to 1, and a stage; sent with the next heartbeat. */
  progress(share: number, stage: string): void;
  /** Notes a picture in the making that is stored; the newest is sent with the next heartbeat. */
  picture(picture: JobPicture): void;
}

/** Does one kind of job. May run twice for the same job, so its effects must be idempotent. */
export type JobHandler<K extends JobKind> = (job: Job<K>, context: JobContext) => Promise<JobResult<K>>;

export type JobHandlers = { [K in JobKind]?: JobHandler<K> };

export interface WorkerOptions {
  /** For people: shown with the lease, and in logs. */
  name: string;
  client: JobClient;
  handlers: JobHandlers;
  /** Jobs at once. */
  concurrency: number;
  /** Says no while jobs would fail for want of what they need; none are leased then. */
  able?: () => boolean;
  /** How long a job waits for another worker after this one died. */
  leaseMs?: number;
  /** How often a running job's lease is prolonged, its progress reported and its cancelation learned. */
  heartbeatMs?: number;
  /** How long running jobs may take to finish when the worker stops, before they are handed back. */
  stopGraceMs?: number;
  logger: Logger;
  metrics?: Metrics | undefined;
}

/** A running worker. */
export interface JobWorker {
  /** Whether the last call to the data service got an answer; the reason when it did not. */
  connection(): { connected: true } | { connected: false; reason: string };
  /** Takes no more jobs, lets running ones finish for a moment, hands back the rest. */
  stop(): Promise<void>;
}

const LEASE_MS = 10_000;
const HEARTBEAT_MS = 250;
const STOP_GRACE_MS = 2_000;
/** How often an unable worker looks whether it can work again. */
const UNABLE_MS = 250;
/** Long poll; below the usual idle time-outs of proxies. */
const WAIT_MS = 20_000;

/**
 * Starts the loop that every service's worker is: lease as many jobs as there is room for, run each with heartbeats,
 * settle it. A handler's error ends the job when the input is at fault, and lets it be tried again when the system is.
 * When the data service is away the worker asks again, ever less often, until it is back.
 */
export function startWorker(options: WorkerOptions): JobWorker {
  return new Worker(options);
}

class Worker implements JobWorker {
  readonly #options: WorkerOptions;
  readonly #kinds: JobKind[];
  readonly #running = new Map<Promise<void>, AbortController>();
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #problem: string | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#kinds = JobKindName.options.filter((kind) => options.handlers[kind] !== undefined);
    this.#loop = this.#leaseForever();
  }

  connection(): { connected: true } | { connected: false; reason: string } {
    return this.#problem === null ? { connected: true } : { connected: false, reason: this.#problem };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    const finished = Promise.all(this.#running.keys());
    // Its timer must not keep the process alive once all is finished.
    const grace = new AbortController();
    await Promise.race([finished, delay(this.#options.stopGraceMs ?? STOP_GRACE_MS, grace.signal)]);
    grace.abort();
    for (const controller of this.#running.values()) controller.abort(workerStopping());
    await finished;
  }

  async #leaseForever(): Promise<void> {
    const { client, name, concurrency, logger } = this.#options;
    const { signal } = this.#stopping;
    const backoff = new Backoff();
    while (!signal.aborted) {
      const capacity = concurrency - this.#running.size;
      if (capacity <= 0) {
        await Promise.race([...this.#running.keys(), aborted(signal)]);
        continue;
      }
      if (this.#options.able?.() === false) {
        await delay(UNABLE_MS, signal);
        continue;
      }
      try {
        const leaseMs = this.#options.leaseMs ?? LEASE_MS;
        const request = { worker: name, kinds: this.#kinds, capacity, leaseMs, waitMs: WAIT_MS };
        const { jobs } = await client.lease(request, { signal });
        if (this.#problem !== null) logger.info({ worker: name }, 'the data service answers again');
        this.#problem = null;
        backoff.reset();
        for (const job of jobs) this.#begin(job);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = MaquetteError.from(thrown);
        if (this.#problem === null) logger.warn({ err: error, worker: name }, 'no jobs can be leased at the moment');
        this.#problem = `no jobs can be leased: ${error.message}`;
        await delay(backoff.next(), signal);
      }
    }
  }

  #begin(leased: LeasedJob): void {
    const controller = new AbortController();
    const done = inJobContext(leased, () => this.#run(leased, controller)).catch((thrown) => {
      this.#options.logger.error({ err: thrown, jobId: leased.jobId }, 'a job ended in an unexpected way');
    });
    this.#running.set(done, controller);
    void done.finally(() => this.#running.delete(done));
  }

  async #run(leased: LeasedJob, controller: AbortController): Promise<void> {
    const { client, logger, metrics } = this.#options;
    const startedAt = performance.now();
    const lease = new Lease(
      client,
      leased,
      {
        leaseMs: this.#options.leaseMs ?? LEASE_MS,
        heartbeatMs: this.#options.heartbeatMs ?? HEARTBEAT_MS,
      },
      controller,
    );
    const about = { jobId: leased.jobId, kind: leased.kind, attempt: leased.attempt };
    let outcome: string;
    try {
      const result = await this.#handle(leased, lease, controller.signal);
      outcome = await lease.settle({ case: 'resultJson', value: JSON.stringify(result) }, this.#stopping.signal);
    } catch (thrown) {
      const error = MaquetteError.from(thrown);
      const stopped = MaquetteError.from(controller.signal.reason).code === 'unavailable';
      if (lease.ended) outcome = lease.ended;
      else if (controller.signal.aborted && stopped) {
        outcome = await lease.settle({ case: 'released', value: true }, this.#stopping.signal);
      } else {
        const retryable = error.fault === 'system';
        logger[retryable ? 'error' : 'info']({ ...about, err: retryable ? error : error.toValue() }, 'job failed');
        const errorJson = JSON.stringify(error.toValue());
        outcome = await lease.settle({ case: 'failure', value: { errorJson, retryable } }, this.#stopping.signal);
      }
    } finally {
      lease.close();
    }
    const seconds = (performance.now() - startedAt) / 1000;
    metrics?.jobSeconds.observe({ kind: leased.kind, outcome }, seconds);
    logger.info({ ...about, outcome, ms: Math.round(seconds * 1000) }, 'job ended');
  }

  async #handle(leased: LeasedJob, lease: Lease, signal: AbortSignal): Promise<unknown> {
    const kind = JobKindName.parse(leased.kind);
    const payload = JOB_KINDS[kind].payload.safeParse(JSON.parse(leased.payloadJson));
    if (!payload.success) throw jobPayloadInvalid(kind, payload.error);
    // The kind picks payload and handler alike; TypeScript cannot see that they belong together.
    const handler = this.#options.handlers[kind] as JobHandler<JobKind> | undefined;
    if (handler === undefined) throw jobPayloadInvalid(kind);
    const { jobId: id, organizationId, attempt } = leased;
    return handler(
      { id, kind, organizationId, payload: payload.data, attempt },
      {
        signal,
        progress: (share, stage) => lease.progress(share, stage),
        picture: (picture) => lease.picture(picture),
      },
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
