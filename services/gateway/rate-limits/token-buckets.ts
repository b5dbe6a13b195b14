/** So many requests in so many seconds. */
export interface RatePolicy {
  quota: number;
  seconds: number;
}

/** What a bucket holds after a request, or instead of one. */
export interface RateState {
  allowed: boolean;
  /** Whole requests that are left. */
  remaining: number;
  /** Until the bucket is full again. */
  resetSeconds: number;
  /** Until the next request is possible; 0 when one is. */
  retrySeconds: number;
}

/** Tokens that were taken from one bucket. */
export interface Taken {
  name: string;
  tokens: number;
}

/** Buckets remembered at once. One that is full again is forgotten without loss. */
const CAPACITY = 100_000;

/**
 * One token bucket a name, all of one size: full at first, refilled steadily. What is kept of each is the moment at
 * which it will be full again (the generic cell rate algorithm, ITU-T I.371, annex A).
 */
export class TokenBuckets {
  readonly policy: RatePolicy;
  readonly #capacity: number;
  readonly #now: () => number;
  /** Milliseconds by name, least lately used first. */
  readonly #fullAt = new Map<string, number>();
  /** Tokens taken that were not collected yet, by name; kept only while somebody listens. */
  readonly #taken = new Map<string, number>();
  /** Hears of each token that is taken: how many of that bucket were not collected yet. */
  onTaken: ((taken: number) => void) | undefined;

  /** @param now milliseconds that never go back */
  constructor(policy: RatePolicy, options: { capacity?: number; now?: () => number } = {}) {
    this.policy = policy;
    this.#capacity = options.capacity ?? CAPACITY;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes one token, when there is one. */
  take(name: string): RateState {
    const now = this.#now();
    const before = Math.max(now, this.#fullAt.get(name) ?? now);
    const after = before + this.intervalMs;
    if (after - now > this.#window) return this.#state(false, before - now);
    this.#fullAt.delete(name);
    this.#fullAt.set(name, after);
    if (this.#fullAt.size > this.#capacity) this.#forget(now);
    if (this.onTaken) {
      const taken = (this.#taken.get(name) ?? 0) + 1;
      this.#taken.set(name, taken);
      this.onTaken(taken);
    }
    return this.#state(true, after - now);
  }

  /** Buckets of which tokens were taken and not collected yet. */
  get unreported(): number {
    return this.#taken.size;
  }

  /** What was taken since the last time, of a number of buckets at most. */
  collect(most: number): Taken[] {
    const collected: Taken[] = [];
    for (const [name, tokens] of this.#taken) {
      if (collected.length >= most) break;
      collected.push({ name, tokens });
      this.#taken.delete(name);
    }
    return collected;
  }

  /** Takes back what was collected and came to nobody's knowledge. */
  putBack({ name, tokens }: Taken): void {
    this.#taken.set(name, (this.#taken.get(name) ?? 0) + tokens);
  }

  /** Makes a bucket what it is for all gateways, but for what was taken here since it was collected. */
  settle(name: string, untilFullMs: number): void {
    const since = (this.#taken.get(name) ?? 0) * this.intervalMs;
    if (this.#fullAt.has(name)) this.#fullAt.set(name, this.#now() + untilFullMs + since);
  }

  /** Milliseconds from one token to the next. */
  get intervalMs(): number {
    return this.#window / this.policy.quota;
  }

  /** What there is, with nothing taken. */
  look(name: string): RateState {
    const now = this.#now();
    const ahead = Math.max(0, (this.#fullAt.get(name) ?? now) - now);
    return this.#state(ahead + this.intervalMs <= this.#window, ahead);
  }

  get #window(): number {
    return this.policy.seconds * 1000;
  }

  /** @param ahead milliseconds until the bucket is full */
  #state(allowed: boolean, ahead: number): RateState {
    const retry = ahead + this.intervalMs - this.#window;
    return {
      allowed,
      // The sum of many intervals is not exact.
      remaining: Math.max(0, Math.floor((this.#window - ahead) / this.intervalMs + 1e-6)),
      resetSeconds: Math.ceil(ahead / 1000),
      retrySeconds: allowed ? 0 : Math.max(1, Math.ceil(retry / 1000)),
    };
  }

  /** The full ones, and if that is not enough the least lately used. */
  #forget(now: number): void {
    for (const [name, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(name);
    for (const name of this.#fullAt.keys()) {
      if (this.#fullAt.size <= this.#capacity) return;
      this.#fullAt.delete(name);
    }
  }
}
