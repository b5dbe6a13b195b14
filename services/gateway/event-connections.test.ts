import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { CLOSE_CODES, ServerMessage } from '#contracts/socket/messages.ts';
import { join, openBrowser } from './testing/browser.ts';
import {
  closeListeners,
  idsOf,
  isEvent,
  type ListenOptions,
  listenBySocket,
  listenByStream,
  openSocket,
  waitFor,
} from './testing/listen.ts';
import { KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

const HEARTBEAT_MS = 300;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ heartbeatMs: HEARTBEAT_MS, authenticationMs: 400 });
});
afterAll(() => gateway?.close());

afterEach(closeListeners);

const newest = () => gateway.bus.newestPosition();

describe('a WebSocket', () => {
  const refusalOf = (query: string, options: ListenOptions) =>
    new Promise<{ status: number; body: string; header: string | undefined }>((resolve, reject) => {
      const socket = openSocket(gateway, query, options);
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
    const socket = openSocket(gateway, query, options);
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
      [{}, '?lastEventId=9007199254740993', 400, 'invalid_request'],
      [{}, '?types=job_progress&types=asset_deleted', 400, 'invalid_request'],
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

  it('EV-13: ends when its session works in another organisation, whatever it may there', async () => {
    const owner = await openBrowser(gateway);
    const mia = await join(gateway, owner, 'viewer', 'mia');
    const made = await mia.request('/v1/organizations', { method: 'POST', json: { name: 'Mia' } });
    const socket = await openFor({ key: null, headers: { cookie: mia.cookie } });
    const end = closing(socket);
    await mia.request('/v1/auth/session', { method: 'PATCH', json: { organizationId: made.json.id } });
    expect(await end).toMatchObject({ code: CLOSE_CODES.unauthenticated });
  });

  it('EV-15: answers ping, and nothing else', async () => {
    const listener = await listenBySocket(gateway);
    const socket = openSocket(gateway);
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

  it('EV-12: may wait to say who it is, but not in such numbers that others cannot', async () => {
    const waiting = await Promise.all(Array.from({ length: 50 }, () => openFor({ key: null })));
    expect((await refusalOf('', { key: null })).status).toBe(503);
    expect((await openFor()).readyState).toBe(WebSocket.OPEN);
    for (const socket of waiting) socket.terminate();
  });

  it.each(['GET //[ HTTP/1.1', 'POST /v1/events HTTP/1.1'])('is refused as a problem document: %s', async (line) => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
    socket.write(`${line}\r\nHost: x\r\n${upgrade}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    const text = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(text).toMatch(/^HTTP\/1.1 40[05] /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ fault: 'input' });
    socket.destroy();
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
    const listener = await listenByStream(gateway);
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
