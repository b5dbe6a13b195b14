import type { Client } from '@connectrpc/connect';
import type { EventService } from '#contracts/generated/data_pb.js';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { EventQuery } from '#contracts/rest/operations/events.ts';
import { CLIENT_BUFFER_BYTES, type CloseReason } from '#contracts/socket/messages.ts';
import { matchesFilter } from './event-filter.ts';
import { type EventHub, readEvent, type StreamedEvent } from './hub.ts';
import type { Outbox } from './outbox.ts';

/**
 * Bytes of live events that are held back while earlier ones are replayed; more are read from the record afterwards.
 * Together with what may wait for a client that keeps up they are no more than may wait for one.
 */
const HELD_BACK_BYTES = CLIENT_BUFFER_BYTES / 2;

/** One client's stream of events. */
export interface Following {
  hub: EventHub;
  events: Client<typeof EventService>;
  organizationId: OrganizationId;
  filter: EventQuery;
  /** Position to begin after; null for what happens from now on. */
  after: number | null;
  outbox: Outbox;
  /** Ends the stream, e.g. because the client is gone. */
  signal: AbortSignal;
  /** Told where the stream begins, before any event. */
  begin(position: number): void;
  /** Told after `begin` when events after the asked position are not kept any more; with the oldest that is. */
  missing(oldest: number): void;
  /** Sends one event. */
  send(item: StreamedEvent): void;
}

/** How a stream ended, and the last position that its client has. */
export interface Ended {
  reason: Extract<CloseReason, 'slow_client' | 'unavailable'> | 'aborted';
  position: number | null;
}

/**
 * Streams events to one client: first the recorded ones after its position, then live ones, in order, without gap or
 * repetition. Listening begins before the replay; what is heard meanwhile is held back and spliced on by position.
 *
 * @returns when the signal aborts, when the client does not keep up, or when the record cannot be read.
 */
export async function followEvents(following: Following): Promise<Ended> {
  const { hub, organizationId, filter, outbox, signal } = following;
  const over = Promise.withResolvers<Ended['reason']>();
  let heldBack: StreamedEvent[] | null = [];
  let heldBytes = 0;
  let overflowed = false;
  let begun = false;
  let position = following.after;

  function deliver(item: StreamedEvent): void {
    if (item.position > 0) {
      if (position !== null && item.position <= position) return;
      position = item.position;
    }
    if (!matchesFilter(item.event, filter)) return;
    if (outbox.waiting + item.json.length > CLIENT_BUFFER_BYTES) {
      unlisten();
      over.resolve('slow_client');
      return;
    }
    following.send(item);
  }

  const unlisten = hub.listen(organizationId, (item) => {
    if (heldBack === null) return deliver(item);
    heldBytes += Buffer.byteLength(item.json);
    if (heldBytes <= HELD_BACK_BYTES) heldBack.push(item);
    else overflowed = true;
  });
  signal.addEventListener('abort', () => over.resolve('aborted'), { once: true });
  if (signal.aborted) over.resolve('aborted');

  async function replay(from: number): Promise<boolean> {
    const request = { after: BigInt(from), organizationId, once: true };
    for await (const message of following.events.subscribe(request, { signal })) {
      if (message.eventJson === '') {
        if (begun) continue;
        begun = true;
        const newest = Number(message.newest);
        // An id of the future, e.g. of a database that was restored since, would else swallow all that comes.
        position = from < 0 ? newest : Math.min(from, newest);
        following.begin(position);
        if (Number(message.oldest) > position + 1) following.missing(Number(message.oldest));
        continue;
      }
      position = Number(message.position);
      const event = readEvent(message.eventJson);
      if (!event || !matchesFilter(event, filter)) continue;
      following.send({ position, event, json: message.eventJson });
      if (!(await outbox.drained())) return false;
    }
    return true;
  }

  async function catchUp(): Promise<void> {
    // What was recorded between the replay and then nobody would tell.
    await hub.reached();
    do {
      overflowed = false;
      heldBack = [];
      heldBytes = 0;
      // Without a position from what is the newest now: what this process has fanned out may be behind.
      if (!(await replay(position ?? -1))) return over.resolve('slow_client');
    } while (overflowed);
    const spliced = heldBack ?? [];
    heldBack = null;
    for (const item of spliced) deliver(item);
  }

  catchUp().catch(() => over.resolve(signal.aborted ? 'aborted' : 'unavailable'));
  const reason = await over.promise;
  unlisten();
  return { reason, position };
}
