import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationId, PUBLIC_API } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { type Browser, openBrowser } from './testing/browser.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { ask, FIXED, oneOfEach } from './testing/one-of-each.ts';
import { openGateway, type TestAnswer, type TestGateway } from './testing/open-gateway.ts';

/** What holds for every operation, tried on each that the table names: a new one is held to it by itself. */
const operations = Object.entries(PUBLIC_API) as [OperationId, PublicEndpoint][];
const headersOf = ({ headers }: PublicEndpoint) => Object.keys(headers?.shape ?? {});
const isJson = ({ responses }: PublicEndpoint) => Object.values(responses).some(({ body }) => typeof body === 'object');
const reads = operations.filter(
  ([id, endpoint]) => headersOf(endpoint).includes('if-none-match') && isJson(endpoint) && id !== 'exportModel',
);
const changes = operations.filter(([, endpoint]) => headersOf(endpoint).includes('if-match'));

let gateway: TestGateway;
let owner: Browser;
let owned: Record<string, string>;
beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
  owned = await oneOfEach(gateway, owner);
  // Not the one that asks: what ends it would end the test.
  owned.sessionId = (await openBrowser(gateway)).signedIn.session.id;
});
afterAll(() => gateway?.close());

const pathOf = ({ path }: PublicEndpoint) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => FIXED[name] ?? owned[name] ?? name);
const send = (endpoint: PublicEndpoint, headers: Record<string, string> = {}, query = '') =>
  ask(gateway, endpoint, owner.request, owned, { headers, query, inBody: true });
/** Of a storage that takes no direct uploads. */
const isThere = ([, { path }]: [OperationId, PublicEndpoint]) => !path.includes('{directUploadId}');

describe('every path', () => {
  const paths = [...new Set(operations.map(([, { path }]) => path))];

  it.each(paths)('%s tells its methods, and refuses all others', async (path) => {
    const known = operations.filter(([, endpoint]) => endpoint.path === path);
    const [, first] = known[0] as [OperationId, PublicEndpoint];
    const allowed = known.flatMap(([, { method }]) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const allow = [...allowed, 'OPTIONS'].sort().join(', ');
    const options = await owner.request(pathOf(first), { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((other) => !allowed.includes(other))) {
      const refused = await owner.request(pathOf(first), { method });
      expectProblem(refused, 405, 'method_not_allowed');
      expect(refused.headers.get('allow')).toBe(allow);
    }
  });
});

describe('every read', () => {
  it.each(reads.filter(isThere))('%s is answered 304 while it is as it was, and by HEAD alike', async (_, endpoint) => {
    const read = await send(endpoint);
    expect(read.status, read.text).toBe(200);
    const tag = read.headers.get('etag') as string;
    expect(tag).toMatch(/^"[\w.-]+"$/);
    const again = await send(endpoint, { 'if-none-match': tag });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    const head = await owner.request(pathOf(endpoint), { method: 'HEAD' });
    const shown = ({ status, headers }: TestAnswer) => [
      status,
      ...['etag', 'content-type', 'content-length', 'link', 'cache-control'].map((name) => headers.get(name)),
    ];
    expect([head.text, ...shown(head)]).toEqual(['', ...shown(read)]);
  });

  it.each(operations.filter(([, { method, scope }]) => method === 'GET' && scope !== 'public'))(
    '%s refuses a query that it does not know',
    async (_, endpoint) => {
      const problem = expectProblem(await send(endpoint, {}, '?nonsense=1'), 400, 'invalid_request');
      expect(problem.errors.map(({ pointer }) => pointer).join()).toMatch(/^\/query(\/nonsense)?$/);
    },
  );

  it.each(reads.filter(([, { query }]) => query?.shape && 'limit' in query.shape))(
    '%s comes in pages',
    async (_, endpoint) => {
      const whole = await send(endpoint, {}, '?limit=200');
      const { data, nextCursor } = whole.json;
      expect([whole.status, nextCursor, whole.headers.get('link')]).toEqual([200, null, null]);
      const seen: unknown[] = [];
      let next: string | undefined = `${pathOf(endpoint)}?limit=1`;
      while (next !== undefined && seen.length < 4) {
        const page: TestAnswer = await owner.request(next);
        expect(page.json.data.length, next).toBeLessThanOrEqual(1);
        seen.push(...page.json.data);
        next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
        expect(next === undefined).toBe(page.json.nextCursor === null);
      }
      expect(seen).toEqual(data.slice(0, seen.length));
      expect(seen.length).toBe(Math.min(4, data.length));
      for (const query of ['limit=0', 'limit=201', 'limit=abc', 'limit=1&limit=2', 'cursor=zzz']) {
        expectProblem(await owner.request(`${pathOf(endpoint)}?${query}`), 400, 'invalid_request');
      }
    },
  );
});

describe('every change', () => {
  it.each(changes)('%s is refused when it builds on something else', async (_, endpoint) => {
    for (const tag of ['"nonsense"', 'W/"r1"']) {
      expectProblem(await send(endpoint, { 'if-match': tag }), 412, 'precondition_failed');
    }
  });

  it.each(changes.filter(([, { method }]) => method !== 'DELETE'))(
    '%s builds on what was read',
    async (_, endpoint) => {
      const read = await owner.request(pathOf(endpoint));
      expect(read.status, read.text).toBe(200);
      const tag = read.headers.get('etag') as string;
      const given = { ...owned, organizationId: gateway.organizationId };
      const more = { headers: { 'if-match': `"other", ${tag}` }, inBody: true };
      const changed = await ask(gateway, endpoint, owner.request, given, more);
      expect([200, 403, 409], changed.text).toContain(changed.status);
      if (changed.status !== 200) return;
      const now = await owner.request(pathOf(endpoint));
      expect(changed.headers.get('etag')).toBe(now.headers.get('etag'));
      if (now.text === read.text) return;
      expect(now.headers.get('etag')).not.toBe(tag);
      const late = await ask(gateway, endpoint, owner.request, given, { headers: { 'if-match': tag }, inBody: true });
      expectProblem(late, 412, 'precondition_failed');
    },
  );

  it.each(operations.filter(([, { body }]) => typeof body === 'object'))(
    '%s takes a body of JSON that is whole, and nothing else',
    async (_, endpoint) => {
      if (endpoint.form) return;
      const as = (type: string, body: string) =>
        owner.request(pathOf(endpoint), { method: endpoint.method, headers: { 'content-type': type }, body });
      expectProblem(await as('text/xml', '<a/>'), 415, 'unsupported_media_type');
      for (const body of ['{', '[]', '{"name":"a","name":"b"', '7']) {
        const problem = expectProblem(await as('application/json', body), 400, 'invalid_request');
        expect(problem.remedy).toBeDefined();
      }
    },
  );
});

describe('what is made', () => {
  const made = operations.filter(
    ([, { answerHeaders = {}, responses }]) => responses[201] && 'Location' in answerHeaders,
  );

  it.each(made.filter(([id]) => !['createDirectUpload', 'createEnvironment', 'createRender'].includes(id)))(
    '%s says where it is, and there it is',
    async (_, endpoint) => {
      const answer = await ask(gateway, endpoint, owner.request, owned, { inBody: true });
      expect(answer.status, answer.text).toBe(201);
      const headers = { 'tus-resumable': '1.0.0' };
      const there = await owner.request(answer.headers.get('location') as string, { headers });
      expect(there.status, there.text).toBe(200);
      if (there.json?.id) expect(answer.json.id).toBe(there.json.id);
    },
  );
});
