import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobId, newId } from '#contracts/ids/ids.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { RenderRequest } from '#contracts/render/render-request.ts';
import { SequenceRequest } from '#contracts/render/sequence-request.ts';
import type { CheckedItem } from '#contracts/rest/data/jobs.ts';
import { testEngines } from '#test/databases.ts';
import type { Quota } from './quotas/quotas.ts';
import { CRASHED, DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

const usual: Quota = { storage: null, renderSeconds: null, queued: null, running: null };
/** Its quotas are small; the others have none. */
const poor = newId('organization');

describe.each(await testEngines({ oneConnection: false }))('jobs on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine, {
      quotas: { usual, test: { queued: 1 }, of: { [poor]: { storage: 100, renderSeconds: 1, queued: 2 } } },
    });
  });
  afterAll(() => data?.close());
  const retry = (jobId: string) => data.api.retryJob({ ...data.as(), params: { jobId: jobId as JobId } });
  const asset = (id: `ast_${string}`) => data.api.getAsset({ ...data.as(), params: { assetId: id } });
  const weld = Recipe.parse({ operations: [{ type: 'weld' }] });

  describe('that are done again', () => {
    it('let a version that failed be processed after all', async () => {
      const uploaded = await data.upload('chair');
      await expect(retry(uploaded.job)).rejects.toMatchObject({ code: 'conflict' });
      await data.fail(await data.lease('geometry.process'), DAMAGED);
      expect(await asset(uploaded.id)).toMatchObject({ state: 'failed', error: { code: 'model_malformed' } });
      const again = await retry(uploaded.job);
      expect(again).toMatchObject({ id: uploaded.job, state: 'queued', attempt: 0, error: null, finishedAt: null });
      expect(await asset(uploaded.id)).toMatchObject({ state: 'processing', error: null });
      await data.succeed(await data.lease('geometry.process'));
      await data.succeed(await data.lease('render.image'));
      expect((await asset(uploaded.id)).state).toBe('ready');
      expect((await data.recorded()).map(({ type }) => type)).toContain('job_retried');
    });

    it('let renders wait again, unless another job makes the same by now', async () => {
      const { id } = await data.uploadReady('table');
      const first = await data.requestRender(id, { width: 64 });
      const joined = await data.requestRender(id, { width: 64 });
      await data.fail(await data.lease('render.image'), DAMAGED);
      const other = await data.requestRender(id, { width: 64 });
      await expect(retry(first.job)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(other.job),
      });
      await data.fail(await data.lease('render.image'), CRASHED);
      await retry(first.job);
      const read = (render: { id: `rnd_${string}` }) =>
        data.api.getRender({ ...data.as(), params: { renderId: render.id } });
      expect([(await read(first)).state, (await read(joined)).state]).toEqual(['queued', 'queued']);
      await data.succeed(await data.lease('render.image'));
      expect([(await read(first)).state, (await read(joined)).state]).toEqual(['succeeded', 'succeeded']);
      expect((await read(other)).state).toBe('failed');
    });

    it('make all frames of a sequence anew', async () => {
      const { id } = await data.uploadReady('lamp');
      const request = SequenceRequest.parse({ kind: 'turntable', frames: 60, width: 64, height: 64 });
      const render = await data.requestRender(id, request);
      await data.succeed(await data.lease('render.frames'));
      await data.api.cancelJob({ ...data.as(), params: { jobId: render.job } });
      await retry(render.job);
      await data.succeed(await data.lease('render.frames'));
      await data.succeed(await data.lease('render.frames'));
      await data.succeed(await data.lease('render.sequence'));
      const done = await data.api.getRender({ ...data.as(), params: { renderId: render.id } });
      expect(done.state).toBe('succeeded');
    });

    it('are refused when their asset is gone', async () => {
      const uploaded = await data.upload('gone');
      await data.fail(await data.lease('geometry.process'), DAMAGED);
      await data.api.deleteAsset({ ...data.as(), params: { assetId: uploaded.id } });
      await expect(retry(uploaded.job)).rejects.toMatchObject({ code: 'conflict' });
    });
  });

  describe('in batches', () => {
    const render = (assetId: `ast_${string}`, width: number): CheckedItem => ({
      type: 'render',
      assetId,
      request: RenderRequest.parse({ kind: 'image', width }),
      progressPictures: false,
      estimate: null,
      referenceSeconds: 1,
    });

    it('are taken or refused one by one, in one transaction, and canceled together', async () => {
      const one = await data.uploadReady('one');
      const two = await data.uploadReady('two');
      const unready = await data.upload('unready');
      const before = await data.requestRender(two.id, { width: 99 });
      const items: CheckedItem[] = [
        render(two.id, 98),
        { type: 'recipe', assetId: one.id, recipe: weld },
        { type: 'refused', error: { code: 'render_too_large', message: 'too large', fault: 'input', remedy: null } },
        render(unready.id, 64),
        render(two.id, 99),
        render(newId('asset'), 64),
      ];
      const events = (await data.recorded()).length;
      const call = { headers: { ...data.as().headers, 'x-maquette-idempotency-key': 'batch-1' } };
      const body = { asked: 'the same', priority: 3, items };
      const batch = await data.api.createBatch({ ...call, body });
      expect(await data.api.createBatch({ ...call, body: { ...body, items: [items[2] as CheckedItem] } })).toEqual(
        batch,
      );
      expect(batch.items.map(({ index, state }) => [index, state])).toEqual([
        [0, 'queued'],
        [1, 'queued'],
        [2, 'refused'],
        [3, 'refused'],
        [4, 'queued'],
        [5, 'refused'],
      ]);
      expect(batch.items.map(({ error }) => error?.code)).toEqual([
        undefined,
        undefined,
        'render_too_large',
        'conflict',
        undefined,
        'not_found',
      ]);
      expect(batch).toMatchObject({ state: 'running', counts: { queued: 3, refused: 3 }, progress: 0.5 });
      expect((await data.recorded()).length).toBe(events + 2);
      const job = await data.api.getJob({ ...data.as(), params: { jobId: batch.items[0]?.job as JobId } });
      expect(job.priority).toBe(3);

      const canceled = await data.api.cancelBatch({ ...data.as(), params: { batchId: batch.id } });
      // What was asked for before the batch goes on.
      expect(canceled.items.map(({ state }) => state)).toEqual([
        'canceled',
        'canceled',
        'refused',
        'refused',
        'queued',
        'refused',
      ]);
      expect(canceled.items[4]?.job).toBe(before.job);
      await data.succeed(await data.lease('render.image'));
      const { data: listed } = await data.api.listBatches({ ...data.as() });
      expect(listed).toMatchObject([
        { id: batch.id, state: 'ended', counts: { succeeded: 1, canceled: 2 }, progress: 1 },
      ]);
      await data.succeed(await data.lease('geometry.process'));
      await data.succeed(await data.lease('render.image'));
    });
  });

  describe('and what organisations use', () => {
    const usage = (organization?: `org_${string}`) => data.api.getUsage({ ...data.as(organization) });

    it('is counted as it is stored and deleted, and as workers work', async () => {
      const own = newId('organization');
      const uploaded = await data.upload('counted', 'x'.repeat(40), own);
      expect(await usage(own)).toMatchObject({
        storage: { used: 40, limit: null },
        jobsQueued: { used: 1 },
        days: [{ uploadedBytes: 40, storageBytes: 40, jobs: 0 }],
      });
      await data.succeed(await data.lease('geometry.process'), 'y'.repeat(10));
      const rendering = await data.lease('render.image');
      expect((await usage(own)).jobsRunning.used).toBe(1);
      await sql`update jobs set leased_at = now() - interval '3 seconds' where id = ${rendering.jobId}`.execute(
        data.deps.database.kysely,
      );
      await data.succeed(rendering, 'z'.repeat(5));
      const after = await usage(own);
      expect(after).toMatchObject({ storage: { used: 55 }, days: [{ jobs: 2, storageBytes: 55 }] });
      expect(after.renderSeconds.used).toBeGreaterThanOrEqual(3);
      expect(after.renderSeconds.used).toBeLessThan(10);
      await data.api.deleteAsset({ ...data.as(own), params: { assetId: uploaded.id } });
      expect(await usage(own)).toMatchObject({ storage: { used: 0 }, days: [{ storageBytes: 55, uploadedBytes: 40 }] });
    });

    it('ends at the quota of test sides where one is asked for, each counted by itself', async () => {
      for (const test of [newId('organization'), newId('organization')]) {
        const headers = { ...data.as(test).headers, 'x-maquette-test': 'true' as const };
        const body = { name: 'a', files: [await data.file('a.glb', 'of a test')] };
        const { id } = await data.api.createAsset({ headers, body });
        await data.succeed(await data.lease('geometry.process'), 'g');
        await data.succeed(await data.lease('render.image'), 'p');
        const ask = (width: number) => data.requestRender(id, { width }, 'request', test);
        await ask(64);
        await expect(ask(65)).rejects.toMatchObject({ code: 'quota_exceeded', errors: [{ pointer: '/jobsQueued' }] });
        expect((await data.api.getUsage({ headers })).jobsQueued).toEqual({ used: 1, limit: 1 });
        await data.succeed(await data.lease('render.image'), 'r');
      }
      expect((await usage(newId('organization'))).jobsQueued.limit).toBeNull();
    });

    it('ends at its quota, with the figures; what was refused is not there', async () => {
      const body = async (bytes: number) => ({ name: 'a', files: [await data.file('a.glb', 'q'.repeat(bytes))] });
      const first = await data.api.createAsset({ ...data.as(poor), body: await body(60) });
      const refused = data.api.createAsset({ ...data.as(poor), body: await body(41) });
      await expect(refused).rejects.toMatchObject({
        code: 'quota_exceeded',
        errors: [{ pointer: '/storage', message: '101 of 100 bytes' }],
      });
      expect((await usage(poor)).storage).toEqual({ used: 60, limit: 100 });
      await data.succeed(await data.lease('geometry.process'), 'g');
      await data.succeed(await data.lease('render.image'), 'p');
      const ask = (width: number) => data.requestRender(first.id, { width }, 'request', poor);
      await ask(64);
      await ask(65);
      await expect(ask(66)).rejects.toMatchObject({ code: 'quota_exceeded', errors: [{ pointer: '/jobsQueued' }] });
      // An equal one needs no job of its own.
      await ask(64);
      await data.succeed(await data.lease('render.image'), 'r');
      await sql`update usage_days set render_seconds = 2 where organization_id = ${poor}`.execute(
        data.deps.database.kysely,
      );
      await expect(ask(66)).rejects.toMatchObject({ code: 'quota_exceeded', errors: [{ pointer: '/renderSeconds' }] });
    });
  });
});
