import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { Environment } from '#contracts/rest/resources/environment.ts';
import { radiancePicture } from '#test/models/radiance-picture.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ outbound: { allow: ['127.0.0.1'], ports: null } });
});
afterAll(() => gateway?.close());

const WARM = radiancePicture([1, 0.6, 0.3]);
const COLD = radiancePicture([0.3, 0.6, 1]);

async function upload(picture: Buffer, name = 'Courtyard.hdr') {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(picture)]), name);
  return gateway.request('/v1/environments', { method: 'POST', body });
}

const render = (json: object, key?: string) =>
  gateway.request('/v1/renders', { method: 'POST', json, ...(key === undefined ? {} : { key }) });

describe('environments', () => {
  it('are uploaded, read, listed and deleted', async () => {
    const made = await upload(WARM);
    expect(made.status).toBe(201);
    const environment = Environment.parse(made.json);
    expect(environment).toMatchObject({ name: 'Courtyard.hdr', format: 'hdr', width: 32, height: 16 });
    expect(made.headers.get('location')).toBe(`/v1/environments/${environment.id}`);
    const raw = await gateway.request('/v1/environments?name=Cold', {
      method: 'POST',
      headers: { 'content-type': 'image/vnd.radiance' },
      body: new Blob([new Uint8Array(COLD)]),
    });
    expect(raw.json).toMatchObject({ name: 'Cold', bytes: COLD.length });
    expect((await gateway.request(`/v1/environments/${environment.id}`)).json).toEqual(environment);
    const list = await gateway.request('/v1/environments?limit=2');
    expect(list.json.data.map(({ id }: Environment) => id)).toEqual([raw.json.id, environment.id]);
    const deleted = await gateway.request(`/v1/environments/${raw.json.id}`, { method: 'DELETE' });
    expect(deleted.status).toBe(204);
    expect((await gateway.request(`/v1/environments/${raw.json.id}`)).status).toBe(404);
  });

  it('are fetched by URL, while the request waits', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/studio%20light.hdr') response.end(WARM);
      else if (request.url === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetched = (url: string) => gateway.request('/v1/environments', { method: 'POST', json: { url } });
    const made = await fetched(`${origin}/studio%20light.hdr`);
    expect(made.json, made.text).toMatchObject({ name: 'studio light.hdr', width: 32, bytes: WARM.length });
    expect((await fetched(`${origin}/inside`)).json).toMatchObject({ status: 422, code: 'url_refused' });
    expect((await fetched(`${origin}/nowhere`)).json).toMatchObject({ status: 422, code: 'remote_refused' });
    expect((await fetched('http://10.0.0.1/a.hdr')).json).toMatchObject({ status: 422, code: 'url_refused' });
    server.close();
  });

  it('are refused when they are no picture, not of all directions, cut off, or several', async () => {
    const refusals: [Buffer, RegExp][] = [
      [Buffer.from('glTF and nothing else'), /neither a Radiance/],
      [Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 16 +X 16\n'), /twice as wide as high/],
      [WARM.subarray(0, WARM.length - 100), /./],
    ];
    for (const [picture, reason] of refusals) {
      const answer = await upload(picture);
      expect([answer.status, answer.json.code]).toEqual([422, 'environment_invalid']);
      expect(answer.json.detail).toMatch(reason);
    }
    const body = new FormData();
    for (const name of ['a.hdr', 'b.hdr']) body.append('file', new Blob([new Uint8Array(WARM)]), name);
    const two = await gateway.request('/v1/environments', { method: 'POST', body });
    expect([two.status, two.json.code]).toEqual([400, 'invalid_request']);
  });

  it('are called after their file, without its folders, and have no fields of a model', async () => {
    expect((await upload(WARM, 'panoramas/inner/Courtyard.hdr')).json).toMatchObject({ name: 'Courtyard.hdr' });
    expect((await upload(WARM, `${'x'.repeat(400)}.hdr`)).json.name).toHaveLength(300);
    for (const [field, value] of [
      ['projectId', newId('project')],
      ['settings', '{}'],
    ] as const) {
      const body = new FormData();
      body.append(field, value);
      body.append('file', new Blob([new Uint8Array(WARM)]), 'a.hdr');
      const answer = await gateway.request('/v1/environments', { method: 'POST', body });
      expect([answer.status, answer.json.errors]).toEqual([
        400,
        [{ pointer: `/body/${field}`, message: expect.stringContaining('no field') }],
      ]);
      expect(answer.json.remedy).toBe('Its fields are file, name, sha256.');
    }
  });

  it('are spoken of as environments when they are refused', async () => {
    const none = new FormData();
    none.append('name', 'nothing');
    const missing = await gateway.request('/v1/environments', { method: 'POST', body: none });
    expect(missing.json.remedy).toMatch(/the environment as a part .*\.hdr/);
    const type = await gateway.request('/v1/environments', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'no',
    });
    expect(type.status).toBe(415);
    expect(type.json.remedy).toContain('courtyard.hdr');
    // A model's content type is not an environment's.
    const model = { method: 'POST', headers: { 'content-type': 'model/obj' }, body: 'o' };
    expect((await gateway.request('/v1/environments', model)).status).toBe(415);
  });

  it('light renders; pictures are told apart by what the environment holds, not by its id', async () => {
    const asset = await gateway.uploadReady();
    const [warm, again, cold] = [(await upload(WARM)).json, (await upload(WARM)).json, (await upload(COLD)).json];
    const wish = { assetId: asset.id, width: 40, height: 30 };
    const first = await render({ ...wish, environment: warm.id });
    expect(first.status).toBe(202);
    const job = await gateway.work('render.image', { asset: asset.id, content: 'warm picture' });
    const payload = JOB_KINDS['render.image'].payload.parse(JSON.parse(job.payloadJson));
    expect(payload.environment).toEqual({ sha256: warm.sha256, bytes: WARM.length });
    expect(payload.request.environment).toBe(warm.id);

    expect((await render({ ...wish, environment: again.id })).json.render).toMatchObject({
      state: 'succeeded',
      cost: { cached: true },
    });
    const other = await render({ ...wish, environment: cold.id });
    expect(other.json.render.state).toBe('queued');
    await gateway.work('render.image', { asset: asset.id, content: 'cold picture' });

    const byUrl = `/v1/assets/${asset.id}/render.png?width=40&height=30&environment=`;
    expect((await gateway.request(byUrl + warm.id)).text).toBe('warm picture');
    expect((await gateway.request(byUrl + cold.id)).text).toBe('cold picture');
    expect((await gateway.request(`${byUrl}env_1`)).status).toBe(400);
  });

  it('belong to their organisation alone', async () => {
    const { json } = await upload(WARM);
    const { key } = await gateway.makeOrganization();
    const path = `/v1/environments/${json.id}`;
    expect((await gateway.request(path, { key })).status).toBe(404);
    expect((await gateway.request(path, { method: 'DELETE', key })).status).toBe(404);
    expect((await gateway.request('/v1/environments', { key })).json.data).toEqual([]);
    const theirs = await gateway.upload('theirs.glb', 'glTF theirs', key);
    await gateway.work('geometry.process', { asset: theirs.id });
    const answer = await render({ assetId: theirs.id, environment: json.id }, key);
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
    expect((await gateway.request(path)).status).toBe(200);
  });

  it('can be named no more when they are deleted', async () => {
    const asset = await gateway.uploadReady();
    const { json } = await upload(COLD);
    await gateway.request(`/v1/environments/${json.id}`, { method: 'DELETE' });
    expect((await render({ assetId: asset.id, environment: json.id })).status).toBe(404);
  });

  it('can be named by no URL any more either, though its picture was seen', async () => {
    const asset = await gateway.uploadReady();
    const { json } = await upload(COLD, 'seen.hdr');
    const url = `/v1/assets/${asset.id}/render.png?width=48&environment=${json.id}`;
    const asked = gateway.request(url);
    await gateway.work('render.image', { asset: asset.id, content: 'seen' });
    expect((await asked).text).toBe('seen');
    expect((await gateway.request(url)).text).toBe('seen');
    await gateway.request(`/v1/environments/${json.id}`, { method: 'DELETE' });
    const gone = await gateway.request(url);
    expect([gone.status, gone.json.code]).toEqual([404, 'not_found']);
  });
});
