import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { EventHeaders, EventQuery } from '#contracts/rest/operations/events.ts';
import {
  AUTHENTICATION_SECONDS,
  CLIENT_MESSAGE_BYTES,
  CLIENT_MESSAGES_PER_HEARTBEAT,
  CLOSE_CODES,
  ClientMessage,
  type CloseReason,
} from '#contracts/socket/messages.ts';
import { PROBLEM_CONTENT_TYPE, toProblem } from '#platform/errors/problem.ts';
import { issueMessage } from '#platform/rest/issue-message.ts';
import { requestIdFrom, runInContext } from '#platform/telemetry/context.ts';
import { authenticateFrom } from '../access/authentication.ts';
import { bearer, type Credentials, credentialsOf } from '../access/credentials.ts';
import { refuseOtherSites } from '../access/forgery.ts';
import { type Principal, rateClientOf } from '../access/principal.ts';
import { requireScopeFor } from '../access/project-scope.ts';
import { sessionTokenOf } from '../access/session-cookie.ts';
import { upgradeOrigin } from '../access/upgrade-origin.ts';
import { addressesBehind, networkOf } from '../client-address.ts';
import type { Gateway } from '../gateway.ts';
import { RateLimited } from '../rate-limits/errors.ts';
import { queryUnknown, unknownQuery } from '../unknown-query.ts';
import { closingMessage, gapMessage, keepAlive } from './connection.ts';
import { followEvents } from './follow-events.ts';
import { createOutbox } from './outbox.ts';

const PATH = '/v1/events';
/** Connections that may wait for their `authenticate` message at once, in all and from one address. */
const UNAUTHENTICATED_AT_ONCE = { all: 500, address: 50 };
const FAREWELL_MS = 5000;

/** Who listens, and what proved it. */
interface Listener {
  principal: Principal;
  credentials: Credentials;
}

/** What a connection asked for when it was opened. */
interface Wish {
  filter: EventQuery;
  after: number | null;
}

/** Serves `GET /v1/events` with `Upgrade: websocket` on an HTTP server, until the signal aborts. */
export function serveWebSockets(server: Server, gateway: Gateway, stopping: AbortSignal): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: CLIENT_MESSAGE_BYTES, perMessageDeflate: false });
  const addressOf = addressesBehind(gateway.settings.trustedProxies);
  /** Those that wait, by address. */
  const silent = new Map<string, number>();
  let unauthenticated = 0;

  server.on('upgrade', (request, socket, head) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const traceParent = request.headers.traceparent;
    socket.on('error', () => {});
    runInContext({ requestId, traceParent: typeof traceParent === 'string' ? traceParent : undefined }, () =>
      accept(request, socket, head).catch((error) => refuse(request, socket, MaquetteError.from(error), requestId)),
    );
  });

  async function accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = URL.parse(request.url ?? '', 'http://localhost');
    if (!url) throw new MaquetteError('invalid_request', 'The path of the request cannot be read.');
    if (url.pathname !== PATH) {
      throw new MaquetteError('not_found', `There is no WebSocket at ${url.pathname}.`, {
        remedy: `Connect to ${PATH}.`,
      });
    }
    if (request.method !== 'GET') {
      const message = `${request.method} does not open a WebSocket.`;
      throw new MaquetteError('method_not_allowed', message, { remedy: 'Use GET.' });
    }
    if (stopping.aborted) throw new MaquetteError('unavailable', 'The server stops.');
    const wish = parseWish(url, request);
    const { trustedProxies } = gateway.settings;
    const origin = upgradeOrigin(request, trustedProxies);
    const address = addressOf(request);
    const byHeader = request.headers.authorization !== undefined;
    const known = byHeader || sessionTokenOf(origin) !== undefined;
    // Browsers let every page open a WebSocket anywhere, with the cookies of the place.
    if (known && !byHeader) refuseOtherSites(origin);
    const listener = known ? await check(address, wish, () => credentialsOf(origin)) : undefined;
    if (!listener) {
      gateway.rateLimits.admit(address);
      const { all, address: ofOne } = UNAUTHENTICATED_AT_ONCE;
      if (unauthenticated >= all || (silent.get(networkOf(address)) ?? 0) >= ofOne) {
        throw new MaquetteError('unavailable', 'Too many connections have not said who they are yet.');
      }
    }
    sockets.handleUpgrade(request, socket, head, (connection) => converse(connection, address, wish, listener));
  }

  async function check(address: string, { filter }: Wish, read: () => Credentials): Promise<Listener> {
    const { principal } = await authenticateFrom(gateway, address, read);
    requireScopeFor(principal, 'events:read', filter.project);
    // Each costs more than a read; a flood of them ends as one of reads does.
    gateway.rateLimits.count(rateClientOf(principal), 'read');
    return { principal, credentials: read() };
  }

  function converse(connection: WebSocket, address: string, wish: Wish, listener: Listener | undefined): void {
    const stream = openStream(connection, gateway, wish, stopping);
    let state: 'silent' | 'checking' | 'listening' = 'silent';
    const enter = (found: Listener) => {
      state = 'listening';
      stream.listen(found);
    };

    connection.on('message', (data, binary) => {
      const message = binary ? undefined : parseMessage(data);
      if (message?.type === 'ping' && state === 'listening') {
        stream.pong();
      } else if (message?.type === 'authenticate' && state === 'silent') {
        state = 'checking';
        check(address, wish, () => bearer(message.key)).then(enter, (error) => stream.end(reasonOf(error)));
      } else {
        stream.end('invalid_message');
      }
    });
    if (listener) {
      enter(listener);
      return;
    }

    unauthenticated += 1;
    const network = networkOf(address);
    silent.set(network, (silent.get(network) ?? 0) + 1);
    const timer = setTimeout(
      () => {
        if (state !== 'listening') stream.end('authentication_timeout');
      },
      gateway.settings.authenticationMs ?? AUTHENTICATION_SECONDS * 1000,
    );
    const counted = () => {
      clearTimeout(timer);
      unauthenticated -= 1;
      const left = (silent.get(network) ?? 1) - 1;
      if (left > 0) silent.set(network, left);
      else silent.delete(network);
    };
    stream.onceListeningOrClosed(counted);
  }
}

