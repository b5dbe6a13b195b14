import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import { openBrowser } from './testing/browser.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ corsOrigins: ['https://shop.example'] });
});
afterAll(() => gateway?.close());

const preflight = (origin: string) =>
  gateway.request('/v1/projects', {
    method: 'OPTIONS',
    key: null,
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

it('pages of an allowed origin may use the API with a key, and read refusals, but never with cookies', async () => {
  const allowed = await preflight('https://shop.example');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
  expect(allowed.headers.get('access-control-allow-headers')).toBe('authorization');
  for (const key of [undefined, null]) {
    const answer = await gateway.request('/v1/projects', {
      headers: { origin: 'https://shop.example' },
      ...(key === null && { key }),
    });
    expect(answer.status).toBe(key === null ? 401 : 200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toContain('Origin');
  }
});

it.each(['https://evil.example', 'https://shop.example.evil.example', 'null', 'http://shop.example'])(
  'pages of %s are told nothing',
  async (origin) => {
    for (const answer of [await preflight(origin), await gateway.request('/v1/projects', { headers: { origin } })]) {
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('access-control-allow-methods')).toBeNull();
    }
  },
);

describe('an organisation', () => {
  const PAGE = 'https://studio.example:8443';
  const allow = (allowedOrigins: string[], key = KEY) =>
    gateway.request(`/v1/organizations/${gateway.organizationId}`, { method: 'PATCH', json: { allowedOrigins }, key });
  const readable = async (path: string, key: string | null, origin = PAGE) => {
    const answer = await gateway.request(path, { key, headers: { origin } });
    const allowed = answer.headers.get('access-control-allow-origin');
    expect([null, origin]).toContain(allowed);
    return [answer.status, allowed !== null];
  };

  it('allows pages of an origin to use its own keys, and nobody else to', async () => {
    expect((await preflight(PAGE)).headers.get('access-control-allow-origin')).toBeNull();
    const changed = await allow([PAGE, 'http://localhost:5173']);
    expect(changed.status, changed.text).toBe(200);
    expect(changed.json.allowedOrigins).toEqual(['http://localhost:5173', PAGE]);
    expect((await gateway.request('/v1/organizations')).json.data[0].allowedOrigins).toContain(PAGE);

    const asked = await preflight(PAGE);
    expect(asked.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const stranger = await gateway.makeOrganization();
    expect(await readable('/v1/projects', KEY)).toEqual([200, true]);
    expect(await readable('/v1/projects', stranger.key)).toEqual([200, false]);
    expect(await readable('/v1/projects/prj_01kb2v4t9wf6x8q3m5n7p0r2s4', stranger.key)).toEqual([404, false]);
    // A page learns why nobody knows its key; in whose name it asks is not known.
    expect(await readable('/v1/projects', 'mq_live_nobodys0123456789nobodys')).toEqual([401, true]);
    expect(await readable('/openapi.json', null)).toEqual([200, true]);
    expect(await readable('/v1/projects', KEY, 'https://studio.example')).toEqual([200, false]);
    expect((await preflight('https://studio.example')).headers.get('access-control-allow-origin')).toBeNull();

    const json = { name: 'test', scopes: ['projects:read'], mode: 'test' };
    const test = await gateway.request('/v1/api-keys', { method: 'POST', json });
    expect(await readable('/v1/projects', test.json.key)).toEqual([200, true]);
    const token = await gateway.request('/v1/tokens', { method: 'POST', json: {} });
    expect(await readable('/v1/projects', token.json.access_token)).toEqual([200, true]);

    await allow([]);
    expect(await readable('/v1/projects', KEY)).toEqual([200, false]);
    expect((await preflight(PAGE)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('allows them its links and its events, and lets them read headers', async () => {
    await allow([PAGE]);
    const asset = await gateway.upload();
    const made = await gateway.request('/v1/links', { method: 'POST', json: { path: `/v1/assets/${asset.id}` } });
    expect(await readable(made.json.url, null)).toEqual([200, true]);
    const stream = await fetch(`${gateway.url}/v1/events`, {
      headers: { authorization: `Bearer ${KEY}`, accept: 'text/event-stream', origin: PAGE },
    });
    expect(stream.headers.get('access-control-allow-origin')).toBe(PAGE);
    await stream.body?.cancel();
    const list = await gateway.request('/v1/assets', { headers: { origin: PAGE } });
    const exposed = list.headers.get('access-control-expose-headers')?.split(', ') ?? [];
    expect(exposed).toEqual(expect.arrayContaining(['ETag', 'Link', 'Location', 'RateLimit', 'Upload-Offset']));
    expect(exposed).not.toContain('Set-Cookie');
  });

  it('does not let them act, or read, by the cookie of somebody who is signed in', async () => {
    await allow([PAGE]);
    const owner = await openBrowser(gateway);
    const across = { 'sec-fetch-site': 'same-site', origin: PAGE };
    for (const method of ['GET', 'POST']) {
      const init = { method, headers: across, ...(method === 'POST' && { json: { name: 'Mine' } }) };
      const answer = await owner.request('/v1/projects', init);
      expectProblem(answer, 403, 'forbidden');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    expect((await owner.request('/v1/projects', { headers: { origin: gateway.url } })).status).toBe(200);
    expect((await owner.request('/v1/projects', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200);
  });

  it.each([
    '*',
    'null',
    'https://*.example',
    'https://shop.example/',
    'https://shop.example:443',
    'https://Shop.example',
    'https://shop.example/page',
    'https://user@shop.example',
    'https://shop.example:0',
    'ftp://shop.example',
    'shop.example',
    '',
  ])('cannot allow %j', async (origin) => {
    expectProblem(await allow([origin]), 400, 'invalid_request');
  });

  it('allows up to fifty, each once, by those who administer it, and the log tells of it', async () => {
    const many = Array.from({ length: 51 }, (_, index) => `https://shop${index}.example`);
    expectProblem(await allow(many), 400, 'invalid_request');
    expectProblem(await allow([PAGE, PAGE]), 400, 'invalid_request');
    const key = await gateway.makeKey(KEY_SCOPES.filter((scope) => scope !== 'organization:write'));
    expectProblem(await allow([PAGE], key), 403, 'forbidden');
    expect((await allow(many.slice(1))).json.allowedOrigins).toHaveLength(50);
    const { json } = await gateway.request('/v1/audit-log?action=setAllowedOrigins&limit=1');
    expect(json.data[0]).toMatchObject({ actor: { kind: 'apiKey' }, outcome: 'done' });
    expect(json.data[0].details.origins).toHaveLength(50);
  });
});
