import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbound, type OutboundRequest } from './outbound.ts';
import type { Resolver } from './target.ts';

const LIMITS = { bytes: 1000, totalMs: 10_000, stallMs: 10_000 };
const LOOPBACK = { allow: ['127.0.0.1'], ports: null };

let server: Server;
let origin: string;
let port: number;
/** Requests that have reached a server at all. */
const seen: string[] = [];

const answers: Record<string, RequestListener> = {
  '/file': (_request, response) => response.end('the bytes'),
  '/echo': (request, response) => {
    const { host, 'content-type': type } = request.headers;
    void buffer(request).then((body) => response.end(JSON.stringify({ host, type, body: String(body) })));
  },
  '/large': (_request, response) => response.end(Buffer.alloc(1001)),
  '/endless': (_request, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(400)), 1);
    response.on('close', () => clearInterval(timer));
  },
  '/bomb': (_request, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(1_000_000)));
  },
  '/silent': (_request, response) => void response.write('begins'),
  '/never': () => {},
  '/cut': (_request, response) => {
    response.setHeader('content-length', '900').write('half');
    setTimeout(() => response.destroy(), 20);
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    seen.push(pathname);
    const to = searchParams.get('to');
    if (to !== null) return void response.writeHead(302, { location: to }).end();
    const answer = answers[pathname];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
  origin = `http://127.0.0.1:${port}`;
});
afterAll(() => server.closeAllConnections());
afterAll(() => server.close());

function ask(path: string, more: Partial<OutboundRequest> = {}, outbound = createOutbound(LOOPBACK)) {
  const url = path.startsWith('http') ? path : origin + path;
  return outbound.request({ url, limits: LIMITS, ...more });
}
function textOf(answer: Awaited<ReturnType<typeof ask>>): Promise<string> {
  return text(answer.body);
}
const redirectTo = (url: string) => `/redirect?to=${encodeURIComponent(url)}`;

describe('createOutbound', () => {
  it('gives the answer of a server', async () => {
    const answer = await ask('/file');
    expect(answer).toMatchObject({ status: 200, url: `${origin}/file` });
    expect(await textOf(answer)).toBe('the bytes');
    expect((await ask('/missing')).status).toBe(404);
  });

  it('sends a body and headers', async () => {
    const headers = { 'content-type': 'text/x-test' };
    const answer = await ask('/echo', { method: 'POST', body: Buffer.from('a body'), headers });
    expect(JSON.parse(await textOf(answer))).toEqual({
      host: `127.0.0.1:${port}`,
      type: 'text/x-test',
      body: 'a body',
    });
  });

  it('connects to the address that was checked, under the name of the URL, whatever the name means by then', async () => {
    let looks = 0;
    const rebinding: Resolver = async () => [{ address: looks++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
    const answer = await ask(`http://rebound.example:${port}/echo`, {}, createOutbound(LOOPBACK, rebinding));
    expect(JSON.parse(await textOf(answer)).host).toBe(`rebound.example:${port}`);
    expect(looks).toBe(1);
  });

  it('opens no socket to an address that is not allowed', async () => {
    const before = seen.length;
    const rebound: Resolver = async () => [{ address: '127.0.0.1', family: 4 }];
    const outbound = createOutbound({ allow: [], ports: null }, rebound);
    for (const url of [origin, `http://localhost:${port}/`, `http://public.example:${port}/`]) {
      await expect(ask(url, {}, outbound)).rejects.toMatchObject({ code: 'url_refused' });
    }
    expect(seen).toHaveLength(before);
  });

  it('follows as many redirects as it may', async () => {
    const answer = await ask(redirectTo(redirectTo(`${origin}/file`)), { redirects: 2 });
    expect(await textOf(answer)).toBe('the bytes');
    await expect(ask(redirectTo(redirectTo('/file')), { redirects: 1 })).rejects.toMatchObject({ code: 'url_refused' });
    expect((await ask(redirectTo('/file'))).status).toBe(302);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/iam',
    'http://[::ffff:a9fe:a9fe]/',
    'http://2852039166/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'http://user:secret@127.0.0.1/',
  ])('does not follow a redirect to %s', async (url) => {
    await expect(ask(redirectTo(url), { redirects: 5 })).rejects.toMatchObject({ code: 'url_refused' });
  });

  it('checks the name of a redirect anew', async () => {
    const resolver: Resolver = async (host) => [
      { address: host === 'first.example' ? '127.0.0.1' : '192.168.0.1', family: 4 },
    ];
    const path = redirectTo('http://second.example/');
    await expect(
      ask(`http://first.example:${port}${path}`, { redirects: 5 }, createOutbound(LOOPBACK, resolver)),
    ).rejects.toMatchObject({ code: 'url_refused', message: expect.stringContaining('192.168.0.1') });
  });

  it('refuses what is too large, by its word and by its bytes', async () => {
    await expect(ask('/large')).rejects.toMatchObject({ code: 'payload_too_large' });
    await expect(ask('/endless').then(textOf)).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('does not decompress', async () => {
    await expect(ask('/bomb', { limits: { ...LIMITS, bytes: 10_000 } })).rejects.toMatchObject({
      code: 'remote_refused',
      message: expect.stringContaining('gzip'),
    });
  });

  it.each(['/never', '/silent'])('gives up on %s', async (path) => {
    await expect(ask(path, { limits: { ...LIMITS, stallMs: 100 } }).then(textOf)).rejects.toMatchObject({
      code: 'remote_failed',
      message: expect.stringContaining('silent'),
    });
    await expect(ask(path, { limits: { ...LIMITS, totalMs: 100 } }).then(textOf)).rejects.toMatchObject({
      code: 'remote_failed',
      message: expect.stringContaining('longer than 0.1 s'),
    });
  });

  it('tells an answer that was cut off from a whole one', async () => {
    await expect(ask('/cut').then(textOf)).rejects.toMatchObject({ code: 'remote_failed' });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const reading = ask('/silent', { signal: controller.signal }).then(textOf);
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(reading).rejects.toThrow('enough');
  });

  it('says that nobody listens', async () => {
    await expect(ask('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'remote_failed', fault: 'system' });
  });
});