/** The sending side of one connection. */
function openStream(connection: WebSocket, gateway: Gateway, wish: Wish, stopping: AbortSignal) {
  const { hub, events, metrics } = gateway;
  const ended = new AbortController();
  const outbox = createOutbox((text, done) => connection.send(text, () => done()));
  let settled: (() => void) | undefined;
  let closing = false;
  let messages = 0;
  let missedPongs = 0;
  let position: number | null = wish.after;

  const end = (reason: CloseReason) => {
    if (closing) return;
    closing = true;
    ended.abort();
    connection.send(JSON.stringify(closingMessage(reason, position)), () => {});
    connection.close(CLOSE_CODES[reason], reason);
    setTimeout(() => connection.terminate(), FAREWELL_MS).unref();
  };
  const stop = () => end('shutting_down');
  const once = () => {
    settled?.();
    settled = undefined;
  };
  stopping.addEventListener('abort', stop, { once: true });
  connection.on('error', () => {});
  connection.on('pong', () => {
    missedPongs = 0;
  });
  connection.on('message', () => {
    messages += 1;
    if (messages > CLIENT_MESSAGES_PER_HEARTBEAT) end('too_many_messages');
  });
  connection.on('close', () => {
    closing = true;
    ended.abort();
    stopping.removeEventListener('abort', stop);
    once();
  });

  function listen({ principal, credentials }: Listener): void {
    once();
    if (closing) return;
    const beat = () => {
      messages = 0;
      missedPongs += 1;
      if (missedPongs > 2) connection.terminate();
      else connection.ping();
    };
    const stopKeepingAlive = keepAlive(gateway, { principal, credentials, project: wish.filter.project }, beat, end);
    metrics.eventClients.inc({ transport: 'websocket' });
    followEvents({
      hub,
      events,
      organizationId: principal.organizationId,
      filter: wish.filter,
      after: wish.after,
      outbox,
      signal: ended.signal,
      begin(at) {
        position = at;
        outbox.send(JSON.stringify({ type: 'ready', lastEventId: String(at) }));
      },
      missing: (oldest) => outbox.send(JSON.stringify(gapMessage(oldest))),
      send(item) {
        if (item.position > 0) position = item.position;
        outbox.send(item.json);
      },
    }).then((outcome) => {
      stopKeepingAlive();
      metrics.eventClients.dec({ transport: 'websocket' });
      position = outcome.position;
      if (outcome.reason !== 'aborted') end(outcome.reason);
    });
  }

  return {
    end,
    listen,
    pong: () => outbox.send('{"type":"pong"}'),
    onceListeningOrClosed(callback: () => void) {
      settled = callback;
    },
  };
}

function parseWish(url: URL, request: IncomingMessage): Wish {
  const values = valuesOf(url.searchParams);
  const unknown = unknownQuery(values, EventQuery);
  if (unknown.length > 0) throw queryUnknown(unknown, { method: 'GET', path: PATH, query: EventQuery });
  const query = EventQuery.safeParse(values, { error: issueMessage });
  const headers = EventHeaders.safeParse({ 'last-event-id': request.headers['last-event-id'] });
  const issues = [...(query.error?.issues ?? []), ...(headers.error?.issues ?? [])];
  if (!query.success || !headers.success) {
    const errors = issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message }));
    const text = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
    throw new MaquetteError('invalid_request', `GET ${PATH}: ${text}`, { errors });
  }
  const position = headers.data['last-event-id'] ?? query.data.lastEventId;
  return { filter: query.data, after: position === undefined ? null : Number(position) };
}

/** Each parameter's value; of one that is given several times all of them, as other paths read it. */
function valuesOf(parameters: URLSearchParams): Record<string, string | string[]> {
  const values = [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)] as const);
  return Object.fromEntries(
    values.map(([name, [only = '', ...more]]) => [name, more.length > 0 ? [only, ...more] : only]),
  );
}

function parseMessage(data: RawData): ClientMessage | undefined {
  try {
    const parsed = ClientMessage.safeParse(JSON.parse(String(data)));
    return parsed.data;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): CloseReason {
  const { code } = MaquetteError.from(error);
  return code === 'unauthenticated' || code === 'forbidden' ? code : 'unavailable';
}

/** Answers a request for the upgrade with a problem document. */
function refuse(request: IncomingMessage, socket: Duplex, error: MaquetteError, requestId: string): void {
  const [path = ''] = (request.url ?? '').split('?');
  const body = JSON.stringify(toProblem(error, requestId, path));
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...(error.status === 401 ? ['WWW-Authenticate: Bearer realm="maquette"'] : []),
    ...(error.retryAfterSeconds === undefined ? [] : [`Retry-After: ${error.retryAfterSeconds}`]),
    ...(error instanceof RateLimited ? Object.entries(error.headers).map(([name, value]) => `${name}: ${value}`) : []),
    'Connection: close',
  ];
  // Half-closed, the connection would live for as long as the client likes.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
