import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import { newId } from '#contracts/ids/ids.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { Asset } from '#contracts/rest/resources/asset.ts';
import { AssetReport } from '#contracts/rest/resources/asset-report.ts';
import { Project } from '#contracts/rest/resources/project.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestAnswer, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('projects', () => {
  it('live from 201 to 204', async () => {
    const made = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'Spring' } });
    expect(made.status).toBe(201);
    const project = Project.parse(made.json);
    expect(made.headers.get('location')).toBe(`/v1/projects/${project.id}`);
    const read = await gateway.request(`/v1/projects/${project.id}`);
    expect(read.json).toEqual(project);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    const renamed = await gateway.request(`/v1/projects/${project.id}`, { method: 'PATCH', json: { name: 'Summer' } });
    expect(renamed.json).toMatchObject({ name: 'Summer', revision: project.revision + 1 });
    const gone = await gateway.request(`/v1/projects/${project.id}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expectProblem(await gateway.request(`/v1/projects/${project.id}`), 404, 'not_found');
  });

  it('are read again only when they changed, and changed only when they are as they were seen', async () => {
    const { json: project, headers } = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'One' } });
    const path = `/v1/projects/${project.id}`;
    const tag = headers.get('etag') as string;
    for (const list of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await gateway.request(path, { headers: { 'if-none-match': list } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
      // A length that is announced and does not come would keep clients waiting.
      expect(again.headers.get('content-length')).toBeNull();
    }
    const first = await gateway.request(path, { method: 'PATCH', json: { name: 'Two' }, headers: { 'if-match': tag } });
    expect(first.status).toBe(200);
    const second = { method: 'PATCH', json: { name: 'Three' }, headers: { 'if-match': tag } };
    expectProblem(await gateway.request(path, second), 412, 'precondition_failed');
    expect((await gateway.request(path, { headers: { 'if-none-match': tag } })).status).toBe(200);
    const now = first.headers.get('etag') as string;
    for (const header of [`W/${now}`, '"nonsense"', `${tag}, "r99"`]) {
      const refused = { method: 'DELETE', headers: { 'if-match': header } };
      expectProblem(await gateway.request(path, refused), 412, 'precondition_failed');
    }
    const any = { method: 'PATCH', json: { name: 'Four' }, headers: { 'if-match': `${tag}, ${now}` } };
    expect((await gateway.request(path, any)).status).toBe(200);
    expect((await gateway.request(path, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(204);
  });

  it('are listed page by page, following the Link header', async () => {
    for (const name of ['p1', 'p2', 'p3']) await gateway.request('/v1/projects', { method: 'POST', json: { name } });
    const seen: string[] = [];
    let path: string | undefined = '/v1/projects?limit=2';
    while (path !== undefined) {
      const answer: TestAnswer = await gateway.request(path);
      expect(answer.json.data.length).toBeLessThanOrEqual(2);
      seen.push(...answer.json.data.map((project: Project) => project.id));
      const next: string | undefined = /^<(\/v1\/projects\?[^>]+)>; rel="next"$/.exec(
        answer.headers.get('link') ?? '',
      )?.[1];
      expect(next === undefined).toBe(answer.json.nextCursor === null);
      path = next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen).toEqual([...seen].sort().reverse());
  });
});

describe('requests', () => {
  it('are refused with every wrong field named', async () => {
    const answer = await gateway.request('/v1/assets?limit=0&state=broken', {});
    const problem = expectProblem(answer, 400, 'invalid_request');
    expect(problem.errors.map(({ pointer }) => pointer).sort()).toEqual(['/query/limit', '/query/state']);
  });

  it('that cannot be read end in problem documents', async () => {
    const json = { 'content-type': 'application/json' };
    const post = (body: string, headers: Record<string, string> = json) =>
      gateway.request('/v1/projects', { method: 'POST', body, headers });
    expectProblem(await post('{'), 400, 'invalid_request');
    expectProblem(await post('[]'), 400, 'invalid_request');
    expectProblem(await post(''), 400, 'invalid_request');
    expectProblem(await post('{"name":"x","__proto__":{"a":1}}'), 400, 'invalid_request');
    expectProblem(
      await post('name=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await post(JSON.stringify({ name: 'x'.repeat(2 ** 21) })), 413, 'payload_too_large');
    expectProblem(await gateway.request('/v1/nothing'), 404, 'not_found');
    expectProblem(await post('['.repeat(400_000)), 400, 'invalid_request');
    const nested = `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expectProblem(await post(nested), 400, 'invalid_request');
    expectProblem(await post(JSON.stringify({ name: 'a\u0000b' })), 400, 'invalid_request');
    expectProblem(await gateway.request('/v1/assets?cursor=%00%ff'), 400, 'invalid_request');
    const file = `/v1/assets/${newId('asset')}/versions/99999999999/files/a`;
    expectProblem(await gateway.request(file), 400, 'invalid_request');
    expectProblem(await gateway.request('/v1/projects/%zz'), 400, 'invalid_request');
    const long = await gateway.request(`/v1/projects/${'a'.repeat(4000)}`);
    expect(expectProblem(long, 400, 'invalid_request').detail).toContain('longer than 3000');
    const method = await gateway.request('/v1/projects', { method: 'DELETE' });
    expectProblem(method, 405, 'method_not_allowed');
    expect(method.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
    const options = await gateway.request('/v1/projects', { method: 'OPTIONS', key: null });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  });

  it('keep a sane request id and get a new one otherwise', async () => {
    const kept = await gateway.request('/healthz', { headers: { 'x-request-id': 'order-17' } });
    expect(kept.headers.get('x-request-id')).toBe('order-17');
    const replaced = await gateway.request('/healthz', { headers: { 'x-request-id': 'a b;c' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('with HEAD get the headers of GET', async () => {
    const { json: project } = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'Head' } });
    const path = `/v1/projects/${project.id}`;
    const get = await gateway.request(path);
    const head = await gateway.request(path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(head.headers.get(name), name).toBe(get.headers.get(name));
    }
    const tag = get.headers.get('etag') as string;
    const unchanged = await gateway.request(path, { method: 'HEAD', headers: { 'if-none-match': tag } });
    expect(unchanged.status).toBe(304);
    expect((await gateway.request(`/v1/projects/${newId('project')}`, { method: 'HEAD' })).status).toBe(404);
  });

  it('are answered with headers that keep browsers from guessing and framing', async () => {
    const { headers } = await gateway.request('/healthz');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('keys', () => {
  it('are demanded by every operation but the public ones, with the scope that the table names', async () => {
    const fill = (path: string) =>
      path
        .replaceAll(/\{(\w+)Id\}/g, (_, kind: 'project') => newId(kind))
        .replace('{version}', '1')
        .replace('{name}', 'a.glb')
        .replace('{ending}', 'png');
    const keyWithout = new Map<string, string>();
    for (const [operationId, endpoint] of Object.entries<PublicEndpoint>(PUBLIC_API)) {
      const { scope, method } = endpoint;
      const ask = (key: string | null) => gateway.request(fill(endpoint.path), { method, key });
      if (scope === 'public') {
        // Without a body a change is refused, but not for want of a key.
        const { status } = await ask(null);
        const expected = /Oidc$/.test(operationId) ? status === 404 : method === 'GET' ? status < 400 : status === 400;
        expect(expected, operationId).toBe(true);
        continue;
      }
      const anonymous = await ask(null);
      expectProblem(anonymous, 401, 'unauthenticated');
      expect(anonymous.headers.get('www-authenticate')).toBe('Bearer realm="maquette"');
      expectProblem(await ask('mq_live_ThisKeyWasNeverMade0123456789'), 401, 'unauthenticated');
      if (scope === 'authenticated') continue;
      const others = KEY_SCOPES.filter((other) => other !== scope);
      const key = keyWithout.get(scope) ?? (await gateway.makeKey(others));
      keyWithout.set(scope, key);
      const problem = expectProblem(await ask(key), 403, 'forbidden');
      expect(problem.detail).toContain(scope);
    }
  });

  it('show what they are', async () => {
    const key = await gateway.makeKey(['assets:read']);
    const { json } = await gateway.request('/v1/me', { key });
    expect(json).toMatchObject({
      organization: { id: gateway.organizationId, name: 'Workshop' },
      scopes: ['assets:read'],
    });
  });

  it('are made, listed and revoked, and a revoked one is refused at once', async () => {
    const made = await gateway.request('/v1/api-keys', {
      method: 'POST',
      json: { name: 'build server', scopes: ['projects:read'] },
    });
    expect(made.status).toBe(201);
    const { key, id } = made.json;
    expect(key).toMatch(/^mq_live_/);
    expect((await gateway.request('/v1/projects', { key })).status).toBe(200);
    const list = await gateway.request('/v1/api-keys?limit=1');
    expect(list.json.data[0]).toMatchObject({ id, name: 'build server', revokedAt: null });
    expect(list.text).not.toContain(key);
    expect((await gateway.request(`/v1/api-keys/${id}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await gateway.request('/v1/projects', { key }), 401, 'unauthenticated');
    expectProblem(await gateway.request(`/v1/api-keys/${newId('apiKey')}`, { method: 'DELETE' }), 404, 'not_found');
  });

  it('cannot make a key that may do more than they', async () => {
    const key = await gateway.makeKey(['keys:write', 'assets:read']);
    const json = { name: 'more', scopes: ['assets:read', 'assets:write'] };
    expectProblem(await gateway.request('/v1/api-keys', { method: 'POST', key, json }), 403, 'forbidden');
  });
});

describe('assets', () => {
  it('are read, renamed, moved and deleted', async () => {
    const { id } = await gateway.upload('chair.glb');
    const read = await gateway.request(`/v1/assets/${id}`);
    expect(Asset.parse(read.json)).toMatchObject({ name: 'chair.glb', state: 'processing', version: 1 });
    const project = (await gateway.request('/v1/projects', { method: 'POST', json: { name: 'Chairs' } })).json;
    const changed = await gateway.request(`/v1/assets/${id}`, {
      method: 'PATCH',
      json: { name: 'Chair', projectId: project.id },
      headers: { 'if-match': read.headers.get('etag') as string },
    });
    expect(changed.json).toMatchObject({ name: 'Chair', projectId: project.id });
    const found = await gateway.request(`/v1/assets?projectId=${project.id}&name=chai`);
    expect(found.json.data.map((asset: Asset) => asset.id)).toEqual([id]);
    expectProblem(await gateway.request(`/v1/assets/${id}/report`), 409, 'conflict');
    expect((await gateway.request(`/v1/assets/${id}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await gateway.request(`/v1/assets/${id}`), 404, 'not_found');
  });

  it('show report, versions, files and derivatives once they are processed', async () => {
    const asset = await gateway.uploadReady('table.glb');
    expect(asset).toMatchObject({ state: 'ready', preview: { width: 512, height: 512 } });
    const report = await gateway.request(`/v1/assets/${asset.id}/report`);
    expect(report.json.triangles).toBe(12);
    expect(report.json.verdict).toBeUndefined();
    const judged = await gateway.request(`/v1/assets/${asset.id}/report?profile=commerce`);
    const { verdict, ...measured } = AssetReport.parse(judged.json);
    expect(measured).toEqual(report.json);
    expect(verdict!.rules.find(({ of }) => of === 'triangles')).toMatchObject({ outcome: 'passed', value: 12 });
    // It was processed before there were checks.
    expect(verdict!.rules.find(({ of }) => of === 'NON_MANIFOLD_EDGES')).toMatchObject({ outcome: 'failed' });
    expectProblem(await gateway.request(`/v1/assets/${asset.id}/report?profile=paper`), 404, 'not_found');
    const versions = await gateway.request(`/v1/assets/${asset.id}/versions`);
    expect(versions.json.data).toHaveLength(1);
    const files = await gateway.request(`/v1/assets/${asset.id}/files`);
    expect(files.json.data.map(({ role }: { role: string }) => role)).toEqual(['original', 'glb']);
    const derivatives = await gateway.request(`/v1/assets/${asset.id}/derivatives`);
    const operations = derivatives.json.data.map(({ operation }: { operation: string }) => operation);
    expect(operations).toEqual(['render.image', 'geometry.process']);
    const one = await gateway.request(`/v1/derivatives/${derivatives.json.data[0].id}`);
    expect(one.json).toEqual(derivatives.json.data[0]);
  });

  it('of another organisation are not there', async () => {
    const asset = await gateway.uploadReady();
    const { json: derivatives } = await gateway.request(`/v1/assets/${asset.id}/derivatives`);
    const { key } = await gateway.makeOrganization();
    for (const path of [
      `/v1/assets/${asset.id}`,
      `/v1/assets/${asset.id}/report`,
      `/v1/assets/${asset.id}/files`,
      `/v1/assets/${asset.id}/versions`,
      `/v1/assets/${asset.id}/versions/1/files/chair.glb`,
      `/v1/assets/${asset.id}/model.glb`,
      `/v1/assets/${asset.id}/render.webp?width=512&height=512`,
      `/v1/derivatives/${derivatives.data[0].id}`,
      `/v1/derivatives/${derivatives.data[0].id}/file`,
      `/v1/jobs/${asset.job}`,
      `/v1/projects/${asset.projectId}`,
    ]) {
      expect((await gateway.request(path)).status, path).toBe(200);
      expectProblem(await gateway.request(path, { key }), 404, 'not_found');
    }
    expect((await gateway.request('/v1/assets', { key })).json.data).toEqual([]);
    const json = { assetId: asset.id };
    expectProblem(await gateway.request('/v1/renders', { method: 'POST', key, json }), 404, 'not_found');
  });
});

describe('the service', () => {
  it('says whether it lives and whether it is ready', async () => {
    expect((await gateway.request('/healthz', { key: null })).json).toEqual({ status: 'ok' });
    expect((await gateway.request('/readyz', { key: null })).json).toEqual({ ready: true });
    gateway.state.ready = false;
    gateway.state.reasons = { rendering: 'no worker' };
    const unready = await gateway.request('/readyz', { key: null });
    gateway.state.ready = true;
    gateway.state.reasons = {};
    expectProblem(unready, 503, 'unavailable');
    expect(unready.json.errors).toEqual([{ pointer: '/rendering', message: 'no worker' }]);
    expect(unready.headers.get('retry-after')).toBe('1');
  });

  it('measures requests by route and status', async () => {
    await gateway.request(`/v1/projects/${newId('project')}`);
    const { text, headers } = await gateway.request('/metrics', { key: null });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /maquette_http_request_seconds_count\{method="GET",route="\/v1\/projects\/\{projectId\}",status="404"\} \d+/,
    );
    expect(text).not.toContain('prj_');
  });
});
