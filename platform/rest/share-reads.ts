import { inTurns } from '../turns/in-turns.ts';
import type { RestCall, RestTransport } from './rest-transport.ts';

/**
 * Lets reads of the same thing that come while one is on its way share the next one, in place of one each.
 *
 * Nothing is kept: each call gets the answer of a read that began after the call was made. So whoever has changed
 * something, here or anywhere, reads the change, and what was deleted is gone at once. The more callers ask for one thing
 * at a time, the less each costs.
 *
 * What is shared is named by everything that a call says: operation, organisation, path and query. A call that its caller
 * may give up, as one that waits for something, is made for itself alone. The answer is one object for all who share it,
 * and nobody may change it.
 */
export function shareReads(transport: RestTransport): RestTransport {
  const shared = inTurns((_: string, [call]: readonly RestCall[]) => transport(call as RestCall));
  return (call) => {
    const { endpoint, input, limit, operationId } = call;
    if (endpoint.method !== 'GET' || limit.canBeGivenUp) return transport(call);
    return shared(JSON.stringify([operationId, input.headers, input.params, input.query]), call);
  };
}
