import { afterAll, beforeAll, expect, it } from 'vitest';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

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
