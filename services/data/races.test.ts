import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import type { JobId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { testEngines } from '#test/databases.ts';
import { leaseJobs } from './leases.ts';
import { failExhaustedJobs } from './sweep.ts';
import { DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines())('races on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  const read = (asset: Asset) => data.api.getAsset({ ...data.as(), params: { assetId: asset.id } });
  const eventsOf = async (asset: Asset) =>
    (await data.recorded()).filter((event) => 'assetId' in event.data && event.data.assetId === asset.id);
  const typesOf = async (asset: Asset) => (await eventsOf(asset)).map(({ type }) => type);
  const settleWith = async (job: LeasedJob, resultJson: string) =>
    data.jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'resultJson', value: resultJson } });
  const newVersion = async (asset: Asset, content: string) =>
    data.api.createVersion({
      ...data.as(),
      params: { assetId: asset.id },
      body: { files: [await data.file('model.glb', content)] },
    });
  /** Rows of any table that still belong to an asset. */
  const rowsOf = async (asset: Asset) => {
    const db = data.deps.database.kysely;
    const tables = ['versions', 'derivatives', 'renders'] as const;
    const counts = await Promise.all(
      tables.map((table) => db.selectFrom(table).select('id').where('asset_id', '=', asset.id).execute()),
    );
    return counts.flat().length;
  };

  it('a result handed in twice, one after the other or at once, has one effect', async () => {
    const asset = await data.upload('twice');
    const job = await data.lease('geometry.process');
    const result = JSON.stringify(await data.resultOf(job, 'twice'));
    await Promise.all([settleWith(job, result), settleWith(job, result), settleWith(job, result)]);
    const { revision } = await read(asset);
    await settleWith(job, result);
    await data.fail(job, DAMAGED);
    expect(await read(asset)).toMatchObject({ revision, error: null });

    const preview = await data.lease('render.image');
    const picture = JSON.stringify(await data.resultOf(preview, 'picture'));
    await Promise.all([settleWith(preview, picture), settleWith(preview, picture)]);
    await settleWith(preview, picture);
    expect(await typesOf(asset)).toEqual(['model_uploaded', 'model_processed', 'render_requested', 'render_complete']);
    const params = { assetId: asset.id };
    expect((await data.api.listDerivatives({ ...data.as(), params })).data).toHaveLength(2);
  });

  it('a result for a deleted asset is refused and changes nothing', async () => {
    const asset = await data.upload('gone');
    const job = await data.lease('geometry.process');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
    const beat = { jobId: job.jobId, token: job.token, leaseMs: 10_000, progress: 0.5, stage: 'reading' };
    expect(await data.jobs.heartbeat(beat)).toMatchObject({ state: 'canceled' });
    await expect(data.succeed(job)).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(data.fail(job, DAMAGED)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await rowsOf(asset)).toBe(0);
    expect(await typesOf(asset)).toEqual(['model_uploaded', 'job_canceled', 'asset_deleted']);
    const canceled = await data.api.getJob({ ...data.as(), params: { jobId: job.jobId as JobId } });
    expect(canceled.state).toBe('canceled');
    expect((await data.recorded()).at(-2)).toMatchObject({ type: 'job_canceled', subject: { id: job.jobId } });
  });

  it('deletion and result at the same moment leave nothing behind, whoever is first', async () => {
    for (let round = 0; round < 12; round++) {
      const asset = await data.upload(`contested ${round}`);
      let job = await data.lease('geometry.process');
      if (round % 2 === 1) {
        await data.succeed(job);
        job = await data.lease('render.image');
      }
      const result = JSON.stringify(await data.resultOf(job, `contested ${round}`));
      const [settled, deleted] = await Promise.allSettled([
        settleWith(job, result),
        data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } }),
      ]);
      expect(deleted.status).toBe('fulfilled');
      if (settled.status === 'rejected') expect(settled.reason).toMatchObject({ code: 'lease_lost' });
      expect(await rowsOf(asset)).toBe(0);
      expect((await typesOf(asset)).at(-1)).toBe('asset_deleted');
      const { state } = await data.api.getJob({ ...data.as(), params: { jobId: job.jobId as JobId } });
      expect(state).toBe(settled.status === 'fulfilled' ? 'succeeded' : 'canceled');
    }
    // The flow passes over what was processed and deleted at once: no preview of it waits.
    const idle = { worker: 'test', kinds: ['render.image'], capacity: 1, leaseMs: 1000, waitMs: 300 };
    expect((await data.jobs.lease(idle)).jobs).toEqual([]);
  });

  it("an older version's result does not overwrite what the newest shows", async () => {
    const asset = await data.upload('edited', 'first');
    const first = await data.lease('geometry.process');
    await newVersion(asset, 'second');
    const second = await data.lease('geometry.process');
    await data.succeed(second, 'second GLB');
    await data.succeed(await data.lease('render.image'), 'second picture');
    const shown = await read(asset);
    expect(shown).toMatchObject({ version: 2, state: 'ready' });

    await data.succeed(first, 'first GLB, longer than the second');
    expect(await read(asset)).toEqual(shown);
    const { data: versions } = await data.api.listVersions({ ...data.as(), params: { assetId: asset.id } });
    expect(versions.map(({ number, state }) => [number, state])).toEqual([
      [2, 'ready'],
      [1, 'ready'],
    ]);
    expect((await typesOf(asset)).filter((type) => type === 'render_requested')).toHaveLength(1);
  });

  it("an older version's failure and preview do not touch the newest", async () => {
    const asset = await data.upload('revised', 'one');
    await data.succeed(await data.lease('geometry.process'), 'one GLB');
    const olderPreview = await data.lease('render.image');
    const pending = await newVersion(asset, 'two');
    await data.succeed(olderPreview, 'one picture');
    expect(await read(asset)).toEqual(pending);

    const secondJob = await data.lease('geometry.process');
    const third = await newVersion(asset, 'three');
    await data.fail(secondJob, DAMAGED);
    expect(await read(asset)).toEqual(third);
    await data.succeed(await data.lease('geometry.process'), 'three GLB');
    await data.succeed(await data.lease('render.image'), 'three picture');
    const { data: versions } = await data.api.listVersions({ ...data.as(), params: { assetId: asset.id } });
    expect(versions.map(({ number, state }) => [number, state])).toEqual([
      [3, 'ready'],
      [2, 'failed'],
      [1, 'ready'],
    ]);
    expect(await read(asset)).toMatchObject({ version: 3, state: 'ready', error: null });
  });

  it('new version and result at the same moment always end with the newest version shown', async () => {
    for (let round = 0; round < 6; round++) {
      const asset = await data.upload('racing', `racing ${round}`);
      const job = await data.lease('geometry.process');
      const result = JSON.stringify(await data.resultOf(job, `racing ${round} GLB`));
      await Promise.all([settleWith(job, result), newVersion(asset, `racing again ${round}`)]);
      expect(await read(asset)).toMatchObject({ version: 2, state: 'processing', report: null });
      await data.succeed(await data.lease('geometry.process'), `racing again ${round} GLB`);
      // The first version's preview was requested or not, depending on who was first.
      const leased = { worker: 'test', kinds: ['render.image'], capacity: 1, leaseMs: 20_000, waitMs: 1000 };
      await expect
        .poll(
          async () => {
            for (const preview of (await data.jobs.lease(leased)).jobs) await data.succeed(preview);
            return (await read(asset)).state;
          },
          { timeout: 10_000 },
        )
        .toBe('ready');
      const { data: versions } = await data.api.listVersions({ ...data.as(), params: { assetId: asset.id } });
      await expect
        .poll(async () => (await data.api.listVersions({ ...data.as(), params: { assetId: asset.id } })).data)
        .toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
      expect(versions).toHaveLength(2);
    }
  });

  it('concurrent new versions get numbers in a row', async () => {
    const asset = await data.upload('busy');
    await Promise.all(Array.from({ length: 6 }, (_, index) => newVersion(asset, `busy ${index}`)));
    const { data: versions } = await data.api.listVersions({ ...data.as(), params: { assetId: asset.id } });
    expect(versions.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await read(asset)).version).toBe(7);
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
  });

  it('cancellation and result at the same moment: one of them counts', async () => {
    for (let round = 0; round < 8; round++) {
      const asset = await data.upload(`undecided ${round}`);
      const job = await data.lease('geometry.process');
      const result = JSON.stringify(await data.resultOf(job, `undecided ${round}`));
      const [settled, canceled] = await Promise.allSettled([
        settleWith(job, result),
        data.api.cancelJob({ ...data.as(), params: { jobId: asset.job } }),
      ]);
      expect([settled.status, canceled.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      if (canceled.status === 'fulfilled') {
        expect(await read(asset)).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
        expect(await typesOf(asset)).toEqual(['model_uploaded', 'job_canceled']);
      } else {
        expect(canceled.reason).toMatchObject({ code: 'conflict' });
        await data.succeed(await data.lease('render.image'));
        expect(await read(asset)).toMatchObject({ state: 'ready', error: null });
      }
    }
  });

  it('a worker whose lease ran out is refused; the next one finishes', async () => {
    const asset = await data.upload('slow');
    const request = { worker: 'slow', kinds: ['geometry.process'], capacity: 1, leaseMs: 100, waitMs: 10_000 };
    const [slow] = (await data.jobs.lease(request)).jobs as [LeasedJob];
    const next = await data.lease('geometry.process');
    expect(next.jobId).toBe(slow.jobId);
    expect(next.token).toBeGreaterThan(slow.token);
    await expect(data.succeed(slow)).rejects.toMatchObject({ code: 'lease_lost' });
    const beat = { jobId: slow.jobId, token: slow.token, leaseMs: 10_000, progress: 1, stage: 'done' };
    expect(await data.jobs.heartbeat(beat)).toMatchObject({ state: 'lost' });
    await data.succeed(next);
    await data.succeed(await data.lease('render.image'));
    expect((await read(asset)).state).toBe('ready');
  });

  it('a job whose every worker vanished fails with its effect and event, once', async () => {
    const asset = await data.upload('cursed');
    const request = { worker: 'cursed', kinds: ['geometry.process'], capacity: 1, leaseMs: 100, waitMs: 10_000 };
    let last: LeasedJob | undefined;
    for (let attempt = 1; attempt <= 3; attempt++) {
      [last] = (await data.jobs.lease(request)).jobs;
      expect(last?.attempt).toBe(attempt);
    }
    expect((await read(asset)).state).toBe('processing');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const failed = await Promise.all([failExhaustedJobs(data.deps), failExhaustedJobs(data.deps)]);
    expect(failed.toSorted()).toEqual([0, 1]);
    expect(await read(asset)).toMatchObject({ state: 'failed', error: { code: 'sandbox_crashed', fault: 'system' } });
    expect(await typesOf(asset)).toEqual(['model_uploaded', 'model_rejected']);
    await expect(data.succeed(last as LeasedJob)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await failExhaustedJobs(data.deps)).toBe(0);
  });

  it.each([
    ['does not fit its schema', async () => ({ glb: null }), 'internal'],
    [
      'names a blob that is not stored',
      async (job: LeasedJob) => ({
        ...(await data.resultOf(job, 'x')),
        glb: { sha256: 'f'.repeat(64), bytes: 1 },
      }),
      'storage_failed',
    ],
  ])('a result that %s counts as a failed attempt', async (_what, make, code) => {
    const asset = await data.upload('sloppy');
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await read(asset)).state).toBe('processing');
      const job = await data.lease('geometry.process');
      await settleWith(job, JSON.stringify(await make(job)));
    }
    expect(await read(asset)).toMatchObject({ state: 'failed', error: { code } });
  });

  it('a job handed back unharmed keeps its attempts', async () => {
    const asset = await data.upload('returned');
    for (let time = 0; time < 5; time++) {
      const job = await data.lease('geometry.process');
      expect(job.attempt).toBe(1);
      await data.jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'released', value: true } });
    }
    expect((await data.api.getJob({ ...data.as(), params: { jobId: asset.job } })).state).toBe('queued');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
  });

  it('a worker that hangs up at the moment of the lease leaves the job unharmed', async () => {
    const asset = await data.upload('dropped');
    const controller = new AbortController();
    const lease: typeof data.bus.lease = async (request) => {
      const jobs = await data.bus.lease(request);
      controller.abort();
      return jobs;
    };
    const request = { worker: 'gone', kinds: ['geometry.process' as const], capacity: 1, leaseMs: 60_000, waitMs: 0 };
    const deps = { ...data.deps, bus: { ...data.bus, lease } };
    expect(await leaseJobs(deps, request, controller.signal)).toEqual([]);
    expect(await data.lease('geometry.process')).toMatchObject({ jobId: asset.job, attempt: 1 });
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
  });

  it('a worker that hangs up while it waits takes no job along', async () => {
    const controllers = Array.from({ length: 5 }, () => new AbortController());
    const request = { worker: 'gone', kinds: ['geometry.process'], capacity: 1, leaseMs: 60_000, waitMs: 30_000 };
    const waiting = controllers.map((controller) => data.jobs.lease(request, { signal: controller.signal }));
    const uploading = data.upload('patient');
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(waiting);
    const asset = await uploading;
    const job = await data.lease('geometry.process');
    expect(job).toMatchObject({ jobId: asset.job, attempt: 1 });
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
  });
});
