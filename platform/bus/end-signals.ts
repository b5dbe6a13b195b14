import type { JobId } from '#contracts/ids/ids.ts';

/**
 * Wakes those who wait for a job's end: at its notification, and every `pollMs` after one query for all jobs that
 * somebody waits for.
 */
export class EndSignals {
  readonly #findEnded: (jobIds: JobId[]) => Promise<JobId[]>;
  readonly #pollMs: number;
  readonly #waiters = new Map<JobId, Set<() => void>>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(findEnded: (jobIds: JobId[]) => Promise<JobId[]>, pollMs: number) {
    this.#findEnded = findEnded;
    this.#pollMs = pollMs;
  }

  /** Takes a notification: the id of a job; empty when something may have been missed. */
  hear(payload: string): void {
    if (payload === '') void this.#look();
    else this.#wake(payload as JobId);
  }

  /** See `Bus.waitForEnd`. */
  async wait(jobId: JobId, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#closed || signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(jobId) ?? new Set();
    this.#waiters.set(jobId, waiters.add(resolve));
    const timeout = setTimeout(resolve, waitMs);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    this.#plan();
    try {
      // Only after the waiter stands there: what ends from here on wakes it.
      if ((await this.#findEnded([jobId])).length > 0) return;
      await promise;
    } finally {
      clearTimeout(timeout);
      waiters.delete(resolve);
      if (waiters.size === 0 && this.#waiters.get(jobId) === waiters) this.#waiters.delete(jobId);
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const jobId of [...this.#waiters.keys()]) this.#wake(jobId);
  }

  #wake(jobId: JobId): void {
    for (const wake of this.#waiters.get(jobId) ?? []) wake();
  }

  #plan(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, this.#pollMs);
  }

  async #look(): Promise<void> {
    if (this.#waiters.size === 0 || this.#closed) return;
    try {
      for (const jobId of await this.#findEnded([...this.#waiters.keys()])) this.#wake(jobId);
    } catch {
      // The database is away: looked at again below.
    }
    this.#plan();
  }
}
