import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import { CallLimit } from './call-limit.ts';
import type { CallOptions, RestClient } from './endpoint-types.ts';
import type { CallInput, RestTransport } from './rest-transport.ts';

/** Longer than any wait that a call can ask for. */
const DEADLINE_MS = 90_000;

/**
 * A typed client of an API. A call resolves to the body of the successful answer and rejects with the `MaquetteError`
 * that the server threw; with `unavailable` when there is none within the deadline.
 */
export function createRestClient<A extends Endpoints>(
  api: A,
  transport: RestTransport,
  options: { deadlineMs?: number } = {},
): RestClient<A> {
  const { deadlineMs = DEADLINE_MS } = options;
  const calls = Object.entries(api).map(([operationId, endpoint]: [string, Endpoint]) => [
    operationId,
    (input: CallInput, { signal }: CallOptions = {}) => {
      const limit = new CallLimit(deadlineMs, signal);
      return limit.within(() => transport({ operationId, endpoint, input, limit }));
    },
  ]);
  return Object.fromEntries(calls) as RestClient<A>;
}
