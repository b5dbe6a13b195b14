import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { Job } from '#contracts/rest/resources/job.ts';
import { Render, RenderEstimate } from '#contracts/rest/resources/render.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('jobs', () => {
  it('are listed, waited for and canceled', async () => {
    const asset = await gateway.upload();
    const list = await gateway.request(`/v1/jobs?assetId=${asset.id}`);
    expect(list.json.data.map((job: Job) => job.id)).toEqual([asset.job]);
    const waited = await gateway.request(`/v1/jobs/${asset.job}`, { headers: { prefer: 'wait=0' } });
    expect(waited.headers.get('preference-applied')).toBe('wait=0');
    expect(Job.parse(waited.json).state).toBe('queued');

    const started = performance.now();
    const waiting = gateway.request(`/v1/jobs/${asset.job}`, { headers: { prefer: 'respond-async, wait=20' } });
    const canceled = await gateway.request(`/v1/jobs/${asset.job}/cancel`, { method: 'POST' });
    expect(canceled.json.state).toBe('canceled');
    expect((await waiting).json.state).toBe('canceled');
    expect(performance.now() - started).toBeLessThan(5000);
    const again = await gateway.request(`/v1/jobs/${asset.job}/cancel`, { method: 'POST' });
    expectProblem(again, 409, 'conflict');
  });

  it('are waited for no longer than their client is there', async () => {
    const asset = await gateway.upload();
    const waits = vi.spyOn(gateway.bus, 'waitForEnd');
    try {
      const { call } = gateway.open('GET', `/v1/jobs/${asset.job}`, { prefer: 'wait=60' });
      call.end();
      await expect.poll(() => waits.mock.results.length, { timeout: 10_000 }).toBe(1);
      const left = performance.now();
      call.destroy();
      await waits.mock.results[0]?.value;
      expect(performance.now() - left).toBeLessThan(10_000);
    } finally {
      waits.mockRestore();
    }
  });
});

