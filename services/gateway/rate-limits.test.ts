import { once } from 'node:events';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger } from '#platform/telemetry/logger.ts';
import { networkOf } from './client-address.ts';
import { RateLimits } from './rate-limits/rate-limits.ts';
import type { ReportTaken } from './rate-limits/shared-counts.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { KEY, OWNER, openGateway, type TestGateway } from './testing/open-gateway.ts';

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

  it('count addresses of IPv6 by their network, of which one client has 64 bits', async () => {
    const statusOf = async (address: string) =>
      (await gateway.request('/v1/projects', { key: STRANGER, headers: from(address) })).status;
    for (let i = 1; i <= 5; i++) expect(await statusOf(`2001:db8:7::${i}`)).toBe(401);
    expect(await statusOf('2001:0db8:0007:0:ffff::1')).toBe(429);
    expect(await statusOf('2001:db8:7:1::1')).toBe(401);
    const networks = [
      ['2001:db8:7:0:1:2:3:4', '2001:db8:7:0::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
      ['::FFFF:192.0.2.1', '192.0.2.1'],
      ['192.0.2.1', '192.0.2.1'],
    ] as const;
    for (const [address, network] of networks) expect(networkOf(address)).toBe(network);
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
    // Guesses under way count, and many requests with the right password are one.
    const several = (address: string, passwords: string[]) =>
      Promise.all(
        passwords.map(async (password) => {
          const authorization = `Basic ${Buffer.from(`:${password}`).toString('base64')}`;
          const headers = { ...from(address), authorization };
          return (await gateway.request(made.json.url, { key: null, headers })).status;
        }),
      );
    const guesses = await several(
      '203.0.113.13',
      Array.from({ length: 9 }, (_, index) => `a guess ${index}`),
    );
    expect(guesses.toSorted()).toEqual([...Array(5).fill(401), ...Array(4).fill(429)]);
    const again = await gateway.request(`/v1/assets/${asset.id}/shares`, { method: 'POST', json });
    made.json.url = again.json.url;
    expect(new Set(await several('203.0.113.14', Array(9).fill(json.password)))).toEqual(new Set([200]));
  });

  it('count passwords that are still being looked at: many at once are as many as one after another', async () => {
    const headers = from('203.0.113.12');
    const guess = (_: unknown, index: number) => {
      const json = { email: `somebody-${index}@example.org`, password: 'a guess' };
      return gateway.request('/v1/auth/sign-in', { method: 'POST', key: null, headers, json });
    };
    const statuses = (await Promise.all(Array.from({ length: 12 }, guess))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
  });

  it('of wrong passwords keep nobody out who has been signed in from where they are', async () => {
    const signIn = async (address: string, password: string = OWNER.password) => {
      const json = { email: OWNER.email, password };
      return (await gateway.request('/v1/auth/sign-in', { method: 'POST', key: null, headers: from(address), json }))
        .status;
    };
    expect(await signIn('198.51.100.1')).toBe(200);
    expect(await signIn('198.51.100.2', 'a guess')).toBe(401);
    // As if somebody had guessed all night.
    await sql`update sign_in_failures set failures = 20, last_at = now()`.execute(gateway.authDatabase.kysely);
    expect(await signIn('198.51.100.2')).toBe(429);
    expect(await signIn('198.51.100.3')).toBe(429);
    expect(await signIn('198.51.100.1')).toBe(200);
    for (let i = 0; i < 5; i++) expect(await signIn('198.51.100.1', 'a guess')).toBe(401);
    expect(await signIn('198.51.100.1')).toBe(429);
  });

  it('do not count what needs no key', async () => {
    for (let i = 0; i < 30; i++) expect((await gateway.request('/healthz', { key: null })).status).toBe(200);
  });
});

describe('several gateways', () => {
  const QUOTA = 50;
  const logger = createLogger({ level: 'fatal', service: 'test' });
  const none = { write: null, work: null, failures: null, address: null };
  const tell: ReportTaken = async (counted) => (await gateway.rates.countRequests({ counted })).untilFull;

  /** One more gateway, with the count of its reports that were answered. */
  function another(report = tell) {
    const limits = new RateLimits({ read: { quota: QUOTA, seconds: 3600 }, ...none });
    const state = { reports: 0 };
    const shared = limits.share(async (counted) => {
      const answer = await report(counted);
      state.reports += 1;
      return answer;
    }, logger);
    const letIn = (client: string) => {
      try {
        return Boolean(limits.count(client, 'read'));
      } catch {
        return false;
      }
    };
    /** As many requests at once; how many of them it lets in. */
    const ask = (client: string, requests: number) =>
      Array.from({ length: requests }, () => letIn(client)).filter((one) => one).length;
    return { ask, shared, state };
  }

  it('let a client have its quota together, and a tenth more each at the most while they do not know it', async () => {
    const gateways = [another(), another(), another()];
    let letIn = 0;
    for (let round = 0; round < 8; round++) {
      for (const { ask, state } of gateways) {
        const before = state.reports;
        const here = ask('key_spread', QUOTA / 10);
        letIn += here;
        // All were told at once, not after a second: a tenth of the quota is used.
        if (here === QUOTA / 10) await vi.waitFor(() => expect(state.reports).toBeGreaterThan(before), 20_000);
      }
    }
    expect(letIn).toBeGreaterThanOrEqual(QUOTA);
    expect(letIn).toBeLessThanOrEqual(QUOTA + (3 * QUOTA) / 10);
    for (const { shared } of gateways) await shared.stop();
    // What was too much is a debt of the client, and a gateway that never saw it learns of it with the first report.
    const [untilFull = 0] = await tell([{ bucket: 'read key_spread', milliseconds: 1 }]);
    expect(untilFull / 72_000).toBeGreaterThan(letIn - 1);
    expect(untilFull / 72_000).toBeLessThanOrEqual(letIn + 0.1);
    const late = another();
    expect(late.ask('key_spread', QUOTA / 10)).toBe(QUOTA / 10);
    await vi.waitFor(() => expect(late.state.reports).toBe(1), 20_000);
    await vi.waitFor(() => expect(late.ask('key_spread', 1)).toBe(0), 20_000);
    expect(late.ask('key_other', 1)).toBe(1);
    await late.shared.stop();
  });

  it('go on by what each knows while nobody answers, and report it afterwards', async () => {
    let away = true;
    const lonely = another(async (counted) => {
      if (away) throw new Error('nobody is there');
      return tell(counted);
    });
    expect(lonely.ask('key_lonely', QUOTA + 20)).toBe(QUOTA);
    away = false;
    await lonely.shared.stop();
    const [untilFull = 0] = await tell([{ bucket: 'read key_lonely', milliseconds: 1 }]);
    expect(untilFull / 72_000).toBeGreaterThan(QUOTA - 1);
  });
});
