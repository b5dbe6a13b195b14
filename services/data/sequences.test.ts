import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import { frameChunks } from '#contracts/jobs/frame-chunks.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { CameraPathRequest, type SequenceRequest, TurntableRequest } from '#contracts/render/sequence-request.ts';
import { completeSequence, frameCountOf } from '#contracts/render/sequence-rules.ts';
import type { Render } from '#contracts/rest/resources/render.ts';
import { readBytes } from '#platform/objects/testing/bytes.ts';
import { testEngines } from '#test/databases.ts';
import { deleteDiscarded, deleteUnreferencedBlobs } from './sweep.ts';
import { CRASHED, DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

/** A turntable of several chunks. */
function turntable(options: Partial<TurntableRequest> = {}): SequenceRequest {
  return completeSequence(
    TurntableRequest.parse({ kind: 'turntable', width: 64, height: 64, frames: 120, ...options }),
  );
}

describe.each(await testEngines({ oneConnection: false }))('sequences on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  const renderOf = ({ id }: Render) => data.api.getRender({ ...data.as(), params: { renderId: id } });
  const jobOf = ({ job }: Render) => data.api.getJob({ ...data.as(), params: { jobId: job }, query: { wait: 0 } });
  const chunkOf = (job: LeasedJob) => JOB_KINDS['render.frames'].payload.parse(JSON.parse(job.payloadJson));
  const leaseNone = async (kind: 'render.frames' | 'render.sequence') => {
    const request = { worker: 'test', kinds: [kind], capacity: 1, leaseMs: 1_000, waitMs: 50 };
    expect((await data.jobs.lease(request)).jobs).toEqual([]);
  };
  const beat = (job: LeasedJob, progress: number, stage = 'render') =>
    data.jobs.heartbeat({ jobId: job.jobId, token: job.token, leaseMs: 20_000, progress, stage });
  const blobsStored = async (frames: { image: { sha256: string } }[]) =>
    Promise.all(frames.map(async ({ image }) => (await data.objects.stat(image.sha256)) !== null));

  it('are made in chunks by any workers in any order, then as one file with its poster', async () => {
    const asset = await data.uploadReady('turning');
    const request = turntable();
    const chunks = frameChunks(request);
    expect(chunks.length).toBeGreaterThan(2);
    const render = await data.requestRender(asset.id, request);
    expect(render).toMatchObject({ state: 'queued', request, image: null, files: [] });
    await leaseNone('render.sequence');

    const jobs = [];
    for (const _ of chunks) jobs.push(await data.lease('render.frames'));
    expect(jobs.map(chunkOf).map(({ first, count }) => ({ first, count }))).toEqual(chunks);
    expect(await jobOf(render)).toMatchObject({ state: 'running', kind: 'render.sequence', progress: 0 });
    expect(await renderOf(render)).toMatchObject({ state: 'running' });

    for (const job of jobs.slice(1).reverse()) await data.succeed(job, 'frame');
    await leaseNone('render.sequence');
    const done = chunks.slice(1).reduce((sum, { count }) => sum + count, 0);
    expect((await jobOf(render)).progress).toBeCloseTo((0.9 * done) / 120, 6);
    await data.succeed(jobs[0]!, 'frame');

    const encode = await data.lease('render.sequence');
    const { frames } = JOB_KINDS['render.sequence'].payload.parse(JSON.parse(encode.payloadJson));
    expect(frames).toHaveLength(120);
    for (const [index, { image }] of frames.entries()) {
      expect((await readBytes(data.objects, image.sha256)).toString()).toBe(`frame ${index}`);
    }
    await data.succeed(encode, 'the video');

    const made = await renderOf(render);
    expect(made).toMatchObject({ state: 'succeeded', cost: { rays: 1000 * chunks.length, cached: false } });
    expect(made.cost?.seconds).toBeCloseTo(2 + 0.5 * chunks.length, 6);
    expect(made.files.map(({ role, contentType }) => [role, contentType])).toEqual([
      ['video', 'video/mp4'],
      ['poster', 'image/png'],
    ]);
    expect(made.files[0]?.media).toEqual({ frames: 120, fps: 30, seconds: 4 });
    expect(made.image).toMatchObject({ contentType: 'image/png', derivativeId: made.files[1]?.derivativeId });
    const complete = (await data.recorded()).find(
      (event) => event.type === 'render_complete' && event.subject.id === render.id,
    );
    expect(complete?.data).toMatchObject({ url: made.files[0]?.url, jobId: render.job });
    expect(await jobOf(render)).toMatchObject({ state: 'succeeded', progress: 1 });
  });

  it('show clients one job', async () => {
    const asset = await data.uploadReady('one job');
    const render = await data.requestRender(asset.id, turntable());
    const { data: jobs } = await data.api.listJobs({ ...data.as(), query: { assetId: asset.id } });
    expect(jobs.filter(({ kind }) => kind !== 'geometry.process' && kind !== 'render.image')).toMatchObject([
      { id: render.job, kind: 'render.sequence', state: 'queued' },
    ]);
    const part = await data.lease('render.frames');
    const params = { jobId: part.jobId as Render['job'] };
    const reading = data.api.getJob({ ...data.as(), params, query: { wait: 0 } });
    await expect(reading).rejects.toMatchObject({ code: 'not_found' });
    await expect(data.api.cancelJob({ ...data.as(), params })).rejects.toMatchObject({ code: 'not_found' });
    await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
  });

  it('tell of their progress as frames are made', async () => {
    const asset = await data.uploadReady('progress');
    const stop = new AbortController();
    const heard: { jobId: string; progress: number; kind: string }[] = [];
    const listening = (async () => {
      for await (const { event } of data.bus.subscribe(-1, stop.signal)) {
        if (event.type === 'job_progress') heard.push(event.data);
      }
    })();
    const render = await data.requestRender(asset.id, turntable());
    const job = await data.lease('render.frames');
    const share = (0.9 * chunkOf(job).count) / 120;
    await beat(job, 0.5);
    expect((await jobOf(render)).progress).toBeCloseTo(share / 2, 6);
    await expect.poll(() => heard.at(-1)).toMatchObject({ jobId: render.job, kind: 'render.sequence' });
    expect(heard.at(-1)?.progress).toBeCloseTo(share / 2, 6);
    expect(heard.every(({ jobId }) => jobId === render.job)).toBe(true);
    stop.abort();
    await listening;
    await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
  });

  it('are made once when asked for twice, and are there for another asset with the same content', async () => {
    const first = await data.upload('twin', 'sequence twin');
    await data.succeed(await data.lease('geometry.process'), 'sequence twin GLB');
    await data.succeed(await data.lease('render.image'), 'sequence twin preview');
    const request = turntable({ frames: 3 });
    const asked = await data.requestRender(first.id, request);
    const joined = await data.requestRender(first.id, request);
    expect(joined.job).toBe(asked.job);
    await data.succeed(await data.lease('render.frames'));
    await leaseNone('render.frames');
    await data.succeed(await data.lease('render.sequence'));
    expect((await renderOf(joined)).files).toEqual((await renderOf(asked)).files);

    const second = await data.upload('other twin', 'sequence twin');
    await data.succeed(await data.lease('geometry.process'), 'sequence twin GLB');
    const cached = await data.requestRender(second.id, request);
    expect(cached).toMatchObject({ state: 'succeeded', cost: { cached: true } });
    expect(cached.files.map(({ role, media }) => [role, media])).toEqual([
      ['video', { frames: 3, fps: 30, seconds: 0.1 }],
      ['poster', null],
    ]);
  });

  it('lose and double nothing when workers die: what a dead one says is refused, its chunk is made again', async () => {
    const asset = await data.uploadReady('killed');
    const render = await data.requestRender(asset.id, turntable({ frames: 60 }));
    const chunks = frameChunks(turntable({ frames: 60 }));
    const request = { worker: 'doomed', kinds: ['render.frames'], capacity: 1, leaseMs: 100, waitMs: 5_000 };
    const [doomed] = (await data.jobs.lease(request)).jobs;
    await new Promise((resolve) => setTimeout(resolve, 150));
    const again = [];
    for (const _ of chunks) again.push(await data.lease('render.frames'));
    expect(again.map(({ jobId }) => jobId)).toContain(doomed?.jobId);
    await expect(data.succeed(doomed!, 'late')).rejects.toMatchObject({ code: 'lease_lost' });
    for (const job of again) await data.succeed(job, 'on time');
    // The same worker says again what it has said: its lease has ended.
    await data.succeed(again[0]!, 'on time');

    const [lost] = (await data.jobs.lease({ ...request, kinds: ['render.sequence'] })).jobs;
    await new Promise((resolve) => setTimeout(resolve, 150));
    const encode = await data.lease('render.sequence');
    expect(encode.jobId).toBe(lost?.jobId);
    const { frames } = JOB_KINDS['render.sequence'].payload.parse(JSON.parse(encode.payloadJson));
    expect(frames).toHaveLength(60);
    await data.succeed(encode);
    await expect(data.succeed(lost!)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await renderOf(render)).toMatchObject({ state: 'succeeded' });
    const completions = (await data.recorded()).filter(
      (event) => event.type === 'render_complete' && event.subject.id === render.id,
    );
    expect(completions).toHaveLength(1);
  });

  it('fail with the first chunk that fails for good, and the others stop', async () => {
    const asset = await data.uploadReady('broken');
    const render = await data.requestRender(asset.id, turntable());
    const [first, second] = [await data.lease('render.frames'), await data.lease('render.frames')];
    await data.fail(first, CRASHED, true);
    expect(await renderOf(render)).toMatchObject({ state: 'running' });
    await data.fail(second, DAMAGED);
    expect(await renderOf(render)).toMatchObject({ state: 'failed', error: { code: 'model_malformed' } });
    expect(await jobOf(render)).toMatchObject({ state: 'failed', error: { code: 'model_malformed' } });
    await leaseNone('render.frames');
    await leaseNone('render.sequence');
    const failures = (await data.recorded()).filter(
      (event) => event.type === 'render_failed' && event.subject.id === render.id,
    );
    expect(failures).toHaveLength(1);
  });

  it('fail when encoding does', async () => {
    const asset = await data.uploadReady('not encoded');
    const render = await data.requestRender(asset.id, turntable({ frames: 2 }));
    await data.succeed(await data.lease('render.frames'));
    await data.fail(await data.lease('render.sequence'), CRASHED, true);
    await data.fail(await data.lease('render.sequence'), DAMAGED);
    expect(await renderOf(render)).toMatchObject({ state: 'failed', error: { code: 'model_malformed' } });
  });

  it('stop at once when they are canceled, by job or with their asset', async () => {
    const asset = await data.uploadReady('canceled');
    const [byJob, withAsset] = [
      await data.requestRender(asset.id, turntable()),
      await data.requestRender(asset.id, turntable({ elevation: 3 })),
    ];
    const running = await data.lease('render.frames');
    await data.api.cancelJob({ ...data.as(), params: { jobId: byJob.job } });
    expect((await beat(running, 0.2)).state).toBe('canceled');
    expect(await renderOf(byJob)).toMatchObject({ state: 'canceled', error: { code: 'canceled' } });
    const other = await data.lease('render.frames');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
    expect((await beat(other, 0.2)).state).toBe('canceled');
    await leaseNone('render.frames');
    const canceled = (await data.recorded()).flatMap((event) => (event.type === 'job_canceled' ? [event.data] : []));
    expect(canceled.filter(({ jobId }) => jobId === byJob.job)).toHaveLength(1);
    expect(canceled.filter(({ assetId, kind }) => assetId === asset.id && kind === 'render.frames')).toEqual([]);
    expect(canceled.filter(({ jobId }) => jobId === withAsset.job)).toHaveLength(1);
  });

  it('let go of their frames once they have ended, whatever the end, and keep the poster', async () => {
    const asset = await data.uploadReady('tidy');
    // What the other tests have left.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await deleteDiscarded(data.deps, 0);
    await deleteUnreferencedBlobs(data.deps, 0);
    const framesOf = (job: LeasedJob) => data.resultOf(job, `frame of ${job.jobId}`);
    const settle = async (job: LeasedJob, result: unknown) =>
      data.jobs.settle({
        jobId: job.jobId,
        token: job.token,
        outcome: { case: 'resultJson', value: JSON.stringify(result) },
      });
    const parse = (result: unknown) => JOB_KINDS['render.frames'].result.parse(result).frames;

    const finished = await data.requestRender(asset.id, turntable({ frames: 4 }));
    const chunk = await data.lease('render.frames');
    const result = await framesOf(chunk);
    await settle(chunk, result);
    const encode = await data.lease('render.sequence');
    const kept = async () => blobsStored(parse(result));
    await new Promise((resolve) => setTimeout(resolve, 20));
    // While they wait to be encoded nothing touches them, however old they are.
    expect(await deleteDiscarded(data.deps, 0)).toBe(0);
    expect(await deleteUnreferencedBlobs(data.deps, 0)).toBe(0);
    expect(await kept()).toEqual([true, true, true, true]);
    await data.succeed(encode);
    expect(await deleteDiscarded(data.deps, 60_000)).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await deleteDiscarded(data.deps, 0)).toBe(3);
    expect(await kept()).toEqual([true, false, false, false]);
    expect((await renderOf(finished)).image).not.toBeNull();

    for (const end of ['cancel', 'fail', 'delete'] as const) {
      const asked = await data.requestRender(asset.id, turntable({ frames: 60, elevation: end.length }));
      const [one, two] = [await data.lease('render.frames'), await data.lease('render.frames')];
      const made = await framesOf(one);
      await settle(one, made);
      if (end === 'cancel') await data.api.cancelJob({ ...data.as(), params: { jobId: asked.job } });
      else if (end === 'fail') await data.fail(two, DAMAGED);
      else await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await deleteDiscarded(data.deps, 0), end).toBe(parse(made).length);
      expect((await blobsStored(parse(made))).some(Boolean), end).toBe(false);
    }
  });

  it('of an animation need one that the model has', async () => {
    const asset = await data.uploadReady('still');
    const request = { ...turntable(), kind: 'animation', view: 'front', start: 0 } as SequenceRequest;
    await expect(data.requestRender(asset.id, request)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/animation', message: 'the model has no animation' }],
    });
  });

  it('along a path have as many frames as it lasts', async () => {
    const path = CameraPathRequest.parse({
      kind: 'camera-path',
      fps: 10,
      keyframes: [
        { time: 1, azimuth: 0, elevation: 0 },
        { time: 2.5, azimuth: 90, elevation: 10 },
      ],
    });
    expect(frameCountOf(path)).toBe(16);
    expect(frameCountOf({ ...path, loop: true })).toBe(15);
    expect(frameChunks(path).reduce((sum, { count }) => sum + count, 0)).toBe(16);
  });
});
