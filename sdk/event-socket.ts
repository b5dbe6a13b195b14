import type { ServerMessage } from '#contracts/socket/messages.ts';
import type { Query, Requester } from './request.ts';
import type { StreamItem } from './stream-item.ts';

/** A WebSocket that could not be opened: a proxy may not let it through, or there is none on this platform. */
export class SocketUnavailable extends Error {
  override name = 'SocketUnavailable';
}

/** Most messages that wait for the caller; then the connection is made anew from the last one that it took. */
const MOST_WAITING = 10_000;

/**
 * One connection by WebSocket, until it ends. The key goes in the first message (EV-12), since browsers cannot set a header.
 *
 * @throws SocketUnavailable when it does not come to be open
 */
export async function* socketEvents(
  requester: Requester,
  query: Query,
  last: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  if (typeof WebSocket === 'undefined') throw new SocketUnavailable();
  const url = requester.url('/v1/events', { ...query, lastEventId: last }).replace(/^http/, 'ws');
  const socket = new WebSocket(url);
  const arrived: ServerMessage[] = [];
  let ended = false;
  let opened = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  socket.onopen = () => {
    opened = true;
    socket.send(JSON.stringify({ type: 'authenticate', key: requester.key }));
  };
  let overrun = false;
  socket.onmessage = ({ data }) => {
    overrun ||= arrived.length >= MOST_WAITING;
    if (overrun) return socket.close();
    arrived.push(JSON.parse(String(data)) as ServerMessage);
    wake();
  };
  socket.onclose = end;
  signal.addEventListener('abort', end, { once: true });
  try {
    while (true) {
      for (const message of arrived.splice(0)) {
        if (message.type === 'ready') yield { type: 'open', id: message.lastEventId };
        else if (message.type !== 'pong') yield { type: 'message', message };
      }
      if (arrived.length > 0) continue;
      if (ended && !opened && !signal.aborted) throw new SocketUnavailable();
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        // What came between the look and this.
        if (ended || arrived.length > 0) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    socket.close();
  }
}
