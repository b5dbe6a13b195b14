import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { TokenBuckets } from './token-buckets.ts';

/** Tells all gateways what this one has let in. @returns milliseconds until each bucket is full again, in the same order */
export type ReportTaken = (taken: { bucket: string; milliseconds: number }[]) => Promise<number[]>;

/** After the first request that the others do not know of, they are told within this. */
const WITHIN_MS = 1000;
/** Between two reports, however many requests come. */
const PAUSE_MS = 50;
/** Buckets of one report. */
const MOST = 2000;

/**
 * Keeps the counts of this gateway in step with those of the others. Requests are let in by what this one knows; what it
 * let in is reported in lots, beside the requests, and the answer says what all have let in together. A client that
 * spreads its requests can so have a little more at once than its quota: of each gateway a tenth (`isUrgent`) and what comes
 * while a report is under way. It is a debt: what was too much is missing afterwards.
 *
 * While nobody answers, each gateway goes on by what it knows, and reports what it let in meanwhile when somebody does.
 */
export class SharedCounts {
  readonly #buckets: ReadonlyMap<string, TokenBuckets>;
  readonly #report: ReportTaken;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #urgent = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #answered = true;

  /** @param buckets by the name of their kind, which has no space */
  constructor(buckets: ReadonlyMap<string, TokenBuckets>, report: ReportTaken, logger: Logger) {
    this.#buckets = buckets;
    this.#report = report;
    this.#logger = logger;
    for (const one of buckets.values()) one.onTaken = (taken) => this.#noticed(one, taken);
  }

  /** Reports what is left, and no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#tell();
  }

  #noticed({ policy }: TokenBuckets, taken: number): void {
    if (isUrgent(taken, policy.quota)) this.#urgent.resolve();
    if (this.#running || this.#stopping.signal.aborted) return;
    this.#running = this.#loop();
  }

  /** Until nothing is left to report. */
  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    do {
      const timer = new AbortController();
      const wait = sleep(WITHIN_MS, undefined, { signal: AbortSignal.any([signal, timer.signal]), ref: false });
      await Promise.race([wait.catch(() => {}), this.#urgent.promise]);
      timer.abort();
      this.#urgent = Promise.withResolvers();
      if (signal.aborted) return;
      await this.#tell();
      await sleep(this.#answered ? PAUSE_MS : WITHIN_MS, undefined, { signal, ref: false }).catch(() => {});
    } while ([...this.#buckets.values()].some(({ unreported }) => unreported > 0));
    this.#running = undefined;
  }

  async #tell(): Promise<void> {
    const lots = [...this.#buckets].flatMap(([kind, buckets]) =>
      buckets.collect(MOST).map((taken) => ({ kind, buckets, taken })),
    );
    if (lots.length === 0) return;
    const report = lots.map(({ kind, buckets, taken }) => ({
      bucket: `${kind} ${taken.name}`,
      milliseconds: taken.tokens * buckets.intervalMs,
    }));
    try {
      const untilFull = await this.#report(report);
      this.#answered = true;
      lots.forEach(({ buckets, taken }, index) => {
        buckets.settle(taken.name, untilFull[index] ?? 0);
      });
    } catch (error) {
      for (const { buckets, taken } of lots) buckets.putBack(taken);
      // Once, and not every second until somebody answers again.
      if (this.#answered) this.#logger.warn({ err: error }, 'what was let in could not be reported to other gateways');
      this.#answered = false;
    }
  }
}

/** Whether so much of a quota has been taken that the others have to know at once. */
function isUrgent(taken: number, quota: number): boolean {
  return taken >= quota / 10;
}
