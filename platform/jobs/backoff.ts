const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Waiting times that double from 100 ms to 5 s, each shortened by up to a half at random so that workers spread. */
export class Backoff {
  #ms = FIRST_MS;

  next(): number {
    const ms = this.#ms;
    this.#ms = Math.min(LONGEST_MS, ms * 2);
    return ms * (1 - Math.random() / 2);
  }

  reset(): void {
    this.#ms = FIRST_MS;
  }
}

/** Waits, or returns early when the signal aborts. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
