import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from '#test/databases.ts';
import { CRASHED, DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

const SOURCE = { kind: 'url' as const, url: 'https://example.com/chair.glb', name: 'chair.glb' };

describe.each(await testEngines({ oneConnection: false }))(
  'an upload whose bytes are still to come on $name',
  (engine) => {
    let data: TestDataService;
    beforeAll(async () => {
      data = await openDataService(engine);
    });
    afterAll(() => data?.close());

    const begin = (name: string) => data.api.ingestAsset({ ...data.as(), body: { name, source: SOURCE } });
    const get = (assetId: `ast_${string}`) => data.api.getAsset({ ...data.as(), params: { assetId } });

    it('is `uploading` until they are there, then processed as any other', async () => {
      const asset = await begin('Chair');
      expect(asset).toMatchObject({ state: 'uploading', version: 1, report: null });
      const files = await data.api.listFiles({ ...data.as(), params: { assetId: asset.id } });
      expect(files.data).toEqual([]);
      expect(await data.recorded()).toEqual([]);

      const job = await data.lease('asset.ingest');
      expect(job.jobId).toBe(asset.job);
      await data.succeed(job, 'the bytes of a chair');
      const arrived = await get(asset.id);
      expect(arrived.state).toBe('processing');
      expect(arrived.job).not.toBe(asset.job);
      expect(arrived.revision).toBeGreaterThan(asset.revision);
      expect((await data.recorded()).map(({ type }) => type)).toEqual(['model_uploaded']);
      await data.succeed(await data.lease('geometry.process'));
      await data.succeed(await data.lease('render.image'));
      expect(await get(asset.id)).toMatchObject({ state: 'ready' });
    });

    it('hands its priority on to the jobs that it leads to', async () => {
      const body = { name: 'Later', source: SOURCE, priority: -4 };
      const asset = await data.api.ingestAsset({ ...data.as(), body });
      const priorityOf = async (jobId: `job_${string}`) =>
        (await data.api.getJob({ ...data.as(), params: { jobId }, query: {} })).priority;
      expect(await priorityOf(asset.job)).toBe(-4);
      await data.succeed(await data.lease('asset.ingest'), 'bytes that can wait');
      expect(await priorityOf((await get(asset.id)).job)).toBe(-4);
      await data.succeed(await data.lease('geometry.process'));
      const preview = await data.lease('render.image');
      // Those of previews are 5 here (`REACTIONS`).
      expect(await priorityOf(preview.jobId as `job_${string}`)).toBe(5 - 4);
      await data.succeed(preview);
    });

    it('comes to nothing with the reason when they cannot be had, after further tries when the system is at fault', async () => {
      const asset = await begin('Lost');
      await data.fail(await data.lease('asset.ingest'), CRASHED, true);
      expect((await get(asset.id)).state).toBe('uploading');
      await data.fail(await data.lease('asset.ingest'), DAMAGED);
      expect(await get(asset.id)).toMatchObject({ state: 'failed', error: { code: DAMAGED.code } });
      expect((await data.recorded()).at(-1)).toMatchObject({ type: 'model_rejected', data: { assetId: asset.id } });
    });

    it('is given up with its job', async () => {
      const asset = await begin('Unwanted');
      await data.api.cancelJob({ ...data.as(), params: { jobId: asset.job } });
      expect(await get(asset.id)).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
    });

    it('can be a further version', async () => {
      const { id } = await data.uploadReady('Table');
      const params = { assetId: id };
      const asset = await data.api.ingestVersion({ ...data.as(), params, body: { source: SOURCE } });
      expect(asset).toMatchObject({ id, state: 'uploading', version: 2 });
      await data.succeed(await data.lease('asset.ingest'), 'another table');
      expect(await get(id)).toMatchObject({ state: 'processing', version: 2 });
    });

    it('refuses a file name that leads elsewhere', async () => {
      const body = { name: 'Thief', source: { ...SOURCE, name: '../chair.glb' } };
      await expect(data.api.ingestAsset({ ...data.as(), body })).rejects.toMatchObject({ code: 'invalid_request' });
    });
  },
);
