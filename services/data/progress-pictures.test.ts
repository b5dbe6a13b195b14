import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOf } from '#contracts/events/events.ts';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { Render } from '#contracts/rest/resources/render.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import { testEngines } from '#test/databases.ts';
import { deleteDiscarded, deleteUnreferencedBlobs } from './sweep.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';

const request = (seed: number) => ImageRequest.parse({ integrator: 'path', width: 64, height: 48, seed });

describe.each(await testEngines({ oneConnection: false }))('pictures in the making on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  async function ask(assetId: string, seed: number, progressPictures: boolean): Promise<Render> {
    const wish = { organizationId: data.organization, assetId, purpose: 'request', priority: 0, progressPictures };
    const { renderJson } = await data.renders.requestRender({ ...wish, requestJson: JSON.stringify(request(seed)) });
    return Render.parse(JSON.parse(renderJson));
  }
  const renderOf = ({ id }: Render) => data.api.getRender({ ...data.as(), params: { renderId: id } });
  const pictureOf = ({ id }: Render) => data.api.getRenderPicture({ ...data.as(), params: { renderId: id } });
  const isWatched = (job: LeasedJob) =>
    JOB_KINDS['render.image'].payload.parse(JSON.parse(job.payloadJson)).pictures === true;
  async function show(job: LeasedJob, samples: number, content = `${samples} samples of ${job.jobId}`) {
    const { sha256, bytes } = await putBytes(data.objects, content);
    const picture = { contentType: 'image/png', width: 64, height: 48, samples, blob: { sha256, bytes } };
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 20_000, progress: 0.1, stage: 'render' };
    const { state } = await data.jobs.heartbeat({ ...beat, pictureJson: JSON.stringify(picture) });
    return { state, sha256, bytes };
  }
  /** What is told while `work` is done. */
  async function heard(work: () => Promise<void>): Promise<EventOf<'render_progress'>['data'][]> {
    const stop = new AbortController();
    const told: EventOf<'render_progress'>['data'][] = [];
    const listening = (async () => {
      for await (const { event } of data.bus.subscribe(-1, stop.signal)) {
        if (event.type === 'render_progress') told.push(event.data);
        if (event.type === 'asset_deleted') stop.abort();
      }
    })();
    await data.bus.newestPosition();
    await work();
    // An event that comes after all the others.
    const last = await data.uploadReady('the last');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: last.id } });
    await listening;
    return told;
  }

  it('are shown to who asked for them, the newest each time, until the final one takes their place', async () => {
    const asset = await data.uploadReady('watched');
    const watching = await ask(asset.id, 1, true);
    const joined = await ask(asset.id, 1, false);
    expect(joined.job).toBe(watching.job);
    await expect(pictureOf(watching)).rejects.toMatchObject({ code: 'not_found' });
    const job = await data.lease('render.image');
    expect(isWatched(job)).toBe(true);
    const told = await heard(async () => {
      const first = await show(job, 4);
      expect(first.state).toBe('running');
      const { sha256, bytes } = first;
      expect(await pictureOf(watching)).toEqual({ sha256, bytes, contentType: 'image/png' });
      const second = await show(job, 16);
      expect((await pictureOf(watching)).sha256).toBe(second.sha256);
    });
    const url = (samples: number) => `/v1/renders/${watching.id}/picture?samples=${samples}`;
    expect(told).toMatchObject([
      { renderId: watching.id, assetId: asset.id, jobId: watching.job, url: url(4), samples: 4, width: 64, height: 48 },
      { renderId: watching.id, url: url(16), samples: 16, contentType: 'image/png' },
    ]);
    const { progressPicture } = await renderOf(watching);
    expect(progressPicture).toMatchObject({ url: url(16), samples: 16, width: 64, contentType: 'image/png' });
    // Who did not ask is shown nothing.
    expect((await renderOf(joined)).progressPicture).toBeNull();
    await expect(pictureOf(joined)).rejects.toMatchObject({ code: 'not_found' });

    await data.succeed(job, 'the final picture');
    const made = await renderOf(watching);
    expect(made).toMatchObject({ state: 'succeeded', progressPicture: null });
    const { sha256 } = await putBytes(data.objects, 'the final picture');
    expect((await pictureOf(watching)).sha256).toBe(sha256);
    expect((await pictureOf(joined)).sha256).toBe(sha256);
  });

  it('are neither made nor kept when nobody wants them, and are when somebody joins before the work begins', async () => {
    const asset = await data.uploadReady('joined');
    await ask(asset.id, 2, false);
    const unwatched = await data.lease('render.image');
    expect(isWatched(unwatched)).toBe(false);
    const { sha256 } = await show(unwatched, 4);
    expect(await data.deps.database.kysely.selectFrom('job_pictures').where('sha256', '=', sha256).execute()).toEqual(
      [],
    );
    await data.succeed(unwatched);

    await ask(asset.id, 3, false);
    const late = await ask(asset.id, 3, true);
    const job = await data.lease('render.image');
    expect(isWatched(job)).toBe(true);
    await show(job, 4);
    expect((await renderOf(late)).progressPicture).toMatchObject({ samples: 4 });
    await data.succeed(job);
  });

  it('of a worker that has lost its lease, or without a blob, are passed over', async () => {
    const asset = await data.uploadReady('lost');
    const render = await ask(asset.id, 4, true);
    const job = await data.lease('render.image');
    expect(await show({ ...job, token: job.token + 1n }, 4)).toMatchObject({ state: 'lost' });
    const picture = { contentType: 'image/png', width: 64, height: 48, samples: 8 };
    const pictureJson = JSON.stringify({ ...picture, blob: { sha256: '0'.repeat(64), bytes: 12 } });
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 20_000, progress: 0.1, stage: 'render' };
    expect(await data.jobs.heartbeat({ ...beat, pictureJson })).toMatchObject({ state: 'running' });
    expect((await renderOf(render)).progressPicture).toBeNull();
    await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
  });

  it('of a second attempt take the place of those of the first', async () => {
    const asset = await data.uploadReady('again');
    const render = await ask(asset.id, 5, true);
    const first = await data.lease('render.image');
    await show(first, 4, 'noise');
    await show(first, 16, 'less noise');
    await data.jobs.settle({ jobId: first.jobId, token: first.token, outcome: { case: 'released', value: true } });
    const second = await data.lease('render.image');
    expect(isWatched(second)).toBe(true);
    const again = await show(second, 4, 'noise');
    expect((await pictureOf(render)).sha256).toBe(again.sha256);
    await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
    await expect(pictureOf(render)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are let go once the job has ended, and not before', async () => {
    const asset = await data.uploadReady('swept');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await deleteDiscarded(data.deps, 0);
    const render = await ask(asset.id, 6, true);
    const job = await data.lease('render.image');
    const shown = [await show(job, 4), await show(job, 16)];
    const stored = async () => Promise.all(shown.map(async ({ sha256 }) => (await data.objects.stat(sha256)) !== null));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await deleteDiscarded(data.deps, 0)).toBe(0);
    await deleteUnreferencedBlobs(data.deps, 0);
    expect(await stored()).toEqual([true, true]);
    await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await deleteDiscarded(data.deps, 0)).toBe(2);
    expect(await stored()).toEqual([false, false]);
  });
});
