import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

const SCOPES = ['projects:write', 'assets:read', 'assets:write', 'renders:write', 'jobs:read', 'jobs:write'];

let gateway: TestGateway;
let key: string;
let keyId: string;
beforeAll(async () => {
  gateway = await openGateway();
  const made = await makeKey({ scopes: SCOPES });
  key = made.json.key;
  keyId = made.json.id;
});
afterAll(() => gateway?.close());

function makeKey(input: object) {
  return gateway.request('/v1/api-keys', { method: 'POST', json: { name: 'tests', mode: 'test', ...input } });
}

async function upload(name: string) {
  const headers = { 'content-type': 'application/octet-stream' };
  const path = `/v1/assets?name=${encodeURIComponent(name)}`;
  return (await gateway.request(path, { method: 'POST', key, headers, body: `glTF ${name}` })).json;
}

const read = async (path: string) => (await gateway.request(path, { key })).json;

/** An asset of test mode with its preview, after which everything older was decided. */
async function ready(name: string) {
  const { id } = await upload(name);
  await gateway.work('geometry.process', { asset: id });
  await gateway.work('render.image', { asset: id });
  return read(`/v1/assets/${id}`);
}

describe('a test key', () => {
  it('is told by its form, and listed with the others', async () => {
    expect(key).toMatch(/^mq_test_\w{32}$/);
    const { data } = (await gateway.request('/v1/api-keys')).json;
    expect(data.find(({ id }: { id: string }) => id === keyId)).toMatchObject({
      mode: 'test',
      prefix: key.slice(0, 12),
    });
    expect(await read('/v1/me')).toMatchObject({ mode: 'test', organization: { name: 'Workshop (test)' } });
    expect((await gateway.request('/v1/me')).json.mode).toBe('live');
  });

  it('sees nothing of the live side, and the live side nothing of it; two test keys see the same', async () => {
    const live = await gateway.upload();
    expectProblem(await gateway.request(`/v1/assets/${live.id}`, { key }), 404, 'not_found');
    const own = await upload('Chair');
    expectProblem(await gateway.request(`/v1/assets/${own.id}`), 404, 'not_found');
    const other = (await makeKey({ scopes: ['assets:read'] })).json.key;
    expect((await gateway.request(`/v1/assets/${own.id}`, { key: other })).status).toBe(200);
  });

  it('cannot reach the organisation itself', async () => {
    expectProblem(await makeKey({ scopes: ['assets:read', 'keys:write'] }), 400, 'invalid_request');
    expectProblem(await gateway.request('/v1/api-keys', { key }), 403, 'forbidden');
  });

  it('gives tokens for the test side, which end with it', async () => {
    const { id, key: source } = (await makeKey({ scopes: ['assets:read', 'jobs:read'] })).json;
    const wish = { method: 'POST', key: source, json: { scope: 'assets:read' } };
    const token = (await gateway.request('/v1/tokens', wish)).json.access_token;
    const me = (await gateway.request('/v1/me', { key: token })).json;
    expect(me).toMatchObject({ mode: 'test', organization: { name: 'Workshop (test)' }, scopes: ['assets:read'] });
    const own = await upload('Of a token');
    expect((await gateway.request(`/v1/assets/${own.id}`, { key: token })).status).toBe(200);
    const live = await gateway.upload();
    expectProblem(await gateway.request(`/v1/assets/${live.id}`, { key: token }), 404, 'not_found');
    expectProblem(await gateway.request('/v1/jobs', { key: token }), 403, 'forbidden');
    const { data } = (await gateway.request('/v1/audit-log?action=createToken')).json;
    expect(data[0]).toMatchObject({ actor: { kind: 'apiKey', id } });
    await gateway.request(`/v1/api-keys/${id}`, { method: 'DELETE' });
    expectProblem(await gateway.request('/v1/assets', { key: token }), 401, 'unauthenticated');
  });

  it('stays one when it is rotated, and ends when it is revoked', async () => {
    const { id, key: old } = (await makeKey({ scopes: ['assets:read'] })).json;
    const path = `/v1/api-keys/${id}`;
    const rotated = (await gateway.request(`${path}/rotate`, { method: 'POST', json: { overlapSeconds: 0 } })).json;
    expect([rotated.mode, rotated.key.slice(0, 8)]).toEqual(['test', 'mq_test_']);
    expectProblem(await gateway.request('/v1/assets', { key: old }), 401, 'unauthenticated');
    expect((await gateway.request('/v1/assets', { key: rotated.key })).status).toBe(200);
    await gateway.request(`/v1/api-keys/${rotated.id}`, { method: 'DELETE' });
    expectProblem(await gateway.request('/v1/assets', { key: rotated.key }), 401, 'unauthenticated');
  });
});

describe('the name of an asset in test mode', () => {
  it('asks for a failure of its processing, with any code', async () => {
    const asset = await upload('Chair test-process-fails-model_malformed');
    await ready('Plain');
    expect(await read(`/v1/assets/${asset.id}`)).toMatchObject({
      state: 'failed',
      error: { code: 'model_malformed', fault: 'input', remedy: expect.stringContaining('Upload the file again') },
    });
    expect(await read(`/v1/jobs/${asset.job}`)).toMatchObject({ state: 'failed', error: { code: 'model_malformed' } });
  });

  it('asks for success, whatever was uploaded: it is a cube to the workers', async () => {
    const asset = await upload('Broken test-process-succeeds');
    let files: { name: string; sha256: string }[] = [];
    do {
      const { payloadJson } = await gateway.work('geometry.process');
      const payload = JSON.parse(payloadJson);
      if (payload.assetId === asset.id) files = payload.files;
    } while (files.length === 0);
    expect(files).toMatchObject([{ name: 'cube.obj' }]);
    const cube = await text(await gateway.objects.read(files[0]?.sha256 as string));
    expect(cube.match(/^f /gm)).toHaveLength(6);
    await gateway.work('render.image', { asset: asset.id });
    expect((await read(`/v1/assets/${asset.id}`)).state).toBe('ready');
  });

  it('asks for a job that stays until it is canceled', async () => {
    const asset = await upload('Chair test-process-stays');
    await ready('Plain');
    expect(await read(`/v1/jobs/${asset.job}`)).toMatchObject({ state: 'running', stage: 'staying', progress: 0 });
    const path = `/v1/jobs/${asset.job}/cancel`;
    expect((await gateway.request(path, { method: 'POST', key })).json.state).toBe('canceled');
    expect((await read(`/v1/assets/${asset.id}`)).state).toBe('failed');
  });

  it('asks for the end of renders, not of the preview, and can be changed', async () => {
    const { id, state } = await ready('Chair test-render-fails-memory_limit_exceeded');
    expect(state).toBe('ready');
    const render = (width: number) =>
      gateway.request('/v1/renders', { method: 'POST', key, json: { assetId: id, width } }).then(({ json }) => json);
    const failing = await render(64);
    await ready('Plain');
    expect(await read(`/v1/renders/${failing.render.id}`)).toMatchObject({
      state: 'failed',
      error: { code: 'memory_limit_exceeded' },
    });
    await gateway.request(`/v1/assets/${id}`, { method: 'PATCH', key, json: { name: 'Chair' } });
    const fine = await render(65);
    await gateway.work('render.image', { asset: id });
    expect((await read(`/v1/renders/${fine.render.id}`)).state).toBe('succeeded');
  });

  it('asks for nothing on the live side', async () => {
    expect((await gateway.uploadReady('Chair test-process-fails-model_malformed')).state).toBe('ready');
  });
});
