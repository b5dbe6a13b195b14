import { RATE_CLASSES, type RateClass } from '#contracts/rest/rate-class.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { networkOf } from '../client-address.ts';
import { type RateHeaders, tooManyFailures, tooManyFromAddress, tooManyRequests } from './errors.ts';
import { type ReportTaken, SharedCounts } from './shared-counts.ts';
import { type RatePolicy, TokenBuckets } from './token-buckets.ts';

/** Limits that an operator sets; null: none. */
export interface RateSettings extends Record<RateClass, RatePolicy | null> {
  /** Requests from one address whose key was not accepted. */
  failures: RatePolicy | null;
  /** All requests from one address, whoever asks. */
  address: RatePolicy | null;
}

/**
 * Counts requests: by API key and class, and by address where no key was accepted, of IPv6 by the network. Each is let in by what this process
 * knows; with `share` it learns within a second what other gateways have let in.
 */
export class RateLimits {
  readonly #classes: Record<RateClass, TokenBuckets | null>;
  readonly #failures: TokenBuckets | null;
  readonly #addresses: TokenBuckets | null;
  /** Guesses under way, by address. */
  readonly #guesses = new Map<string, number>();

  /** @param now milliseconds that never go back */
  constructor(settings: RateSettings, now?: () => number) {
    const buckets = (policy: RatePolicy | null) => policy && new TokenBuckets(policy, now ? { now } : {});
    this.#classes = {
      read: buckets(settings.read),
      write: buckets(settings.write),
      work: buckets(settings.work),
    };
    this.#failures = buckets(settings.failures);
    this.#addresses = buckets(settings.address);
  }

  /** Counts together with other gateways from now on. @returns what has to be stopped */
  share(report: ReportTaken, logger: Logger): SharedCounts {
    const all = Object.entries({ ...this.#classes, failures: this.#failures, addresses: this.#addresses });
    const buckets = all.flatMap(([kind, one]) => (one ? [[kind, one] as const] : []));
    return new SharedCounts(new Map(buckets), report, logger);
  }

  /**
   * Counts a request.
   *
   * @param client whose bucket it comes out of
   * @returns the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10)
   * @throws RateLimited when nothing is left
   */
  count(client: string, rateClass: RateClass): RateHeaders {
    const buckets = this.#classes[rateClass];
    if (!buckets) return {};
    const { allowed, remaining, resetSeconds, retrySeconds } = buckets.take(client);
    const { quota, seconds } = buckets.policy;
    const headers = {
      'ratelimit-policy': `"${rateClass}";q=${quota};w=${seconds}`,
      ratelimit: `"${rateClass}";r=${remaining};t=${resetSeconds}`,
    };
    if (allowed) return headers;
    throw tooManyRequests(RATE_CLASSES[rateClass], buckets.policy, retrySeconds, headers);
  }

  /**
   * Counts a request from an address, and refuses one from which too many requests came, or too many keys that are
   * none, before its next key is looked at.
   * @throws RateLimited
   */
  admit(address: string): void {
    const network = networkOf(address);
    if (this.#addresses) {
      const { allowed, retrySeconds } = this.#addresses.take(network);
      if (!allowed) throw tooManyFromAddress(this.#addresses.policy, retrySeconds);
    }
    const state = this.#failures?.look(network);
    if (!state || state.allowed) return;
    throw tooManyFailures(state.retrySeconds);
  }

  /**
   * Begins a guess: what proves who somebody is and takes long to check. Those that are under way count as if they had
   * failed, so that many at once are no more than many one after another.
   *
   * @returns has to be called when it is over
   * @throws RateLimited
   */
  guess(address: string): () => void {
    const network = networkOf(address);
    const guesses = this.#guesses.get(network) ?? 0;
    const state = this.#failures?.look(network);
    if (state && guesses >= state.remaining) throw tooManyFailures(Math.max(1, state.retrySeconds));
    this.#guesses.set(network, guesses + 1);
    return () => {
      const left = (this.#guesses.get(network) ?? 1) - 1;
      if (left > 0) this.#guesses.set(network, left);
      else this.#guesses.delete(network);
    };
  }

  /** Counts a key from an address that was not accepted. */
  failed(address: string): void {
    this.#failures?.take(networkOf(address));
  }
}
