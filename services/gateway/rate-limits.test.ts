import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { expectProblem } from './testing/expect-problem.ts';
import { KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

const STRANGER = 'mq_live_nobodys0123456789nobodys';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({
    rates: {
      read: { quota: 20, seconds: 3600 },
      write: { quota: 4, seconds: 3600 },
      work: { quota: 2, seconds: 3600 },
      failures: { quota: 5, seconds: 3600 },
      address: null,
    },
    trustedProxies: '127.0.0.1',
  });
});
afterAll(() => gateway?.close());

/** As if it came from an address behind the trusted proxy. */
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('rates', () => {
  it('are counted by key and class, told in headers, and refused with the time to come again', async () => {
    const key = await gateway.makeKey(['projects:read', 'projects:write', 'assets:write']);
    const read = await gateway.request('/v1/projects', { key });
    expect(read.headers.get('ratelimit-policy')).toBe('"read";q=20;w=3600');
    expect(read.headers.get('ratelimit')).toMatch(/^"read";r=19;t=\d+$/);
    for (let left = 3; left >= 0; left--) {
      const made = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'One' }, key });
      expect([made.status, made.headers.get('ratelimit')?.split(';')[1]]).toEqual([201, `r=${left}`]);
    }
    const refused = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'One' }, key });
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(refused.headers.get('ratelimit')).toMatch(/^"write";r=0;t=\d+$/);

    // Neither other classes of the key nor other keys are touched.
    expect((await gateway.request('/v1/projects', { key })).status).toBe(200);
    await gateway.upload('a.glb', undefined, key);
    await gateway.upload('b.glb', undefined, key);
    await expect(gateway.upload('c.glb', undefined, key)).rejects.toThrow('rate_limited');
    await gateway.upload('c.glb');
  });

  it('of wrong keys are counted by address, before the key is looked at', async () => {
    const headers = from('203.0.113.7');
    for (let i = 0; i < 5; i++) {
      expectProblem(await gateway.request('/v1/projects', { key: STRANGER, headers }), 401, 'unauthenticated');
    }
    const refused = await gateway.request('/v1/projects', { key: STRANGER, headers });
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600);
    // Whoever guesses learns nothing from a good guess.
    expectProblem(await gateway.request('/v1/projects', { headers }), 429, 'rate_limited');
    expect((await gateway.request('/v1/me', { headers: from('203.0.113.8') })).status).toBe(200);

    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/events`, {
      headers: { authorization: `Bearer ${KEY}`, ...headers },
    });
    const [, answer] = await once(socket, 'unexpected-response');
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(600);
    answer.destroy();
  });

  it('count what is no key at all, of WebSockets too', async () => {
    const headers = from('203.0.113.9');
    const statusOf = async (authorization: string) => {
      const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/events`, {
        headers: { authorization, ...headers },
      });
      const [, answer] = await once(socket, 'unexpected-response');
      answer.destroy();
      return answer.statusCode;
    };
    for (let i = 0; i < 5; i++) expect(await statusOf('Basic bm9ib2R5')).toBe(401);
    expect(await statusOf('Basic bm9ib2R5')).toBe(429);
  });

  it('count wrong passwords of a share, and not that it was asked without one', async () => {
    const asset = await gateway.upload();
    const json = { password: 'a word for the client' };
    const made = await gateway.request(`/v1/assets/${asset.id}/shares`, { method: 'POST', json });
    const ask = async (password: string | null) => {
      const authorization = `Basic ${Buffer.from(`:${password}`).toString('base64')}`;
      const headers = { ...from('203.0.113.10'), ...(password !== null && { authorization }) };
      return (await gateway.request(made.json.url, { key: null, headers })).status;
    };
    for (let i = 0; i < 8; i++) expect(await ask(null)).toBe(401);
    expect(await ask(json.password)).toBe(200);
    for (let i = 0; i < 5; i++) expect(await ask(`guess ${i}`)).toBe(401);
    expect(await ask(json.password)).toBe(429);
  });

  it('do not count what needs no key', async () => {
    for (let i = 0; i < 30; i++) expect((await gateway.request('/healthz', { key: null })).status).toBe(200);
  });
});
