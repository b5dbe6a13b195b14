import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { AnyEvent } from '#contracts/events/events.ts';
import { newId } from '#contracts/ids/ids.ts';
import { CLOSE_CODES, ServerMessage } from '#contracts/socket/messages.ts';
import { KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

const HEARTBEAT_MS = 300;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ heartbeatMs: HEARTBEAT_MS, authenticationMs: 400 });
});
afterAll(() => gateway?.close());

/** What a listener of either transport has heard. */
interface Listener {
  messages: ServerMessage[];
  /** Types of what was heard, `ready` and `closing` included. */
  readonly events: AnyEvent[];
  /** The position that the stream began with. */
  start: string | undefined;
  closed: Promise<number>;
  close(): void;
}

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const listener of opened.splice(0)) listener.close();
});

function isEvent(message: ServerMessage): message is AnyEvent {
  return message.type !== 'ready' && message.type !== 'pong' && message.type !== 'closing';
}

async function waitFor(check: () => boolean, what: string, ms = 5000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!check()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come`);
    await sleep(5);
  }
}

interface ListenOptions {
  key?: string | null;
  headers?: Record<string, string>;
  socket?: WebSocket.ClientOptions;
}

function openSocket(query = '', options: ListenOptions = {}): WebSocket {
  const { key = KEY } = options;
  const headers = { ...(key !== null && { authorization: `Bearer ${key}` }), ...options.headers };
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/events${query}`, {
    ...options.socket,
    headers,
  });
  opened.push({ close: () => socket.terminate() });
  return socket;
}

