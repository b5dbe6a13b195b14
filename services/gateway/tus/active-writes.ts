import type { UploadId } from '#contracts/ids/ids.ts';

/** How long whoever comes next waits for bytes of the request before that are being stored. */
const PATIENCE_MS = 10_000;

/**
 * The requests that add bytes to uploads at this gateway. Whoever asks where an upload goes on, or goes on with it, ends
 * the request before: a client that comes back has lost its connection, even where the server has not noticed, and what
 * came over it shall count. Between gateways the data service's writer numbers keep order.
 */
export class ActiveWrites {
  readonly #active = new Map<UploadId, { stop: AbortController; done: Promise<unknown> }>();

  /** Whether a request adds bytes to an upload at the moment. */
  has(id: UploadId): boolean {
    return this.#active.has(id);
  }

  /** Ends the request that adds bytes to an upload, and waits until what came is recorded. */
  async release(id: UploadId): Promise<void> {
    const write = this.#active.get(id);
    if (!write) return;
    write.stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([write.done, patience]);
    clearTimeout(timer);
  }

  /** Adds bytes to an upload until it is done or the signal aborts. */
  async run<T>(id: UploadId, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.release(id);
    const stop = new AbortController();
    const working = work(stop.signal);
    const entry = { stop, done: working.catch(() => {}) };
    this.#active.set(id, entry);
    try {
      return await working;
    } finally {
      if (this.#active.get(id) === entry) this.#active.delete(id);
    }
  }
}