describe('renders', () => {
  it('answer 202 with their job, and with the picture in the end', async () => {
    const asset = await gateway.uploadReady();
    const asked = await gateway.request('/v1/renders', {
      method: 'POST',
      json: { assetId: asset.id, width: 64, height: 64 },
    });
    expect(asked.status).toBe(202);
    const job = Job.parse(asked.json);
    expect(asked.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    const pending = Render.parse(asked.json.render);
    await gateway.work('render.image', { asset: asset.id, content: 'picture' });
    const render = await gateway.request(`/v1/renders/${pending.id}`);
    expect(Render.parse(render.json)).toMatchObject({
      state: 'succeeded',
      image: { width: 64, contentType: 'image/png' },
    });
    expect((await gateway.request(render.json.image.url)).text).toBe('picture');
    const list = await gateway.request(`/v1/renders?assetId=${asset.id}`);
    expect(list.json.data.map(({ purpose }: Render) => purpose)).toEqual(['request', 'preview']);
  });

  it('are estimated without being asked for, and keep their estimate', async () => {
    const asset = await gateway.uploadReady();
    const json = { assetId: asset.id, width: 64, height: 48, samples: 7 };
    const before = (await gateway.request('/v1/renders')).json.data.length;
    const answer = await gateway.request('/v1/renders/estimate', { method: 'POST', json });
    expect(answer.status).toBe(200);
    const estimate = RenderEstimate.parse(answer.json);
    expect(estimate).toMatchObject({ fits: true, memoryLimit: 2 ** 31 });
    const parts = Object.values(estimate.parts).reduce((sum, bytes) => sum + bytes, 0);
    expect(Math.abs(parts - estimate.peakBytes)).toBeLessThan(2);
    expect((await gateway.request('/v1/renders')).json.data.length).toBe(before);

    const larger = await gateway.request('/v1/renders/estimate', { method: 'POST', json: { ...json, width: 640 } });
    expect(larger.json.peakBytes).toBeGreaterThan(estimate.peakBytes);
    expect(larger.json.rays / estimate.rays).toBeCloseTo(10, 2);
    const film = { ...json, width: 8192, height: 8192, integrator: 'path', samples: 16 };
    const impossible = await gateway.request('/v1/renders/estimate', { method: 'POST', json: film });
    expect(impossible.json).toMatchObject({ fits: false });
    const refused = await gateway.request('/v1/renders', { method: 'POST', json: film });
    expectProblem(refused, 422, 'render_too_large');
    expect(refused.json.detail).toMatch(/needs [\d,]+ MiB of memory and may use 2,048 MiB/);
    expect((await gateway.request('/v1/renders')).json.data.length).toBe(before);

    const asked = await gateway.request('/v1/renders', { method: 'POST', json });
    const { seconds, rays, peakBytes, memoryLimit } = estimate;
    expect(Render.parse(asked.json.render).estimate).toEqual({ seconds, rays, peakBytes, memoryLimit });
    await gateway.work('render.image', { asset: asset.id, content: 'estimated' });
    const render = Render.parse((await gateway.request(`/v1/renders/${asked.json.render.id}`)).json);
    expect(render.estimate).toMatchObject({ rays, peakBytes });
    expect(render.cost).not.toBeNull();
    const stranger = { ...json, assetId: newId('asset') };
    expectProblem(await gateway.request('/v1/renders/estimate', { method: 'POST', json: stranger }), 404, 'not_found');
  });

  it('wait as long as they are asked to', async () => {
    const asset = await gateway.uploadReady();
    const json = { assetId: asset.id, width: 32, height: 32 };
    const impatient = await gateway.request('/v1/renders', { method: 'POST', json, headers: { prefer: 'wait=1' } });
    expect([impatient.status, impatient.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    const patient = gateway.request('/v1/renders', { method: 'POST', json, headers: { prefer: 'wait=20' } });
    await gateway.work('render.image', { asset: asset.id });
    const answer = await patient;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/renders/${answer.json.id}`);
    expect(Render.parse(answer.json).state).toBe('succeeded');
    const reused = await gateway.request('/v1/renders', { method: 'POST', json, headers: { prefer: 'wait=20' } });
    expect([reused.status, reused.json.cost.cached]).toEqual([200, true]);
  });

  it('that are impossible are refused with the reason', async () => {
    const asset = await gateway.uploadReady();
    const ask = (json: unknown) => gateway.request('/v1/renders', { method: 'POST', json });
    expectProblem(await ask({ assetId: asset.id, width: 100_000 }), 400, 'invalid_request');
    const misspelt = expectProblem(await ask({ assetId: asset.id, widht: 64 }), 400, 'invalid_request');
    expect(misspelt.errors).toEqual([{ pointer: '/body', message: 'there is no `widht`; leave it out' }]);
    // Of what can be one of several things the findings are of that which it comes nearest to.
    const place = { azimuth: 0, elevation: 0, distance: 2 };
    const keyframes = [
      { ...place, time: 0, azimuth: 'east' },
      { ...place, time: 1 },
    ];
    const path = expectProblem(
      await ask({ assetId: asset.id, kind: 'camera-path', keyframes }),
      400,
      'invalid_request',
    );
    expect(path.errors.map(({ pointer }) => pointer)).toEqual(['/body/keyframes/0/azimuth']);
    const unknown = expectProblem(await ask({ assetId: asset.id, kind: 'film' }), 400, 'invalid_request');
    expect(unknown.errors[0]?.message).toBe('give one of image, turntable, camera-path, animation, dataset');
    expectProblem(await ask({ assetId: asset.id, width: 8192, height: 8192, samples: 64 }), 422, 'render_too_large');
    expectProblem(await ask({ assetId: newId('asset') }), 404, 'not_found');
    const unready = await gateway.upload();
    expectProblem(await ask({ assetId: unready.id }), 409, 'conflict');
  });

  it('show their picture as it is at the moment, of those that were asked for so', async () => {
    const asset = await gateway.uploadReady();
    const ask = (more: object) =>
      gateway.request('/v1/renders', { method: 'POST', json: { assetId: asset.id, width: 64, height: 64, ...more } });
    expectProblem(await ask({ progressPictures: true }), 400, 'invalid_request');
    const { json } = await ask({ integrator: 'path', progressPictures: true });
    expect(Render.parse(json.render)).toMatchObject({ state: 'queued', progressPicture: null });
    expect(json.render.request).not.toHaveProperty('progressPictures');
    const path = `/v1/renders/${json.render.id}/picture`;
    expectProblem(await gateway.request(path), 404, 'not_found');

    const job = await gateway.lease('render.image');
    const blob = await gateway.store('some noise');
    const picture = { contentType: 'image/webp', width: 64, height: 64, samples: 12, blob };
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 20_000, progress: 0.2, stage: 'render' };
    await gateway.jobs.heartbeat({ ...beat, pictureJson: JSON.stringify(picture) });
    const { progressPicture } = Render.parse((await gateway.request(`/v1/renders/${json.render.id}`)).json);
    expect(progressPicture).toMatchObject({ url: `${path}?samples=12`, samples: 12, contentType: 'image/webp' });
    const shown = await gateway.request(progressPicture!.url);
    expect([shown.status, shown.text, shown.headers.get('content-type')]).toEqual([200, 'some noise', 'image/webp']);
    const tag = shown.headers.get('etag')!;
    expect(shown.headers.get('cache-control')).toContain('no-cache');
    expect((await gateway.request(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
    await gateway.finish(job, 'the picture');
    const final = await gateway.request(path, { headers: { 'if-none-match': tag } });
    expect([final.status, final.text, final.headers.get('content-type')]).toEqual([200, 'the picture', 'image/png']);
  });
});
