import type { Client } from '@connectrpc/connect';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { JobService, LeasedJob } from '#contracts/generated/data_pb.js';
import type { JobPicture } from '#contracts/jobs/job-kinds.ts';
import { Backoff, delay } from './backoff.ts';
import { jobCanceled, leaseLost } from './errors.ts';

export type JobClient = Client<typeof JobService>;

/** How a job ends, as `Settle` takes it. */
export type LeaseOutcome =
  | { case: 'resultJson'; value: string }
  | { case: 'failure'; value: { errorJson: string; retryable: boolean } }
  | { case: 'released'; value: true };

/** A worker that stops tries this long to say how its jobs ended. */
const SETTLE_WHILE_STOPPING_MS = 3_000;
/** A result that nobody took after this long is given up; the lease runs out and another worker makes it again. */
const SETTLE_LONGEST_MS = 10 * 60_000;

/**
 * The lease on one job: prolongs itself with heartbeats until it is settled or closed, and aborts the work when it is
 * lost or canceled.
 */
export class Lease {
  readonly #client: JobClient;
  readonly #job: LeasedJob;
  readonly #leaseMs: number;
  readonly #heartbeatMs: number;
  readonly #work: AbortController;
  readonly #closed = new AbortController();
  #share = 0;
  #stage = '';
  /** What no heartbeat has told yet, as JSON; empty: nothing. */
  #picture = '';
  #ended: 'canceled' | 'lost' | null = null;

  constructor(
    client: JobClient,
    job: LeasedJob,
    intervals: { leaseMs: number; heartbeatMs: number },
    work: AbortController,
  ) {
    this.#client = client;
    this.#job = job;
    this.#leaseMs = intervals.leaseMs;
    this.#heartbeatMs = intervals.heartbeatMs;
    this.#work = work;
    void this.#beat();
  }

  /** Set when there is nothing to settle any more. */
  get ended(): 'canceled' | 'lost' | null {
    return this.#ended;
  }

  /** Notes progress for the next heartbeat. */
  progress(share: number, stage: string): void {
    this.#share = Math.max(this.#share, Math.min(1, Math.max(0, share || 0)));
    this.#stage = stage;
  }

  /** Notes a picture for the next heartbeat, in place of one that was not sent yet. */
  picture(picture: JobPicture): void {
    this.#picture = JSON.stringify(picture);
  }

  /**
   * Ends the lease; asks again when the data service is away (settling twice is harmless), while the heartbeats go on.
   *
   * @param stopping once it aborts only a few seconds remain
   * @returns what became of it
   */
  async settle(outcome: LeaseOutcome, stopping: AbortSignal): Promise<string> {
    const { jobId, token } = this.#job;
    const backoff = new Backoff();
    let deadline = performance.now() + SETTLE_LONGEST_MS;
    const hurry = () => {
      deadline = Math.min(deadline, performance.now() + SETTLE_WHILE_STOPPING_MS);
    };
    if (stopping.aborted) hurry();
    else stopping.addEventListener('abort', hurry, { once: true });
    try {
      for (;;) {
        if (this.#ended !== null) return this.#ended;
        try {
          await this.#client.settle({ jobId, token, outcome });
          return { resultJson: 'succeeded', failure: 'failed', released: 'released' }[outcome.case];
        } catch (thrown) {
          const error = MaquetteError.from(thrown);
          if (error.code === 'lease_lost') return this.#ended ?? 'lost';
          // What is refused for its content would be refused again.
          const pointless = error.fault === 'input' && error.code !== 'canceled';
          if (pointless && outcome.case === 'resultJson') {
            return await this.settle(failureOf(error), stopping);
          }
          if (pointless || performance.now() > deadline) throw error;
          await delay(backoff.next(), new AbortController().signal);
        }
      }
    } finally {
      stopping.removeEventListener('abort', hurry);
    }
  }

  /** Ends the heartbeats. */
  close(): void {
    this.#closed.abort();
  }

  async #beat(): Promise<void> {
    const { signal } = this.#closed;
    const { jobId, token } = this.#job;
    while (!signal.aborted) {
      await delay(this.#heartbeatMs, signal);
      if (signal.aborted) return;
      try {
        // Sent once, whatever becomes of it: nothing depends on a picture, and the lease on every heartbeat.
        const pictureJson = this.#picture;
        this.#picture = '';
        const beat = { jobId, token, leaseMs: this.#leaseMs, progress: this.#share, stage: this.#stage, pictureJson };
        const { state } = await this.#client.heartbeat(beat, { signal });
        if (state === 'canceled') return this.#end('canceled', jobCanceled(jobId));
        if (state === 'lost') return this.#end('lost', leaseLost(jobId));
      } catch (thrown) {
        if (signal.aborted) return;
        if (MaquetteError.from(thrown).code === 'lease_lost') return this.#end('lost', leaseLost(jobId));
        // The data service is away. The work goes on, even when the lease should have run out by now: if no other
        // worker took the job, the result is still welcome, and if one did, the fencing token tells.
      }
    }
  }

  #end(how: 'canceled' | 'lost', reason: MaquetteError): void {
    this.#ended = how;
    this.#work.abort(reason);
  }
}

function failureOf(error: MaquetteError): LeaseOutcome {
  const value = new MaquetteError('internal', `the result of the job was refused: ${error.message}`).toValue();
  return { case: 'failure', value: { errorJson: JSON.stringify(value), retryable: false } };
}