async function listenBySocket(query = '', options: ListenOptions = {}): Promise<Listener> {
  const socket = openSocket(query, options);
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

async function listenByStream(query = '', options: ListenOptions = {}): Promise<Listener & { text: () => string }> {
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

const idsOf = (events: AnyEvent[]) => events.map((event) => event.data.assetId);
const newest = () => gateway.bus.newestPosition();

for (const [transport, listen] of [
  ['WebSocket', listenBySocket],
  ['server-sent events', listenByStream],
] as const) {
  describe(`events over ${transport}`, () => {
    it('EV-1, EV-5, EV-8: begin now, say where that is, and come in the order of their ids', async () => {
      await gateway.publish(2);
      const listener = await listen();
      expect(listener.start).toBe(String(await newest()));
      const assets = await gateway.publish(5);
      await waitFor(() => listener.events.length >= 5, 'five events');
      expect(idsOf(listener.events)).toEqual(assets);
      const positions = listener.events.map(({ id }) => Number(id));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect(positions[0]).toBeGreaterThan(Number(listener.start));
    });

    it('EV-6: replay what came after a position, then go on', async () => {
      const before = await newest();
      const assets = await gateway.publish(4);
      const listener = await listen(`?lastEventId=${before}`);
      expect(listener.start).toBe(String(before));
      assets.push(...(await gateway.publish(2)));
      await waitFor(() => listener.events.length >= 6, 'six events');
      expect(idsOf(listener.events)).toEqual(assets);

      const third = listener.events[2]?.id as string;
      const byHeader = await listen('?lastEventId=0', { headers: { 'last-event-id': third } });
      await waitFor(() => byHeader.events.length >= 3, 'three events');
      expect(idsOf(byHeader.events)).toEqual(assets.slice(3));
    });

    it('EV-4: leave nothing out and repeat nothing while they are replayed and published at once', async () => {
      const before = await newest();
      const assets = await gateway.publish(30);
      const publishing = gateway.publish(60);
      const listeners = await Promise.all(Array.from({ length: 4 }, () => listen(`?lastEventId=${before}`)));
      assets.push(...(await publishing));
      for (const listener of listeners) {
        await waitFor(() => listener.events.length >= 90, 'ninety events');
        expect(idsOf(listener.events)).toEqual(assets);
      }
    });

    it('EV-4: leave nothing out when the gateway loses its own source for a while', async () => {
      const listener = await listen();
      const assets = await gateway.publish(2);
      gateway.breakEvents();
      assets.push(...(await gateway.publish(3)));
      await waitFor(() => listener.events.length >= 5, 'five events');
      gateway.breakEvents();
      assets.push(...(await gateway.publish(1)));
      await waitFor(() => listener.events.length >= 6, 'six events');
      await sleep(200);
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-7: take a position of the future for the newest', async () => {
      const listener = await listen('?lastEventId=999999999');
      expect(listener.start).toBe(String(await newest()));
      const assets = await gateway.publish(1);
      await waitFor(() => listener.events.length >= 1, 'an event');
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-2: carry progress to those who listen, and replay none', async () => {
      const before = await newest();
      const listener = await listen();
      const { job: jobId, projectId, id } = await gateway.upload();
      await gateway.bus.broadcast({
        id: null,
        type: 'job_progress',
        time: new Date().toISOString(),
        organizationId: gateway.organizationId,
        projectId,
        subject: { type: 'job', id: jobId },
        data: { jobId, assetId: id, kind: 'geometry.process', progress: 0.5, stage: 'reading' },
      });
      await waitFor(() => listener.events.length >= 2, 'two events');
      expect(listener.events.map(({ type, id: position }) => [type, position === null])).toEqual([
        ['model_uploaded', false],
        ['job_progress', true],
      ]);
      const late = await listen(`?lastEventId=${before}`);
      await waitFor(() => late.events.length >= 1, 'an event');
      await sleep(50);
      expect(late.events.map(({ type }) => type)).toEqual(['model_uploaded']);
    });

    it('EV-3: are those of the own organisation', async () => {
      const before = await newest();
      const others = await gateway.makeOrganization();
      const theirs = await listen(`?lastEventId=${before}`, { key: others.key });
      const ours = await listen();
      const ourAssets = await gateway.publish(3);
      const theirAssets = await gateway.publish(2, others.id);
      await waitFor(() => ours.events.length >= 3 && theirs.events.length >= 2, 'the events');
      await sleep(50);
      expect(idsOf(ours.events)).toEqual(ourAssets);
      expect(idsOf(theirs.events)).toEqual(theirAssets);
    });

    it('EV-9, EV-10: pass the filters of project, asset, job and type', async () => {
      const before = await newest();
      const [one, two] = [await gateway.upload(), await gateway.upload()];
      await gateway.work('geometry.process', { asset: one.id });
      await gateway.work('render.image', { asset: one.id });
      await gateway.work('geometry.process', { asset: two.id });
      const heard = async (query: string, count: number) => {
        const listener = await listen(`?lastEventId=${before}&${query}`);
        await waitFor(() => listener.events.length >= count, `${count} events of ${query}`);
        await sleep(30);
        expect(listener.events.length, query).toBe(count);
        return listener.events;
      };
      const path = ['model_uploaded', 'model_processed', 'render_requested', 'render_complete'];
      expect((await heard(`asset=${one.id}`, 4)).map(({ type }) => type)).toEqual(path);
      expect((await heard(`job=${one.job}`, 2)).map(({ type }) => type)).toEqual(path.slice(0, 2));
      expect(idsOf(await heard('types=model_uploaded', 2))).toEqual([one.id, two.id]);
      await heard(`types=model_uploaded,render_complete&asset=${two.id}`, 1);
      await heard(`project=${newId('project')}`, 0);
      expect((await heard(`project=${one.projectId}&asset=${one.id}&types=render_complete`, 1))[0]?.data.assetId).toBe(
        one.id,
      );
    });

    it('EV-13: end when the key is revoked', async () => {
      const { json } = await gateway.request('/v1/api-keys', {
        method: 'POST',
        json: { name: 'short-lived', scopes: ['events:read'] },
      });
      const listener = await listen('', { key: json.key });
      const assets = await gateway.publish(1);
      await waitFor(() => listener.events.length === 1, 'an event');
      await gateway.request(`/v1/api-keys/${json.id}`, { method: 'DELETE' });
      const code = await listener.closed;
      if (transport === 'WebSocket') expect(code).toBe(CLOSE_CODES.unauthenticated);
      const last = listener.messages.at(-1);
      expect(last).toMatchObject({ type: 'closing', reason: 'unauthenticated', lastEventId: String(await newest()) });
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-16: end for a client that does not keep up, which is told, and nobody else notices', async () => {
      // A heartbeat as it is by default: a client that reads nothing answers no ping either.
      const own = await openGateway();
      try {
        const stuck = await openStuck(own, transport);
        const gauge = transport === 'WebSocket' ? 'websocket' : 'sse';
        const connected = async () => {
          const { text } = await own.request('/metrics');
          return Number(new RegExp(`maquette_event_clients\\{transport="${gauge}"\\} (\\d+)`).exec(text)?.[1]);
        };
        expect(await connected()).toBe(1);
        const { job: jobId } = await own.upload();
        for (let burst = 0; burst < 400 && (await connected()) === 1; burst += 1) {
          for (let count = 0; count < 50; count += 1) {
            own.inject({
              id: null,
              type: 'job_progress',
              time: new Date().toISOString(),
              organizationId: own.organizationId,
              projectId: null,
              subject: { type: 'job', id: jobId },
              data: { jobId, assetId: null, kind: 'geometry.process', progress: 0.5, stage: 'x'.repeat(7000) },
            });
          }
        }
        expect(await connected()).toBe(0);
        const text = await stuck.read();
        expect(text).toContain('"type":"closing","reason":"slow_client"');
        expect((await own.request('/v1/projects')).status).toBe(200);
      } finally {
        await own.close();
      }
    });
  });
}

/** A connection that asks for events and then reads nothing. */
async function openStuck(own: TestGateway, transport: string): Promise<{ read(): Promise<string> }> {
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

describe('a WebSocket', () => {
  const refusalOf = (query: string, options: ListenOptions) =>
    new Promise<{ status: number; body: string; header: string | undefined }>((resolve, reject) => {
      const socket = openSocket(query, options);
      socket.once('open', () => reject(new Error('it was accepted')));
      socket.once('error', () => {});
      socket.once('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        const header = response.headers['content-type'];
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, header }));
      });
    });
  const closing = (socket: WebSocket) =>
    new Promise<{ code: number; last: ServerMessage | undefined }>((resolve) => {
      let last: ServerMessage | undefined;
      socket.on('message', (data) => {
        last = ServerMessage.parse(JSON.parse(String(data)));
      });
      socket.once('close', (code) => resolve({ code, last }));
    });
  const openFor = async (options: ListenOptions = {}, query = '') => {
    const socket = openSocket(query, options);
    await new Promise((resolve) => socket.once('open', resolve));
    return socket;
  };

  it('EV-11, EV-12: is refused as a problem document when its header is wrong', async () => {
    const scopeless = await gateway.makeKey(['assets:read']);
    const refused: Socket[] = [];
    gateway.http.server.on('upgrade', (_request, socket) => refused.push(socket as Socket));
    for (const [options, query, status, code] of [
      [{ key: 'mq_live_nobodys0123456789nobodys' }, '', 401, 'unauthenticated'],
      [{ key: scopeless }, '', 403, 'forbidden'],
      [{}, '?types=nothing', 400, 'invalid_request'],
      [{}, '?lastEventId=abc', 400, 'invalid_request'],
    ] as const) {
      const refusal = await refusalOf(query, options);
      expect([refusal.status, refusal.header, JSON.parse(refusal.body).code]).toEqual([
        status,
        'application/problem+json',
        code,
      ]);
    }
    // None of them stays behind.
    await waitFor(() => refused.every((socket) => socket.destroyed), 'the end of the connections');
  });

  it('EV-12: may say who it is in its first message', async () => {
    const before = await newest();
    const assets = await gateway.publish(2);
    const socket = await openFor({ key: null }, `?lastEventId=${before}`);
    const messages: ServerMessage[] = [];
    socket.on('message', (data) => messages.push(ServerMessage.parse(JSON.parse(String(data)))));
    await sleep(50);
    expect(messages).toEqual([]);
    socket.send(JSON.stringify({ type: 'authenticate', key: KEY }));
    await waitFor(() => messages.length >= 3, 'the replay');
    expect(messages[0]).toEqual({ type: 'ready', lastEventId: String(before) });
    expect(idsOf(messages.filter(isEvent))).toEqual(assets);
  });

  it('EV-12, EV-18: is closed with the reason when it says nothing, or the wrong thing', async () => {
    const scopeless = await gateway.makeKey(['assets:read']);
    for (const [message, reason] of [
      [undefined, 'authentication_timeout'],
      [{ type: 'authenticate', key: 'mq_live_nobodys0123456789nobodys' }, 'unauthenticated'],
      [{ type: 'authenticate', key: scopeless }, 'forbidden'],
      [{ type: 'authenticate' }, 'invalid_message'],
      [{ type: 'ping' }, 'invalid_message'],
    ] as const) {
      const socket = await openFor({ key: null });
      const end = closing(socket);
      if (message) socket.send(JSON.stringify(message));
      const { code, last } = await end;
      expect([code, last]).toEqual([CLOSE_CODES[reason], expect.objectContaining({ type: 'closing', reason })]);
    }
  });

  it('EV-15: answers ping, and nothing else', async () => {
    const listener = await listenBySocket();
    const socket = openSocket();
    const heard: ServerMessage[] = [];
    socket.on('message', (data) => heard.push(ServerMessage.parse(JSON.parse(String(data)))));
    await waitFor(() => heard.length === 1, 'ready');
    socket.send('{"type":"ping"}');
    await waitFor(() => heard.length === 2, 'pong');
    expect(heard[1]).toEqual({ type: 'pong' });
    for (const [message, code] of [
      ['not json', 4400],
      ['{"type":"dance"}', 4400],
      ['{"type":"ping","extra":1}', 4400],
      [Buffer.from('{"type":"ping"}'), 4400],
      ['x'.repeat(5000), 1009],
    ] as const) {
      const other = await openFor();
      const end = closing(other);
      await sleep(20);
      other.send(message);
      expect((await end).code, String(message).slice(0, 20)).toBe(code);
    }
    const flood = await openFor();
    const end = closing(flood);
    for (let count = 0; count < 100; count += 1) flood.send('{"type":"ping"}');
    expect((await end).code).toBe(CLOSE_CODES.too_many_messages);
    expect(listener.messages.some(({ type }) => type === 'closing')).toBe(false);
  });

  it('EV-14: is pinged, and cut off when it does not answer', async () => {
    const alive = await openFor();
    let pings = 0;
    alive.on('ping', () => {
      pings += 1;
    });
    const dead = await openFor({ socket: { autoPong: false } });
    const started = performance.now();
    await new Promise((resolve) => dead.once('close', resolve));
    expect(performance.now() - started).toBeGreaterThan(HEARTBEAT_MS * 2);
    expect(pings).toBeGreaterThanOrEqual(2);
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });

  it('is served nowhere else', async () => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /v1/assets HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const text = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(text).toMatch(/^HTTP\/1.1 404 /);
    socket.destroy();
  });
});

