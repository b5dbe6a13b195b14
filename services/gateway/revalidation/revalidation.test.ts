import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import type { Project } from '#contracts/rest/resources/project.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { KEY, openGateway, type TestAnswer, type TestGateway } from '../testing/open-gateway.ts';

let gateway: TestGateway;
/** Counts what went through to the data service. */
let reads: ReturnType<typeof vi.spyOn>;
beforeAll(async () => {
  const failures = null;
  const rates = { read: { quota: 500, seconds: 3600 }, write: null, work: null, failures, address: null };
  gateway = await openGateway({ rates });
  reads = vi.spyOn(gateway.data, 'getProject');
});
afterAll(() => gateway?.close());

let project: Project;
let path: string;
let tag: string;
beforeEach(async () => {
  const made = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'One' } });
  project = made.json;
  path = `/v1/projects/${project.id}`;
  tag = made.headers.get('etag') as string;
});

interface Asked {
  key?: string;
  headers?: Record<string, string>;
}

const ask = (options: Asked = {}) =>
  gateway.request(path, { ...options, headers: { 'if-none-match': tag, ...options.headers } });

/** Asks until an answer did not go through to the data service: whatever happens in the background lets one through. */
async function askUntilRepeated(options: Asked = {}): Promise<TestAnswer> {
  for (let attempt = 0; attempt < 20; attempt++) {
    reads.mockClear();
    const answer = await ask(options);
    if (reads.mock.calls.length === 0) return answer;
  }
  throw new Error('every answer went through to the data service');
}

/** Asks often, and expects that each request goes through to the data service. */
async function expectNeverRepeated(options: Asked): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt++) {
    reads.mockClear();
    expect((await ask(options)).status).toBe(304);
    expect(reads).toHaveBeenCalledOnce();
  }
}

/** Of an answer, without what differs between any two. */
function comparable(answer: TestAnswer) {
  const headers = new Map(answer.headers);
  const own = ['x-request-id', 'date', 'ratelimit'].map((name) => [name, headers.get(name)]);
  for (const [name] of own) headers.delete(name as string);
  return { status: answer.status, headers: Object.fromEntries([...headers].sort()), text: answer.text };
}

describe('an answer 304', () => {
  it('is given again as it was, without the data service, with headers of its own', async () => {
    const first = await ask();
    expect(reads).toHaveBeenCalled();
    const again = await askUntilRepeated({ headers: { 'x-request-id': 'mine-1' } });
    expect(comparable(again)).toEqual(comparable(first));
    expect(again.status).toBe(304);
    expect(again.headers.get('x-request-id')).toBe('mine-1');
    expect(first.headers.get('x-request-id')).not.toBe('mine-1');
    const left = (answer: TestAnswer) => Number(/r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);
    expect(left(again)).toBeLessThan(left(first));
  });

  it('is not given once the resource has changed, whoever changed it', async () => {
    await askUntilRepeated();
    const json = { name: 'Two' };
    await gateway.request(path, { method: 'PATCH', json });
    const changed = await ask();
    expect([changed.status, changed.json.name]).toEqual([200, 'Two']);

    tag = changed.headers.get('etag') as string;
    await askUntilRepeated();
    // Past the gateway.
    await gateway.data.updateProject({
      headers: { 'x-maquette-organization': gateway.organizationId },
      params: { projectId: project.id },
      query: {},
      body: { name: 'Three' },
    });
    expect((await ask()).json.name).toBe('Three');
  });

  it('is not given once the resource is gone', async () => {
    await askUntilRepeated();
    await gateway.request(path, { method: 'DELETE' });
    expectProblem(await ask(), 404, 'not_found');
  });

  it('is given at the same instant to many who ask together', async () => {
    await askUntilRepeated();
    reads.mockClear();
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([304]));
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(40);
    expect(reads.mock.calls.length).toBeLessThan(40);
  });

  it('is given for the tag that it has, in whatever list it is named', async () => {
    await askUntilRepeated();
    for (const list of [`W/${tag}`, `"other", ${tag}`, '*']) {
      expect((await ask({ headers: { 'if-none-match': list } })).status).toBe(304);
    }
    expect((await ask({ headers: { 'if-none-match': '"r99"' } })).status).toBe(200);
  });
});

describe('who asks', () => {
  it('is let in each time: not with another key, nor with one that was revoked', async () => {
    const made = await gateway.request('/v1/api-keys', {
      method: 'POST',
      json: { name: 'short-lived', scopes: ['projects:read'] },
    });
    const { key, id } = made.json;
    await askUntilRepeated({ key });
    expectProblem(await ask({ key: `${KEY}x` }), 401, 'unauthenticated');
    const others = await gateway.makeOrganization();
    expectProblem(await ask({ key: others.key }), 404, 'not_found');
    const narrow = await gateway.makeKey(KEY_SCOPES.filter((scope) => scope !== 'projects:read'));
    expectProblem(await ask({ key: narrow }), 403, 'forbidden');
    await gateway.request(`/v1/api-keys/${id}`, { method: 'DELETE' });
    expectProblem(await ask({ key }), 401, 'unauthenticated');
  });

  it('goes through when the answer may be another: from a page, with a body, for HEAD', async () => {
    await askUntilRepeated();
    await expectNeverRepeated({ headers: { origin: gateway.url } });
    reads.mockClear();
    const head = await gateway.request(path, { method: 'HEAD', headers: { 'if-none-match': tag } });
    expect(head.status).toBe(304);
    expect(reads).toHaveBeenCalledOnce();
    expect(await statusOfGetWithBody()).toBe(304);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('is refused when too many requests came, with the reason', async () => {
    const key = await gateway.makeKey(KEY_SCOPES);
    const asked = { key };
    await askUntilRepeated(asked);
    const last = (await Promise.all(Array.from({ length: 520 }, () => ask(asked)))).at(-1) as TestAnswer;
    const refused = last.status === 429 ? last : await ask(asked);
    expectProblem(refused, 429, 'rate_limited');
    expect(refused.text).toContain('500');
  });

  /** `fetch` sends no body with GET. */
  async function statusOfGetWithBody(): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${KEY}`, 'if-none-match': tag, 'content-type': 'application/json' };
      const call = httpRequest(`${gateway.url}${path}`, {
        method: 'GET',
        headers: { ...headers, 'content-length': 2 },
      });
      call.once('error', reject);
      call.once('response', (answer) => resolve(answer.resume().statusCode));
      call.end('{}');
    });
  }
});

describe('the measures', () => {
  it('count repeated answers like others', async () => {
    const counted = async () => {
      const count =
        /maquette_http_request_seconds_count\{method="GET",route="\/v1\/projects\/\{projectId\}",status="304"\} (\d+)/;
      return Number(count.exec(await gateway.metrics.registry.metrics())?.[1]);
    };
    await askUntilRepeated();
    const before = await counted();
    await askUntilRepeated();
    expect(await counted()).toBeGreaterThan(before);
  });
});
