import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { RatePolicy } from './token-buckets.ts';

/** Headers that tell a client what it has left. */
export type RateHeaders = Record<string, string>;

/** A refusal for the rate: `rate_limited`, with headers for the answer. */
export class RateLimited extends MaquetteError {
  readonly headers: RateHeaders;

  constructor(message: string, remedy: string, retrySeconds: number, headers: RateHeaders = {}) {
    super('rate_limited', message, {
      remedy: `Wait ${retrySeconds} s, as the header Retry-After says, and ${remedy}`,
      retryAfterSeconds: retrySeconds,
    });
    this.headers = headers;
  }
}

/** A client sent more requests of a class than it may. `what`: what the class is of. */
export function tooManyRequests(
  what: string,
  { quota, seconds }: RatePolicy,
  retrySeconds: number,
  headers: RateHeaders,
): RateLimited {
  const message = `The API key has used up its ${quota} ${what} in ${seconds} s.`;
  return new RateLimited(
    message,
    'send fewer at once; the header RateLimit tells what is left.',
    retrySeconds,
    headers,
  );
}

/** Too many requests from one address bore no valid key. */
export function tooManyFailures(retrySeconds: number): RateLimited {
  return new RateLimited('Too many requests from this address had no valid API key.', 'use a valid key.', retrySeconds);
}

/** Too many requests came from one address, whoever asked. */
export function tooManyFromAddress({ quota, seconds }: RatePolicy, retrySeconds: number): RateLimited {
  return new RateLimited(
    `More than ${quota} requests in ${seconds} s came from this address.`,
    'send fewer at once.',
    retrySeconds,
  );
}
