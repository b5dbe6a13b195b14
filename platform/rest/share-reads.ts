import type { RestCall, RestTransport } from './rest-transport.ts';

/** The calls of one read that go on at the moment. */
interface Reading {
  /** Was begun already: what it finds may be older than a call that comes now. */
  running: Promise<unknown>;
  /** Begins when the running one ends; whoever comes until then gets its answer. */
  next: Promise<unknown> | undefined;
}

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
  const readings = new Map<string, Reading>();

  function begin(name: string, call: RestCall): Promise<unknown> {
    const reading: Reading = { running: transport(call), next: undefined };
    readings.set(name, reading);
    const ended = () => {
      if (reading.next === undefined) readings.delete(name);
    };
    reading.running.then(ended, ended);
    return reading.running;
  }

  return (call) => {
    const { endpoint, input, limit, operationId } = call;
    if (endpoint.method !== 'GET' || limit.canBeGivenUp) return transport(call);
    const name = JSON.stringify([operationId, input.headers, input.params, input.query]);
    const reading = readings.get(name);
    if (reading === undefined) return begin(name, call);
    const further = () => begin(name, call);
    reading.next ??= reading.running.then(further, further);
    return reading.next;
  };
}
