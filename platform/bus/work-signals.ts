import type { JobKind } from '#contracts/jobs/job-kinds.ts';

/** Someone who waits for work. */
interface Waiter {
  kinds: JobKind[];
  wake: () => void;
}

/** When the next job of each kind can be leased; see `findNextWork`. */
type NextWork = (kinds: JobKind[]) => Promise<{ kind: JobKind; inMs: number | null }[]>;

/**
 * Wakes those who wait for jobs: at a notification, and when a delayed retry or a lease's end comes due. One query for
 * all waiters of the process finds out when that is, at the latest every `pollMs`, which also covers a notification
 * that was lost.
 */
export class WorkSignals {
  readonly #nextWork: NextWork;
  readonly #pollMs: number;
  readonly #waiters = new Set<Waiter>();
  /** Signals so far, by kind. */
  readonly #signals = new Map<JobKind, number>();
  /** The signals that had come when a lease found nothing (more) of the kind: there is work only after a later one. */
  readonly #exhausted = new Map<JobKind, number>();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = 0;
  #closed = false;

  constructor(nextWork: NextWork, pollMs: number) {
    this.#nextWork = nextWork;
    this.#pollMs = pollMs;
  }

  /** Takes a notification: `<kind>` or `<kind> <milliseconds>`; empty when something may have been missed. */
  hear(payload: string): void {
    if (payload === '') {
      this.#signalAll();
      return;
    }
    const [kind, delay] = payload.split(' ') as [JobKind, string | undefined];
    if (delay === undefined) this.#signal(kind);
    else this.#look(Number(delay) + 1);
  }

  /** To be called before a lease is tried; the result to `found`. */
  before(kinds: JobKind[]): number[] {
    return kinds.map((kind) => this.#signals.get(kind) ?? 0);
  }

  /** Notes that a lease got less than it asked for: what it left will be signalled. */
  nothingLeft(kinds: JobKind[], before: number[]): void {
    for (const [index, kind] of kinds.entries()) this.#exhausted.set(kind, before[index] ?? 0);
  }

  /** Notes that a lease was given, which may run out. */
  leased(leaseMs: number): void {
    this.#look(leaseMs + 1);
  }

  /** See `Bus.waitForWork`. */
  async wait(kinds: JobKind[], waitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#closed || signal?.aborted || kinds.some((kind) => this.#mayHaveWork(kind))) return;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = { kinds, wake };
      const timeout = setTimeout(wake, waitMs);
      const waiters = this.#waiters;
      function wake(): void {
        clearTimeout(timeout);
        signal?.removeEventListener('abort', wake);
        waiters.delete(waiter);
        resolve();
      }
      signal?.addEventListener('abort', wake, { once: true });
      waiters.add(waiter);
      if (this.#timer === null) this.#look(0);
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.wake();
  }

  #mayHaveWork(kind: JobKind): boolean {
    return (this.#signals.get(kind) ?? 0) !== this.#exhausted.get(kind);
  }

  #signal(kind: JobKind): void {
    this.#signals.set(kind, (this.#signals.get(kind) ?? 0) + 1);
    for (const waiter of [...this.#waiters]) if (waiter.kinds.includes(kind)) waiter.wake();
  }

  #signalAll(): void {
    for (const kind of new Set([...this.#exhausted.keys(), ...this.#signals.keys()])) this.#signal(kind);
  }

  /** Looks into the queue in so long, or earlier when that was planned already. */
  #look(inMs: number): void {
    const at = Date.now() + Math.min(Math.max(inMs, 0), this.#pollMs);
    if (this.#closed || (this.#timer !== null && this.#dueAt <= at)) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#lookNow(), at - Date.now());
  }

  async #lookNow(): Promise<void> {
    this.#timer = null;
    const kinds = [...new Set([...this.#waiters].flatMap((waiter) => waiter.kinds))];
    // Nobody waits: the next one who does asks again.
    if (kinds.length === 0 || this.#closed) return;
    try {
      let soonest = this.#pollMs;
      for (const { kind, inMs } of await this.#nextWork(kinds)) {
        if (inMs === null) continue;
        if (inMs <= 0) this.#signal(kind);
        else soonest = Math.min(soonest, inMs + 1);
      }
      this.#look(soonest);
    } catch {
      // The database is away: the waiters' own queries report it.
      this.#look(this.#pollMs);
    }
  }
}
