import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { expectProblem } from '#services/gateway/testing/expect-problem.ts';
import { KEY, openGateway, type TestGateway } from '#services/gateway/testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ timeouts: { headersMs: 400, jsonBodyMs: 400, stalledMs: 1500 } });
});
afterAll(() => gateway?.close());

const AUTHORIZED = `Host: localhost\r\nAuthorization: Bearer ${KEY}\r\n`;

/** Sends bytes over a connection of its own. @returns everything that came back until it was closed */
async function raw(text: string, options: { end?: boolean } = {}): Promise<string> {
  const { port, hostname } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(text);
  if (options.end) socket.end();
  await once(socket, 'close');
  return answer;
}

describe('mass assignment', () => {
  const theirs = {
    id: newId('project'),
    organizationId: newId('organization'),
    revision: 99,
    createdAt: '2000-01-01T00:00:00Z',
  };

  it.each([
    ['POST', '/v1/projects', { name: 'Mine' }],
    ['POST', '/v1/webhooks', { url: 'https://example.com', events: ['model_rejected'] }],
    ['POST', '/v1/api-keys', { name: 'Mine', scopes: ['assets:read'] }],
  ])('of %s %s is refused, as what is misspelt is', async (method, path, json) => {
    for (const [name, value] of Object.entries({ ...theirs, expires: theirs.createdAt })) {
      const answer = await gateway.request(path, { method, json: { ...json, [name]: value } });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.json.errors).toEqual([{ pointer: '/body', message: expect.stringContaining(name) }]);
    }
    expect((await gateway.request(`${path}?limit=200`)).text).not.toContain(theirs.organizationId);
  });

  it('of a change neither moves to another organisation nor counts as another revision', async () => {
    const { json: project } = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'One' } });
    const change = { method: 'PATCH', json: { ...theirs, name: 'Two' } };
    expectProblem(await gateway.request(`/v1/projects/${project.id}`, change), 400, 'invalid_request');
    expect((await gateway.request(`/v1/projects/${project.id}`)).json).toEqual(project);
  });

  it.each(['__proto__', 'constructor'])('does not reach prototypes by `%s`', async (name) => {
    const body = `{"name":"x","${name}":{"prototype":{"admin":true},"admin":true}}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await gateway.request('/v1/projects', { method: 'POST', body, headers });
    expectProblem(answer, 400, 'invalid_request');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('header injection', () => {
  it('by the name of a file adds no header to its download', async () => {
    const form = new FormData();
    form.append('file', new Blob(['glTF']), 'a"; x="\u010d\u010aSet-Cookie: evil=1.glb');
    const made = await gateway.request('/v1/assets', { method: 'POST', body: form });
    if (made.status === 400) return;
    const { json } = await gateway.request(`/v1/assets/${made.json.id}/files`);
    const answer = await gateway.request(json.data[0].url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('content-disposition')).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each([
    ['/v1/projects?limit=1&x=%0d%0aset-cookie:evil=1'],
    ['/v1/projects?cursor=%0d%0aset-cookie:evil=1'],
    ['/v1/%0d%0aset-cookie:evil=1'],
    ['/healthz%0d%0aset-cookie:evil=1'],
  ])('by %s adds none', async (path) => {
    for (let index = 0; index < 2; index++)
      await gateway.request('/v1/projects', { method: 'POST', json: { name: 'x' } });
    const answer = await gateway.request(path);
    expect(answer.headers.get('set-cookie')).toBeNull();
    for (const [name] of answer.headers) expect(name).not.toContain('evil');
  });

  it('by X-Request-Id puts nothing into the answer that is no id', async () => {
    for (const id of ['a b', '<script>', 'x'.repeat(5000)]) {
      const answer = await gateway.request('/healthz', { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]{1,200}$/);
    }
  });
});

describe('requests that two servers would read differently', () => {
  it.each([
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
    ['a length beside chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 4\r\n\r\nabcd'],
    ['a bare line feed', 'X: a\nContent-Length: 4\r\n\r\nabcd'],
  ])('with %s are refused, and nothing after them is read', async (_, rest) => {
    const answer = await raw(
      `POST /v1/projects HTTP/1.1\r\n${AUTHORIZED}${rest}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
      { end: true },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|501)/);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });
});

describe('bytes that are no HTTP', () => {
  it('get a problem document and the end of the connection', async () => {
    const answer = await raw('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'invalid_request', status: 400 });
  });
});

describe('too much', () => {
  it.each([
    ['a body', 413, 'payload_too_large', { body: `{"name":"${'x'.repeat(1024 * 1024)}"}` }],
    ['brackets without end', 400, 'invalid_request', { body: '['.repeat(500_000) }],
    ['nesting', 400, 'invalid_request', { body: `{"name":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}` }],
    ['a name', 400, 'invalid_request', { body: JSON.stringify({ name: 'x'.repeat(201) }) }],
    ['digits', 400, 'invalid_request', { body: `{"name":${'9'.repeat(500_000)}}` }],
  ])('of %s answers %i', async (_, status, code, { body }) => {
    const begin = performance.now();
    const headers = { 'content-type': 'application/json' };
    expectProblem(await gateway.request('/v1/projects', { method: 'POST', body, headers }), status, code);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('of headers is cut off with an answer', async () => {
    const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4(00|31)/);
  });

  it.each([
    ['/v1/assets?name=', '(a+)+$'.repeat(30)],
    ['/v1/events?types=', 'a,'.repeat(3000)],
    ['/v1/assets?cursor=', `${'a'.repeat(400)}!`],
  ])('of a pattern in %s takes no time: no text of a client becomes a regular expression', async (path, text) => {
    const begin = process.cpuUsage();
    await gateway.request(`${path}${encodeURIComponent(text)}`, { headers: { accept: 'application/json' } });
    const { user } = process.cpuUsage(begin);
    expect(user / 1000).toBeLessThan(2000);
  });
});

describe('slowness', () => {
  it.each([
    ['headers that never end', `GET /healthz HTTP/1.1\r\n${AUTHORIZED}X: `],
    [
      'a body that never ends',
      `POST /v1/projects HTTP/1.1\r\n${AUTHORIZED}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
    ],
    ['a connection that says nothing', ''],
  ])('of %s ends the connection', async (_, text) => {
    await raw(text);
  });

  it('in reading an answer ends the connection', async () => {
    const { id } = await gateway.upload('large.glb', 'x'.repeat(7 * 1024 * 1024));
    const { json } = await gateway.request(`/v1/assets/${id}/files`);
    const { port, hostname } = new URL(gateway.url);
    const arrived = once(gateway.http.server, 'connection');
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(`GET ${json.data[0].url} HTTP/1.1\r\n${AUTHORIZED}\r\n`.repeat(3));
    const [served] = await arrived;
    await once(served, 'close');
    socket.destroy();
  });
});