describe('server-sent events', () => {
  it('EV-11: need a key with the scope', async () => {
    expect((await gateway.request('/v1/events', { key: null })).status).toBe(401);
    const scopeless = await gateway.makeKey(['assets:read']);
    expect((await gateway.request('/v1/events', { key: scopeless })).status).toBe(403);
  });

  it('EV-10: are refused with a wrong filter or an impossible type', async () => {
    const refusal = await gateway.request('/v1/events?types=nothing&asset=x');
    expect([refusal.status, refusal.json.errors.length]).toEqual([400, 2]);
    const json = await gateway.request('/v1/events', { headers: { accept: 'application/json' } });
    expect([json.status, json.json.code]).toEqual([406, 'not_acceptable']);
  });

  it('EV-14, EV-19: beat as comments, and say how long to wait before coming back', async () => {
    const listener = await listenByStream();
    await waitFor(() => listener.text().includes(': heartbeat\n\n'), 'a heartbeat');
    expect(listener.text()).toMatch(/^retry: 2000\nid: \d+\n\n/);
  });
});

describe('the end of the server', () => {
  it('EV-18: is told to everybody who listens', async () => {
    const own = await openGateway();
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/v1/events`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const answer = await fetch(`${own.url}/v1/events`, { headers: { authorization: `Bearer ${KEY}` } });
    // One that a browser opened in advance, and that says nothing, must not hold up the end.
    const { port, hostname } = new URL(own.url);
    const silent = connect(Number(port), hostname);
    await new Promise((resolve) => silent.once('connect', resolve));
    await waitFor(() => messages.length === 1, 'ready');
    const text = answer.text();
    const started = performance.now();
    await own.stopGateway();
    expect(performance.now() - started).toBeLessThan(3000);
    await own.close();
    expect(await closed).toBe(1001);
    expect(JSON.parse(messages.at(-1) ?? '')).toMatchObject({ type: 'closing', reason: 'shutting_down' });
    expect(await text).toContain('event: closing\ndata: {"type":"closing","reason":"shutting_down"');
  });
});
