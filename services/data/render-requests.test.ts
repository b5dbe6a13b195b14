import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { ModelFacts } from '#contracts/model/model-report.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { Render, type RenderPurpose } from '#contracts/rest/resources/render.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import { testEngines } from '#test/databases.ts';
import { CRASHED, openDataService, PREVIEW, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('requests for renders on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  const rendersOf = async (asset: Asset) =>
    (await data.api.listRenders({ ...data.as(), query: { assetId: asset.id, limit: 200 } })).data;
  const renderJobsOf = async (asset: Asset) =>
    (await data.api.listJobs({ ...data.as(), query: { assetId: asset.id } })).data.filter(
      ({ kind }) => kind === 'render.image',
    );
  const eventsOf = async (asset: Asset, type: string) =>
    (await data.recorded()).filter(
      (event) => event.type === type && 'assetId' in event.data && event.data.assetId === asset.id,
    );

  it('make one job when twenty ask for the same at once, and each request gets its own end', async () => {
    const asset = await data.uploadReady('popular');
    const renders = await Promise.all(Array.from({ length: 20 }, () => data.requestRender(asset.id, { width: 100 })));
    expect(new Set(renders.map(({ id }) => id)).size).toBe(20);
    expect(new Set(renders.map(({ job }) => job)).size).toBe(1);
    expect(await renderJobsOf(asset)).toHaveLength(2);
    expect(renders.every(({ state }) => state === 'queued')).toBe(true);

    const job = await data.lease('render.image');
    expect((await rendersOf(asset)).filter(({ state }) => state === 'running')).toHaveLength(20);
    await data.succeed(job);
    const ended = await rendersOf(asset);
    expect(ended.every(({ state }) => state === 'succeeded')).toBe(true);
    expect(new Set(ended.map(({ image }) => image?.derivativeId)).size).toBe(2);
    expect(await eventsOf(asset, 'render_requested')).toHaveLength(21);
    expect(await eventsOf(asset, 'render_complete')).toHaveLength(21);
  });

  it('by URL share one record and one job while it waits, and afterwards', async () => {
    const asset = await data.uploadReady('linked');
    const ask = () => data.requestRender(asset.id, { width: 111 }, 'url');
    const waiting = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(waiting.map(({ id }) => id)).size).toBe(1);
    await data.succeed(await data.lease('render.image'));
    const cached = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(cached.map(({ id }) => id))).toEqual(new Set([waiting[0]?.id]));
    expect(cached.every(({ state, cost }) => state === 'succeeded' && cost?.cached)).toBe(true);
    expect(await rendersOf(asset)).toHaveLength(2);
    expect(await eventsOf(asset, 'render_complete')).toHaveLength(2);
    expect(await eventsOf(asset, 'render_requested')).toHaveLength(2);
  });

  it('can be granted as far as the image is stored or being made, without a job', async () => {
    const asset = await data.uploadReady('reused');
    const request = ImageRequest.parse({ width: 130 });
    const reuse = async (purpose: RenderPurpose) => {
      const wish = { organizationId: data.organization, assetId: asset.id, purpose, priority: 0 };
      const { renderJson } = await data.renders.reuseRender({ ...wish, requestJson: JSON.stringify(request) });
      return renderJson === '' ? undefined : Render.parse(JSON.parse(renderJson));
    };
    for (const purpose of ['url', 'request'] as const) expect(await reuse(purpose)).toBeUndefined();
    expect(await rendersOf(asset)).toHaveLength(1);
    expect(await renderJobsOf(asset)).toHaveLength(1);

    const made = await data.requestRender(asset.id, request);
    expect(await reuse('request')).toMatchObject({ state: 'queued', job: made.job });
    await data.succeed(await data.lease('render.image'));
    for (const purpose of ['url', 'request'] as const) {
      expect(await reuse(purpose)).toMatchObject({ state: 'succeeded', purpose, cost: { cached: true } });
    }
    expect(await renderJobsOf(asset)).toHaveLength(2);
  });

  it('can be estimated by what was measured of the model, and the size of its environment', async () => {
    const asset = await data.uploadReady('measured', 'of some length');
    const organizationId = data.organization;
    const describeModel = (environment: string) =>
      data.renders.describeModel({ organizationId, assetId: asset.id, environment });
    const { factsJson, environmentBytes } = await describeModel('studio');
    expect(ModelFacts.parse(JSON.parse(factsJson))).toEqual(JSON.parse(factsJson));
    expect(JSON.parse(factsJson)).toEqual(ModelFacts.parse(asset.report));
    expect(environmentBytes).toBe(0n);
    const blob = await putBytes(data.objects, 'a panorama');
    const facts = { format: 'hdr', width: 128, height: 64 } as const;
    const { id } = await data.api.createEnvironment({ ...data.as(), body: { name: 'own', blob, facts } });
    expect((await describeModel(id)).environmentBytes).toBe(10n);
    await expect(describeModel(newId('environment'))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are answered by an earlier render of the same content and parameters, with both events', async () => {
    const asset = await data.uploadReady('known');
    const first = await data.requestRender(asset.id, { width: 120, background: '#ff0000' });
    await data.succeed(await data.lease('render.image'));
    const jobs = (await renderJobsOf(asset)).length;
    const again = await data.requestRender(asset.id, { width: 120, background: '#ff0000' });
    expect(again).toMatchObject({ state: 'succeeded', cost: { cached: true, rays: 1000 }, job: first.job });
    expect(again.id).not.toBe(first.id);
    expect(again.finishedAt).not.toBeNull();
    expect(await renderJobsOf(asset)).toHaveLength(jobs);
    expect((await eventsOf(asset, 'render_complete')).at(-1)).toMatchObject({ subject: { id: again.id } });
    expect((await eventsOf(asset, 'render_requested')).at(-1)).toMatchObject({ subject: { id: again.id } });

    // The preview's own parameters by URL: its image serves, without an event.
    const announced = (await data.recorded()).length;
    const byUrl = await data.requestRender(asset.id, PREVIEW, 'url');
    expect(byUrl).toMatchObject({ state: 'succeeded', cost: { cached: true }, image: asset.preview });
    expect(await data.recorded()).toHaveLength(announced);
  });

  it('tell parameters apart', async () => {
    const asset = await data.uploadReady('varied');
    const ids = await Promise.all(
      [{}, { width: 801 }, { view: 'top' as const }, { view: { azimuth: 0, elevation: 90 } }, { samples: 9 }].map(
        async (request) => (await data.requestRender(asset.id, request)).job,
      ),
    );
    expect(new Set(ids).size).toBe(5);
    for (const _ of ids) await data.succeed(await data.lease('render.image'));
  });

  it('of another asset with the same content reuse the image, and keep it when the first is deleted', async () => {
    const first = await data.upload('twin one', 'twins');
    await data.succeed(await data.lease('geometry.process'), 'twin GLB');
    await data.succeed(await data.lease('render.image'), 'twin picture');
    const second = await data.upload('twin two', 'twins');
    await data.succeed(await data.lease('geometry.process'), 'twin GLB');
    const read = () => data.api.getAsset({ ...data.as(), params: { assetId: second.id } });
    await expect.poll(async () => (await read()).state).toBe('ready');
    expect(await renderJobsOf(second)).toHaveLength(0);
    expect((await rendersOf(second))[0]).toMatchObject({ purpose: 'preview', cost: { cached: true } });
    expect(await eventsOf(second, 'render_complete')).toHaveLength(1);

    await data.api.deleteAsset({ ...data.as(), params: { assetId: first.id } });
    const { preview } = await read();
    const { data: derivatives } = await data.api.listDerivatives({ ...data.as(), params: { assetId: second.id } });
    expect(derivatives.find(({ url }) => url === preview?.url)).toMatchObject({ assetId: second.id });
  });

  it('with passes bring several files, the picture first, and so does what reuses them', async () => {
    const first = await data.upload('passes one', 'passes');
    await data.succeed(await data.lease('geometry.process'), 'passes GLB');
    await data.succeed(await data.lease('render.image'), 'passes preview');
    const asked = await data.requestRender(first.id, { width: 190, samples: 3 });
    expect(asked.files).toEqual([]);
    const job = await data.lease('render.image');
    const [picture, depth, object] = await Promise.all(
      ['beauty', 'depth', 'object'].map((content) => data.resultOf(job, `the ${content} of it`)),
    );
    const fileOf = (result: unknown, role: string) => {
      const [file] = JOB_KINDS['render.image'].result.parse(result).files;
      const meaning = { depth: { near: 1.5, far: 4 }, object: { colors: { '#aa2211': 'Seat\0' } } }[role] ?? null;
      return { ...file, role, meaning };
    };
    const files = [fileOf(picture, 'beauty'), fileOf(depth, 'depth'), fileOf(object, 'object')];
    await data.jobs.settle({
      jobId: job.jobId,
      token: job.token,
      outcome: { case: 'resultJson', value: JSON.stringify({ ...picture, files }) },
    });
    const render = await data.api.getRender({ ...data.as(), params: { renderId: asked.id } });
    expect(render.files.map(({ role }) => role)).toEqual(['beauty', 'depth', 'object']);
    expect(render.files.map(({ meaning }) => meaning)).toEqual([
      null,
      { near: 1.5, far: 4 },
      { colors: { '#aa2211': 'Seat\0' } },
    ]);
    const told = (await eventsOf(first, 'render_complete')).find(({ subject }) => subject.id === asked.id)?.data;
    expect(told).toMatchObject({ url: render.files[0]?.url });
    const stored = render.files.map(({ media: _media, meaning: _meaning, ...file }) => file);
    expect(told && 'files' in told && told.files).toEqual(stored);
    expect(new Set(render.files.map(({ url }) => url)).size).toBe(3);
    expect(render.image).toMatchObject({ derivativeId: render.files[0]?.derivativeId, url: render.files[0]?.url });
    const derivatives = await Promise.all(
      render.files.map(({ derivativeId }) => data.api.getDerivative({ ...data.as(), params: { derivativeId } })),
    );
    expect(new Set(derivatives.map(({ sha256 }) => sha256)).size).toBe(3);
    expect((await rendersOf(first)).find(({ id }) => id === asked.id)?.files).toEqual(render.files);

    const second = await data.upload('passes two', 'passes');
    await data.succeed(await data.lease('geometry.process'), 'passes GLB');
    const again = await data.requestRender(second.id, { width: 190, samples: 3 });
    expect(again).toMatchObject({ state: 'succeeded', cost: { cached: true } });
    expect(again.files.map(({ role, meaning }) => [role, meaning])).toEqual(
      render.files.map(({ role, meaning }) => [role, meaning]),
    );
    const reused = (await eventsOf(second, 'render_complete')).find(({ subject }) => subject.id === again.id);
    expect(reused?.data).toMatchObject({ files: again.files.map(({ url }) => ({ url })) });
    // Its preview is that of the first, too, as long as that one is there.
    await expect
      .poll(async () => (await data.api.getAsset({ ...data.as(), params: { assetId: second.id } })).state)
      .toBe('ready');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: first.id } });
    const kept = await data.api.getRender({ ...data.as(), params: { renderId: again.id } });
    expect(kept.files).toEqual(again.files);
  });

  it('wait for the model', async () => {
    const asset = await data.upload('early');
    await expect(data.requestRender(asset.id)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('model_processed'),
    });
    await expect(data.requestRender(asset.id, {}, 'url')).rejects.toMatchObject({ code: 'conflict' });
    await data.succeed(await data.lease('geometry.process'));
    // Processed, though not ready before its preview: it can be rendered.
    const render = await data.requestRender(asset.id, PREVIEW);
    await data.succeed(await data.lease('render.image'));
    expect(await data.api.getRender({ ...data.as(), params: { renderId: render.id } })).toMatchObject({
      state: 'succeeded',
    });
    await expect
      .poll(async () => (await data.api.getAsset({ ...data.as(), params: { assetId: asset.id } })).state)
      .toBe('ready');
    expect(await renderJobsOf(asset)).toHaveLength(1);
  });

  it('fail together with their job, and are made anew afterwards', async () => {
    const asset = await data.uploadReady('fragile');
    const [one, two] = await Promise.all([
      data.requestRender(asset.id, { width: 130 }),
      data.requestRender(asset.id, { width: 130 }),
    ]);
    for (let attempt = 0; attempt < 3; attempt++) await data.fail(await data.lease('render.image'), CRASHED, true);
    for (const { id } of [one, two]) {
      expect(await data.api.getRender({ ...data.as(), params: { renderId: id } })).toMatchObject({
        state: 'failed',
        image: null,
        cost: null,
        error: { code: 'sandbox_crashed' },
      });
    }
    expect(await eventsOf(asset, 'render_failed')).toHaveLength(2);
    const again = await data.requestRender(asset.id, { width: 130 });
    expect(again.job).not.toBe(one.job);
    await data.succeed(await data.lease('render.image'));
  });

  it('are canceled together with their job', async () => {
    const asset = await data.uploadReady('unwanted');
    const render = await data.requestRender(asset.id, { width: 140 });
    const canceled = await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
    expect(canceled.state).toBe('canceled');
    expect(await data.api.getRender({ ...data.as(), params: { renderId: render.id } })).toMatchObject({
      state: 'canceled',
      error: { code: 'canceled' },
    });
    expect((await data.recorded()).at(-1)).toMatchObject({ type: 'job_canceled', subject: { id: render.job } });
    await expect(data.api.cancelJob({ ...data.as(), params: { jobId: render.job } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('canceled'),
    });
    const again = await data.requestRender(asset.id, { width: 140 });
    expect(again.job).not.toBe(render.job);
    await data.succeed(await data.lease('render.image'));
  });

  it('let a waiting job run earlier when somebody in a hurry joins it', async () => {
    const asset = await data.uploadReady('queue');
    await data.requestRender(asset.id, { width: 150 });
    const late = await data.requestRender(asset.id, { width: 160 });
    await data.renders.requestRender({
      organizationId: data.organization,
      assetId: asset.id,
      requestJson: JSON.stringify(late.request),
      purpose: 'url',
      priority: 10,
    });
    expect((await data.lease('render.image')).jobId).toBe(late.job);
    await data.lease('render.image');
  });

  it('for a new preview replace the old one, but not when they fail', async () => {
    const asset = await data.uploadReady('repainted');
    const read = () => data.api.getAsset({ ...data.as(), params: { assetId: asset.id } });
    await data.requestRender(asset.id, { width: 170 }, 'preview');
    await data.fail(await data.lease('render.image'), CRASHED);
    expect(await read()).toMatchObject({ state: 'ready', preview: asset.preview });
    await data.requestRender(asset.id, { width: 180 }, 'preview');
    await data.succeed(await data.lease('render.image'));
    expect(await read()).toMatchObject({ state: 'ready', preview: { width: 180 } });
  });

  it('are refused when they are not valid', async () => {
    const asset = await data.uploadReady('strict');
    const request = { organizationId: data.organization, assetId: asset.id, purpose: 'request', priority: 0 };
    for (const requestJson of ['', '{', '[]', '{"width":4}', '{"view":"behind"}']) {
      await expect(data.renders.requestRender({ ...request, requestJson })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    const good = { ...request, requestJson: '{}' };
    await expect(data.renders.requestRender({ ...good, purpose: 'fun' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(data.renders.requestRender({ ...good, assetId: 'ast_1' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
