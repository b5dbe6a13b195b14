import type { ServerResponse } from 'node:http';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { CloseReason } from '#contracts/socket/messages.ts';
import { credentialsOf } from '../access/credentials.ts';
import { addHeaders } from '../answer-headers.ts';
import { type Gateway, principalOf } from '../gateway.ts';
import type { Routes } from '../routes/route.ts';
import { closingMessage, gapMessage, keepAlive } from './connection.ts';
import { followEvents } from './follow-events.ts';
import { createOutbox } from './outbox.ts';

/** How long a client has to take the last message before its connection is cut. */
const FAREWELL_MS = 5000;

/** `GET /v1/events` as server-sent events. */
export function eventRoutes(gateway: Gateway, stopping: AbortSignal): Routes<'listenToEvents'> {
  const { hub, events, metrics } = gateway;
  return {
    async listenToEvents({ request, reply, query, headers }) {
      if (!accepts(request.headers.accept, 'text/event-stream')) {
        throw new MaquetteError('not_acceptable', 'Events come as text/event-stream, or over a WebSocket.', {
          remedy: 'Send `Accept: text/event-stream`, or ask for the upgrade to a WebSocket.',
        });
      }
      const streamHeaders = {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        // Proxies that buffer would hold events back.
        'x-accel-buffering': 'no',
      };
      if (request.method === 'HEAD') return { status: 200, headers: streamHeaders };
      const principal = principalOf(request);
      const { organizationId } = principal;
      const listener = { principal, credentials: credentialsOf(request), project: query.project };
      // Fails as a plain answer while it still can.
      await hub.reached();
      const position = headers['last-event-id'] ?? query.lastEventId;

      reply.hijack();
      // What is written past the framework gets none of its own.
      addHeaders(reply);
      const response = reply.raw;
      response.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...streamHeaders });
      const outbox = createOutbox((text, done) => response.write(text, done));
      const ended = new AbortController();
      response.once('close', () => ended.abort());
      let reason: CloseReason | undefined;
      const end = (why: CloseReason) => {
        reason ??= why;
        ended.abort();
      };
      const stop = () => end('shutting_down');
      stopping.addEventListener('abort', stop, { once: true });
      if (stopping.aborted) stop();
      const stopKeepingAlive = keepAlive(gateway, listener, () => outbox.send(': heartbeat\n\n'), end);
      metrics.eventClients.inc({ transport: 'sse' });

      followEvents({
        hub,
        events,
        organizationId,
        filter: query,
        after: position === undefined ? null : Number(position),
        outbox,
        signal: ended.signal,
        missing: (oldest) => outbox.send(block('gap', JSON.stringify(gapMessage(oldest)), null)),
        begin: (at) => outbox.send(`retry: 2000\nid: ${at}\n\n`),
        send: ({ event, json }) => outbox.send(block(event.type, json, event.id)),
      }).then((outcome) => {
        stopKeepingAlive();
        stopping.removeEventListener('abort', stop);
        metrics.eventClients.dec({ transport: 'sse' });
        if (outcome.reason !== 'aborted') reason ??= outcome.reason;
        if (response.destroyed) return;
        if (reason) response.write(block('closing', JSON.stringify(closingMessage(reason, outcome.position)), null));
        finish(response);
      });
      return reply;
    },
  };
}

/** One event in the text form of server-sent events. JSON has no line breaks, so `data` is one line. */
function block(type: string, json: string, id: string | null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${json}\n\n`;
}

function finish(response: ServerResponse): void {
  // Nobody reuses a connection whose stream has ended, and the server may be waiting for it to close.
  // A stream of HTTP/2 is one of many on its connection.
  response.end(() => response.req.httpVersionMajor === 1 && response.socket?.end());
  const timer = setTimeout(() => response.destroy(), FAREWELL_MS);
  response.once('close', () => clearTimeout(timer));
}

/** Whether an `Accept` header admits a type; a missing one admits everything. */
function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined) return true;
  const [group] = type.split('/');
  return header.split(',').some((part) => {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const refused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return !refused && ['*/*', `${group}/*`, type].includes(range.trim());
  });
}
