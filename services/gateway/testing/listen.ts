import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import WebSocket from 'ws';
import type { AnyEvent } from '#contracts/events/events.ts';
import { ServerMessage } from '#contracts/socket/messages.ts';
import { KEY, type TestGateway } from './open-gateway.ts';

const opened: { close(): void }[] = [];

/** Ends all listeners that a test has opened. */
export function closeListeners(): void {
  for (const listener of opened.splice(0)) listener.close();
}

/** What a listener of either transport has heard. */
export interface Listener {
  messages: ServerMessage[];
  /** Types of what was heard, `ready` and `closing` included. */
  readonly events: AnyEvent[];
  /** The position that the stream began with. */
  start: string | undefined;
  closed: Promise<number>;
  close(): void;
}

export function isEvent(message: ServerMessage): message is AnyEvent {
  return !['ready', 'gap', 'pong', 'closing'].includes(message.type);
}

export async function waitFor(check: () => boolean, what: string, ms = 5000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!check()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come`);
    await sleep(5);
  }
}

export interface ListenOptions {
  key?: string | null;
  headers?: Record<string, string>;
  socket?: WebSocket.ClientOptions;
}

export function openSocket(gateway: TestGateway, query = '', options: ListenOptions = {}): WebSocket {
  const { key = KEY } = options;
  const headers = { ...(key !== null && { authorization: `Bearer ${key}` }), ...options.headers };
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/events${query}`, {
    ...options.socket,
    headers,
  });
  opened.push({ close: () => socket.terminate() });
  return socket;
}

export async function listenBySocket(gateway: TestGateway, query = '', options: ListenOptions = {}): Promise<Listener> {
  const socket = openSocket(gateway, query, options);
  const messages: ServerMessage[] = [];
  socket.on('message', (data) => messages.push(ServerMessage.parse(JSON.parse(String(data)))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', resolve);
  });
  const [ready] = messages;
  return {
    messages,
    get events() {
      return messages.filter(isEvent);
    },
    start: ready?.type === 'ready' ? ready.lastEventId : undefined,
    closed,
    close: () => socket.close(),
  };
}

export async function listenByStream(
  gateway: TestGateway,
  query = '',
  options: ListenOptions = {},
): Promise<Listener & { text: () => string }> {
  const { key = KEY } = options;
  const controller = new AbortController();
  const answer = await fetch(`${gateway.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...options.headers },
    signal: controller.signal,
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const messages: ServerMessage[] = [];
  let text = '';
  let taken = 0;
  const listener = {
    messages,
    get events() {
      return messages.filter(isEvent);
    },
    start: undefined as string | undefined,
    closed: Promise.resolve(0),
    close: () => controller.abort(),
    text: () => text,
  };
  opened.push(listener);
  listener.closed = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf('\n\n', taken); end >= 0; end = text.indexOf('\n\n', taken)) {
          take(text.slice(taken, end));
          taken = end + 2;
        }
      }
    } catch {
      // The test ended it.
    }
    return 0;
  })();
  function take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
    const data = fields.get('data');
    if (data === undefined) {
      listener.start ??= fields.get('id');
      return;
    }
    const message = ServerMessage.parse(JSON.parse(data));
    expect(fields.get('event')).toBe(message.type);
    if (isEvent(message)) expect(fields.get('id') ?? null).toBe(message.id);
    messages.push(message);
  }
  await waitFor(() => listener.start !== undefined, 'the beginning');
  return listener;
}

/** A connection that asks for events and then reads nothing. */
export async function openStuck(own: TestGateway, transport: string): Promise<{ read(): Promise<string> }> {
  const { port, hostname } = new URL(own.url);
  const upgrade = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const lines = [
    'GET /v1/events HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${KEY}`,
    ...(transport === 'WebSocket' ? upgrade : []),
  ];
  const socket = connect(Number(port), hostname);
  opened.push({ close: () => socket.destroy() });
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  return {
    read: () =>
      new Promise((resolve) => {
        let text = '';
        socket.on('data', (chunk) => {
          text = (text + chunk.toString('latin1')).slice(-4000);
        });
        socket.once('close', () => resolve(text));
        socket.resume();
      }),
  };
}

/** The assets that events are about. */
export const idsOf = (events: AnyEvent[]) => events.map(({ data }) => ('assetId' in data ? data.assetId : null));
