import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('GET /v1/assets/{assetId}/model.{format}', () => {
  it('answers 202 with the job, then with the file, which is written once', async () => {
    const asset = await gateway.uploadReady('chair.glb');
    const path = `/v1/assets/${asset.id}/model.gltf`;
    const early = await gateway.request(path, { headers: { prefer: 'wait=0' } });
    expect([early.status, early.headers.get('location')]).toEqual([202, `/v1/jobs/${early.json.id}`]);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(RecipeJob.parse(early.json)).toMatchObject({ kind: 'geometry.recipe', state: 'queued' });

    const waiting = gateway.request(path);
    const job = await gateway.work('geometry.recipe', { content: 'PK chair' });
    expect(job.jobId).toBe(early.json.id);
    const file = await waiting;
    expect([file.status, file.text, file.headers.get('content-type')]).toEqual([200, 'PK chair', 'application/zip']);
    expect(file.headers.get('content-disposition')).toContain('chair.zip');
    const again = await gateway.request(path, { headers: { 'if-none-match': file.headers.get('etag')! } });
    expect(again.status).toBe(304);
    const part = await gateway.request(`${path}?version=1`, { headers: { range: 'bytes=0-1' } });
    expect([part.status, part.text]).toEqual([206, 'PK']);
  });

  it('waits for an asset that was just uploaded', async () => {
    const asset = await gateway.upload();
    const waiting = gateway.request(`/v1/assets/${asset.id}/model.gltf`);
    await gateway.work('geometry.process', { asset: asset.id });
    await gateway.work('geometry.recipe', { asset: asset.id, content: 'PK fresh' });
    expect((await waiting).text).toBe('PK fresh');
  });

  it('says that the model is not there yet, or never will be', async () => {
    const asset = await gateway.upload();
    const path = `/v1/assets/${asset.id}/model.gltf`;
    const early = await gateway.request(path, { headers: { prefer: 'wait=0' } });
    expect([early.status, early.json.code]).toEqual([503, 'unavailable']);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    await gateway.fail('geometry.process', asset.id, { code: 'format_unknown', message: 'no model', fault: 'input' });
    const late = await gateway.request(path);
    expect([late.status, late.json.code]).toEqual([409, 'conflict']);
    expect(late.json.detail).toContain('no model');
  });

  it('tells why the file cannot be made', async () => {
    const asset = await gateway.uploadReady();
    const waiting = gateway.request(`/v1/assets/${asset.id}/model.gltf`);
    const refusal = { code: 'output_limit_exceeded', message: 'too much', fault: 'input' } as const;
    await gateway.fail('geometry.recipe', asset.id, refusal);
    const answer = await waiting;
    expect([answer.status, answer.json.code, answer.json.detail]).toEqual([422, 'output_limit_exceeded', 'too much']);
  });

  it('refuses what the format leaves no choice of, and what there is not', async () => {
    const asset = await gateway.uploadReady();
    const status = async (path: string) => (await gateway.request(`/v1/assets/${path}`)).status;
    const refused = await gateway.request(`/v1/assets/${asset.id}/model.gltf?unit=mm`);
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([400, '/query/unit']);
    expect(await status(`${asset.id}/model.gltf?unot=mm`)).toBe(400);
    expect(await status(`${asset.id}/model.doc`)).toBe(400);
    expect(await status(`${asset.id}/model.gltf?version=2`)).toBe(404);
    expect(await status(`${newId('asset')}/model.gltf`)).toBe(404);
  });
});
