import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

const post = (json: unknown, path = '/v1/assets') => gateway.request(path, { method: 'POST', json });
const sourceOf = async () => JSON.parse((await gateway.lease('asset.ingest')).payloadJson).source;

describe('an upload by URL', () => {
  it('makes an asset in state uploading, with the job that fetches it', async () => {
    const answer = await post({ url: 'https://example.com/models/Office%20chair.glb?token=1#part' });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json).toMatchObject({ name: 'Office chair.glb', state: 'uploading', version: 1 });
    expect(answer.headers.get('location')).toBe(`/v1/assets/${answer.json.id}`);
    const job = await gateway.request(`/v1/jobs/${answer.json.job}`);
    expect(job.json).toMatchObject({ kind: 'asset.ingest', state: 'queued', assetId: answer.json.id });
    expect(await sourceOf()).toEqual({
      kind: 'url',
      url: 'https://example.com/models/Office%20chair.glb?token=1',
      name: 'Office chair.glb',
    });
  });

  it('takes name and project, and gives the file an ending', async () => {
    const { json: project } = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'Chairs' } });
    const answer = await post({ url: 'https://example.com/a.stl', name: 'Stool', projectId: project.id });
    expect(answer.json).toMatchObject({ name: 'Stool', projectId: project.id });
    expect(await sourceOf()).toMatchObject({ name: 'Stool.stl' });
    await post({ url: 'https://example.com/..%2F..%2Fetc%2Fpasswd' });
    expect(await sourceOf()).toMatchObject({ name: '....etcpasswd' });
    await post({ url: 'https://example.com/' });
    expect(await sourceOf()).toMatchObject({ name: 'model' });
  });

  it('makes a further version', async () => {
    const asset = await gateway.uploadReady();
    const answer = await post({ url: 'https://example.com/b.glb' }, `/v1/assets/${asset.id}/versions`);
    expect(answer.json).toMatchObject({ id: asset.id, state: 'uploading', version: 2 });
  });

  it('has its effect once with an idempotency key', async () => {
    const init = {
      method: 'POST',
      json: { url: 'https://example.com/c.glb' },
      headers: { 'idempotency-key': 'fetch-1' },
    };
    const [first, second] = [await gateway.request('/v1/assets', init), await gateway.request('/v1/assets', init)];
    expect(second.json.id).toBe(first.json.id);
  });

  it.each([
    ['file:///etc/passwd', 'url_refused'],
    ['https://user:secret@example.com/a.glb', 'url_refused'],
    ['https://example.com:25/a.glb', 'url_refused'],
    ['a.glb', 'url_refused'],
    ['http://169.254.169.254/latest/meta-data', 'url_refused'],
    ['http://0x7f.1/a.glb', 'url_refused'],
    ['http://[::ffff:10.0.0.1]/a.glb', 'url_refused'],
  ])('refuses %s at once', async (url, code) => {
    const answer = await post({ url });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ code, fault: 'input' });
    expect(answer.text).not.toContain('secret');
  });

  it('refuses fields that there are not', async () => {
    const answer = await post({ url: 'https://example.com/a.glb', organizationId: 'org_x' });
    expect(answer.status).toBe(400);
    expect((await post({})).json.errors).toEqual([{ pointer: '/body', message: expect.stringContaining('`url`') }]);
  });

  it('leads to the model as any other: who asks for it early waits for both jobs', async () => {
    const { json: asset } = await post({ url: 'https://example.com/waited.glb' });
    const asked = gateway.request(`/v1/assets/${asset.id}/render.png?width=64&height=64`);
    await gateway.work('asset.ingest', { asset: asset.id });
    await gateway.work('geometry.process', { asset: asset.id });
    await gateway.work('render.image', { asset: asset.id });
    await gateway.work('render.image', { asset: asset.id });
    expect((await asked).status).toBe(200);
  });
});
