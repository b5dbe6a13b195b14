import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { type AnyEvent, AnyEvent as AnyEventSchema } from '#contracts/events/events.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import { Asset, AssetFile, AssetVersion, Derivative } from '#contracts/rest/resources/asset.ts';
import { Job } from '#contracts/rest/resources/job.ts';
import { Project } from '#contracts/rest/resources/project.ts';
import { Render } from '#contracts/rest/resources/render.ts';
import { testEngines } from '#test/databases.ts';
import { CRASHED, DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('the life of an asset on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());
  const read = (asset: Asset) => data.api.getAsset({ ...data.as(), params: { assetId: asset.id } });

  it('goes from upload to preview to deletion, every step announced once and in order', async () => {
    const { api } = data;
    const obj = await data.file('chair/chair.obj', 'v 0 0 0');
    const mtl = await data.file('chair/wood #1.mtl', 'newmtl wood');
    const uploaded = await api.createAsset({ ...data.as(), body: { name: 'Chair', files: [obj, mtl] } });
    expect(Asset.parse(uploaded)).toMatchObject({
      name: 'Chair',
      state: 'processing',
      format: null,
      version: 1,
      revision: 1,
      report: null,
      preview: null,
      error: null,
    });
    const projects = await api.listProjects({ ...data.as() });
    expect(projects.data).toMatchObject([{ id: uploaded.projectId, name: 'Default' }]);
    Project.parse(projects.data[0]);

    const processing = await data.lease('geometry.process');
    expect(processing.jobId).toBe(uploaded.job);
    expect(JSON.parse(processing.payloadJson)).toMatchObject({ assetId: uploaded.id, files: [obj, mtl] });
    await data.succeed(processing, 'the normalised chair');
    const processed = await read(uploaded);
    expect(processed).toMatchObject({ state: 'processing', format: 'glb', preview: null });
    expect(processed.report?.triangles).toBe('the normalised chair'.length);

    const previewing = await data.lease('render.image');
    await data.succeed(previewing, 'a picture');
    const ready = Asset.parse(await read(uploaded));
    expect(ready).toMatchObject({ state: 'ready', preview: { width: 512, height: 512 } });
    expect(ready.revision).toBeGreaterThan(processed.revision);

    const { data: files } = await api.listFiles({ ...data.as(), params: { assetId: uploaded.id } });
    expect(files.map((file) => AssetFile.parse(file))).toMatchObject([
      { name: 'chair/chair.obj', role: 'original', sha256: obj.sha256, bytes: 7 },
      {
        name: 'chair/wood #1.mtl',
        role: 'original',
        url: `/v1/assets/${uploaded.id}/versions/1/files/chair/wood%20%231.mtl`,
      },
      { role: 'glb', bytes: 'the normalised chair'.length, url: `/v1/assets/${uploaded.id}/model.glb` },
    ]);

    const derivatives = await api.listDerivatives({ ...data.as(), params: { assetId: uploaded.id } });
    expect(derivatives.data.map((one) => Derivative.parse(one).operation)).toEqual([
      'render.image',
      'geometry.process',
    ]);
    const preview = derivatives.data[0] as Derivative;
    expect(ready.preview?.url).toBe(preview.url);
    expect(await api.getDerivative({ ...data.as(), params: { derivativeId: preview.id } })).toEqual(preview);

    const renders = await api.listRenders({ ...data.as(), query: { assetId: uploaded.id } });
    expect(Render.parse(renders.data[0])).toMatchObject({
      purpose: 'preview',
      state: 'succeeded',
      image: { url: preview.url, derivativeId: preview.id, contentType: 'image/webp' },
      cost: { rays: 1000, cached: false },
    });
    const jobs = await api.listJobs({ ...data.as(), query: { assetId: uploaded.id } });
    expect(jobs.data.map((job) => Job.parse(job).state)).toEqual(['succeeded', 'succeeded']);
    expect(jobs.data[1]?.result).toEqual({
      glb: expect.objectContaining({ bytes: 'the normalised chair'.length }),
      format: 'glb',
      triangles: 'the normalised chair'.length,
      seconds: 0.25,
    });

    await api.deleteAsset({ ...data.as(), params: { assetId: uploaded.id } });
    await expect(read(uploaded)).rejects.toMatchObject({ code: 'not_found' });

    const events = await data.recorded();
    expect(events.map(({ type }) => type)).toEqual([
      'model_uploaded',
      'model_processed',
      'render_requested',
      'render_complete',
      'asset_deleted',
    ]);
    for (const event of events) expect(event.projectId).toBe(uploaded.projectId);
    expect(events[0]?.data).toMatchObject({ name: 'Chair', bytes: obj.bytes + mtl.bytes, jobId: uploaded.job });
    expect(events[3]?.data).toMatchObject({ purpose: 'preview', url: preview.url, width: 512, bytes: 9 });
  });

  it('ends as failed with the reason when the model is refused; its file stays', async () => {
    const asset = await data.upload('broken');
    await data.fail(await data.lease('geometry.process'), DAMAGED);
    const failed = await read(asset);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'model_malformed', fault: 'input', remedy: 'Export the model again.' },
    });
    const { data: files } = await data.api.listFiles({ ...data.as(), params: { assetId: asset.id } });
    expect(files.map(({ role }) => role)).toEqual(['original']);
    expect((await data.recorded()).at(-1)).toMatchObject({
      type: 'model_rejected',
      data: { assetId: asset.id, error: { code: 'model_malformed' } },
    });
    await expect(data.requestRender(asset.id)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('new version'),
    });
  });

  it('is tried again after a fault of the system, and rejected only after the last attempt', async () => {
    const asset = await data.upload('unlucky');
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await read(asset)).toMatchObject({ state: 'processing', error: null });
      const job = await data.lease('geometry.process');
      expect(job.attempt).toBe(attempt);
      await data.fail(job, CRASHED, true);
    }
    expect(await read(asset)).toMatchObject({ state: 'failed', error: { code: 'sandbox_crashed', fault: 'system' } });
    const rejections = (await data.recorded()).filter(
      (event) => event.type === 'model_rejected' && event.data.assetId === asset.id,
    );
    expect(rejections).toHaveLength(1);
  });

  it('is ready without a preview when the preview cannot be made', async () => {
    const asset = await data.upload('unpaintable');
    await data.succeed(await data.lease('geometry.process'));
    await data.fail(await data.lease('render.image'), DAMAGED);
    expect(await read(asset)).toMatchObject({ state: 'ready', preview: null, error: null });
    expect((await data.recorded()).at(-1)).toMatchObject({ type: 'render_failed', data: { purpose: 'preview' } });
  });

  it('shows its newest version, which is processed anew', async () => {
    const asset = await data.uploadReady('vase', 'first vase');
    const params = { assetId: asset.id };
    const second = await data.api.createVersion({
      ...data.as(),
      params,
      body: { files: [await data.file('vase.glb', 'second vase')] },
    });
    expect(second).toMatchObject({ id: asset.id, version: 2, state: 'processing', report: null, preview: null });
    expect(second.revision).toBeGreaterThan(asset.revision);
    await data.succeed(await data.lease('geometry.process'));
    await data.succeed(await data.lease('render.image'));
    const after = await read(asset);
    expect(after).toMatchObject({ version: 2, state: 'ready' });
    expect(after.preview?.url).not.toBe(asset.preview?.url);

    const versions = await data.api.listVersions({ ...data.as(), params });
    expect(versions.data.map((version) => AssetVersion.parse(version).number)).toEqual([2, 1]);
    expect(versions.data.map(({ state }) => state)).toEqual(['ready', 'ready']);
    const { data: older } = await data.api.listFiles({ ...data.as(), params, query: { version: 1 } });
    expect(older.map(({ url }) => url)).toEqual([
      `/v1/assets/${asset.id}/versions/1/files/vase.glb`,
      `/v1/assets/${asset.id}/model.glb?version=1`,
    ]);
    await expect(data.api.listFiles({ ...data.as(), params, query: { version: 3 } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('streams every event to a listener, progress included, and each parses by its schema', async () => {
    const controller = new AbortController();
    const heard: AnyEvent[] = [];
    const positions: bigint[] = [];
    const stream = data.events.subscribe(
      { after: -1n, organizationId: data.organization },
      { signal: controller.signal },
    );
    const iterator = stream[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { position: 0n, eventJson: '' } });
    const listening = (async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        positions.push(next.value.position);
        heard.push(AnyEventSchema.parse(JSON.parse(next.value.eventJson)));
      }
    })().catch(() => {});

    const asset = await data.upload('moving');
    const job = await data.lease('geometry.process');
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 10_000 };
    expect(await data.jobs.heartbeat({ ...beat, progress: 0.25, stage: 'reading' })).toMatchObject({
      state: 'running',
    });
    await data.jobs.heartbeat({ ...beat, progress: 0.25, stage: 'reading' });
    await data.jobs.heartbeat({ ...beat, progress: 0.75, stage: 'measuring' });
    const running = await data.api.getJob({ ...data.as(), params: { jobId: asset.job } });
    expect(running).toMatchObject({ state: 'running', progress: 0.75, stage: 'measuring', attempt: 1 });
    expect(running.etaSeconds).toBeGreaterThanOrEqual(0);
    await data.succeed(job);
    await data.succeed(await data.lease('render.image'));
    await expect.poll(() => heard.at(-1)?.type).toBe('render_complete');
    expect(heard.map(({ type }) => type)).toEqual([
      'model_uploaded',
      'job_progress',
      'job_progress',
      'model_processed',
      'render_requested',
      'render_complete',
    ]);
    const recorded = positions.filter((position) => position > 0n);
    expect(recorded).toEqual(recorded.toSorted((a, b) => Number(a - b)));
    controller.abort();
    await listening;

    // A replay with `once` ends by itself and holds the recorded ones only.
    const replay: AnyEvent[] = [];
    const from = (recorded[0] as bigint) - 1n;
    for await (const message of data.events.subscribe({ after: from, organizationId: data.organization, once: true })) {
      if (message.eventJson !== '') replay.push(JSON.parse(message.eventJson));
    }
    expect(replay.map(({ type }) => type)).toEqual([
      'model_uploaded',
      'model_processed',
      'render_requested',
      'render_complete',
    ]);
  });

  it('answers a waiting reader of a job as soon as it ends, and after the wait when it does not', async () => {
    const asset = await data.upload('awaited');
    const params = { jobId: asset.job };
    const early = await data.api.getJob({ ...data.as(), params, query: { wait: 0.2 } });
    expect(early.state).toBe('queued');
    const started = performance.now();
    const waiting = data.api.getJob({ ...data.as(), params, query: { wait: 30 } });
    await data.succeed(await data.lease('geometry.process'));
    expect(await waiting).toMatchObject({ state: 'succeeded', etaSeconds: null, progress: 1 });
    expect(performance.now() - started).toBeLessThan(5000);
    await data.succeed(await data.lease('render.image'));
  });

  it('is moved and renamed with its jobs', async () => {
    const asset = await data.upload('traveller');
    const project = await data.api.createProject({ ...data.as(), body: { name: 'Elsewhere' } });
    const params = { assetId: asset.id };
    const moved = await data.api.updateAsset({
      ...data.as(),
      params,
      query: { ifRevision: asset.revision },
      body: { name: 'Settler', projectId: project.id },
    });
    expect(moved).toMatchObject({ name: 'Settler', projectId: project.id });
    await expect(
      data.api.updateAsset({ ...data.as(), params, query: { ifRevision: asset.revision }, body: { name: 'x' } }),
    ).rejects.toMatchObject({ code: 'precondition_failed' });
    await data.succeed(await data.lease('geometry.process'));
    await data.succeed(await data.lease('render.image'));
    const later = (await data.recorded()).filter((event) => event.projectId === project.id);
    expect(later.map(({ type }) => type)).toEqual(['model_processed', 'render_requested', 'render_complete']);

    const projectParams = { projectId: project.id };
    await expect(data.api.deleteProject({ ...data.as(), params: projectParams })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('1 asset'),
    });
    await expect(data.api.deleteAsset({ ...data.as(), params, query: { ifRevision: 1 } })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    await data.api.deleteAsset({ ...data.as(), params });
    const renamed = await data.api.updateProject({ ...data.as(), params: projectParams, body: { name: 'Nowhere' } });
    expect(renamed.revision).toBe(project.revision + 1);
    await expect(
      data.api.deleteProject({ ...data.as(), params: projectParams, query: { ifRevision: project.revision } }),
    ).rejects.toMatchObject({ code: 'precondition_failed' });
    await data.api.deleteProject({ ...data.as(), params: projectParams });
    await expect(data.api.getProject({ ...data.as(), params: projectParams })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each([
    ['../escape.glb', 'is not a plain relative path'],
    ['/absolute.glb', 'is not a plain relative path'],
    ['a//b.glb', 'is not a plain relative path'],
    ['C:\\model.glb', 'holds a backslash'],
    ['line\nbreak.glb', 'control character'],
    ['x'.repeat(1025), 'is longer than'],
  ])('refuses a file named %j', async (name, why) => {
    const file = await data.file(name, 'content');
    await expect(data.api.createAsset({ ...data.as(), body: { name: 'x', files: [file] } })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(why),
    });
  });

  it('keeps a model of many files', async () => {
    const { sha256, bytes } = await data.file('texture', 'texture');
    const files = Array.from({ length: 15_000 }, (_, index) => ({ name: `textures/${index}.png`, sha256, bytes }));
    const asset = await data.api.createAsset({ ...data.as(), body: { name: 'Many files', files } });
    const listed = await data.api.listFiles({ ...data.as(), params: { assetId: asset.id } });
    expect(listed.data.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
  });

  it('survives any character that a hostile model puts into its report or error', async () => {
    const hostile = 'nul \0, half a surrogate \ud800, ünï©ødé, a quote "';
    const asset = await data.upload('hostile');
    const job = await data.lease('geometry.process');
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 10_000, progress: 0.5, stage: 'nul \0' };
    await data.jobs.heartbeat(beat);
    const result = (await data.resultOf(job, 'x')) as { report: ModelReport };
    result.report.variants = [hostile];
    const value = JSON.stringify(result);
    await data.jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'resultJson', value } });
    expect((await read(asset)).report?.variants).toEqual([hostile]);
    await data.fail(await data.lease('render.image'), new MaquetteError('model_malformed', hostile));
    expect((await read(asset)).state).toBe('ready');
    const refused = await data.upload('hostile too');
    await data.fail(await data.lease('geometry.process'), new MaquetteError('model_malformed', hostile));
    expect((await read(refused)).error?.message).toBe(hostile);
    for (const name of ['nul \0', 'line\nbreak', ' ']) {
      await expect(
        data.api.updateAsset({ ...data.as(), params: { assetId: asset.id }, body: { name } }),
      ).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('refuses an upload whose bytes are not stored, or are others', async () => {
    const stored = await data.file('a.glb', 'twelve bytes');
    const missing = { ...stored, sha256: '0'.repeat(64) };
    const count = (await data.recorded()).length;
    for (const files of [[missing], [{ ...stored, bytes: 13 }], [stored, { ...missing, name: 'b.bin' }]]) {
      await expect(data.api.createAsset({ ...data.as(), body: { name: 'x', files } })).rejects.toMatchObject({
        code: 'storage_failed',
      });
    }
    expect(await data.recorded()).toHaveLength(count);
  });
});
