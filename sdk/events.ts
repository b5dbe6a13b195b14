import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AnyEvent, EventType } from '#contracts/events/events.ts';
import type { AssetId, JobId, ProjectId } from '#contracts/ids/ids.ts';
import { SocketUnavailable, socketEvents } from './event-socket.ts';
import type { Requester } from './request.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** Which events to listen to, and from where. */
export interface EventOptions {
  project?: ProjectId;
  asset?: AssetId;
  job?: JobId;
  types?: EventType[];
  /** Begin with what came after this event; with what happens from now on unless given. */
  lastEventId?: string;
  /** Told when the stream is open, with the position that it begins at: what happens from now on will be heard. */
  onOpen?: (lastEventId: string) => void;
  /**
   * Told when events after the position are not kept any more (for 30 days they are): up to this one some may be missing,
   * and what they told has to be read anew.
   */
  onGap?: (lastEventId: string) => void;
  /** WebSocket, and where that does not come to be open server-sent events, unless one is given. */
  transport?: 'websocket' | 'server-sent-events';
  signal?: AbortSignal;
}

const RETRY_MS = { first: 250, longest: 15_000 };

/**
 * Events as they happen, in order, without gap or repetition: a lost connection is made again from the last one.
 * Ends when the signal aborts or the loop is left.
 *
 * @throws MaquetteError when the server refuses, e.g. `unauthenticated`; not when it is away for a while.
 */
export async function* listenToEvents(requester: Requester, options: EventOptions = {}): AsyncGenerator<AnyEvent> {
  const { project, asset, job, types, onOpen, onGap, signal } = options;
  let last = options.lastEventId;
  let wait = RETRY_MS.first;
  let opened = false;
  let transport = options.transport ?? 'websocket';
  while (!signal?.aborted) {
    const left = new AbortController();
    const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    try {
      const query = { project, asset, job, types: types?.join(',') };
      const connect = transport === 'websocket' ? socketEvents : serverSentEvents;
      for await (const item of connect(requester, query, last, either)) {
        wait = RETRY_MS.first;
        if (item.type === 'open') {
          last = item.id;
          if (!opened) onOpen?.(item.id);
          opened = true;
          continue;
        }
        const { message } = item;
        if (message.type === 'gap') {
          onGap?.(message.lastEventId);
        } else if (message.type !== 'closing') {
          last = message.id ?? last;
          yield message;
        } else if (message.reason === 'unauthenticated' || message.reason === 'forbidden') {
          throw new MaquetteError(message.reason, message.message);
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof SocketUnavailable && !opened) {
        // The other transport gets through where a proxy stops this one, and says why when the server refuses.
        transport = 'server-sent-events';
        continue;
      }
      // A refusal stays one, however often it is asked for; whatever else broke the stream may be over in a moment.
      if (error instanceof MaquetteError && error.fault === 'input') throw error;
    } finally {
      left.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
    wait = Math.min(wait * 2, RETRY_MS.longest);
  }
}
