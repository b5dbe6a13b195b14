import { afterEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import { testEngines } from '#test/databases.ts';
import { claimBlobs } from './store/blobs.ts';
import { deleteUnreferencedBlobs } from './sweep.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';

const HOUR_MS = 3_600_000;
/** A grace period that a test can wait out. */
const GRACE_MS = 600;

describe.each(await testEngines({ oneConnection: false }))('the sweep on $name', (engine) => {
  let data: TestDataService;
  afterEach(() => data?.close());

  const stored = async () => {
    let count = 0;
    for await (const _ of data.objects.list()) count++;
    return count;
  };
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  /** Lets the clock move on, so that what was stored is older than a grace period of nothing. */
  const aMoment = () => pause(20);

  it('deletes what nothing refers to after its grace, and nothing else', async () => {
    data = await openDataService(engine);
    const kept = await data.uploadReady('kept', 'shared bytes');
    const deleted = await data.upload('deleted', 'shared bytes');
    await data.succeed(await data.lease('geometry.process'), 'its own GLB');
    await data.succeed(await data.lease('render.image'), 'its own picture');
    await data.file('never recorded.glb', 'an upload that was broken off');
    expect(await stored()).toBe(6);
    await aMoment();
    expect(await deleteUnreferencedBlobs(data.deps, 0)).toBe(1);
    expect(await stored()).toBe(5);

    await data.api.deleteAsset({ ...data.as(), params: { assetId: deleted.id } });
    await aMoment();
    expect(await deleteUnreferencedBlobs(data.deps, 24 * HOUR_MS)).toBe(0);
    expect(await deleteUnreferencedBlobs(data.deps, 0)).toBe(2);
    const { data: files } = await data.api.listFiles({ ...data.as(), params: { assetId: kept.id } });
    const { data: derivatives } = await data.api.listDerivatives({ ...data.as(), params: { assetId: kept.id } });
    for (const { sha256 } of [...files, ...derivatives]) expect(await data.objects.stat(sha256)).not.toBeNull();

    await data.api.deleteAsset({ ...data.as(), params: { assetId: kept.id } });
    await aMoment();
    expect(await deleteUnreferencedBlobs(data.deps, 0)).toBe(3);
    expect(await stored()).toBe(0);
    // What is uploaded again afterwards is stored again.
    expect((await data.uploadReady('again', 'shared bytes')).state).toBe('ready');
  });

  it('never takes the bytes of uploads that are recorded at the same moment', async () => {
    data = await openDataService(engine);
    const files: SourceFile[] = [];
    for (let index = 0; index < 24; index++) files.push(await data.file(`${index}.glb`, `contested ${index}`));
    await pause(2 * GRACE_MS);
    const [, ...uploads] = await Promise.allSettled([
      deleteUnreferencedBlobs(data.deps, GRACE_MS),
      ...files.map((file) => data.api.createAsset({ ...data.as(), body: { name: file.name, files: [file] } })),
    ]);
    for (const [index, upload] of uploads.entries()) {
      const there = (await data.objects.stat((files[index] as SourceFile).sha256)) !== null;
      if (upload.status === 'fulfilled') expect(there).toBe(true);
      else expect(upload.reason).toMatchObject({ code: 'storage_failed' });
    }
  });

  it('waits for a transaction that has claimed a blob which nothing referred to for long', async () => {
    data = await openDataService(engine);
    const asset = await data.upload('before', 'forgotten');
    await data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });
    const file = await data.file('after.glb', 'forgotten');
    await pause(2 * GRACE_MS);
    const claimed = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const recording = data.deps.database.transaction(async (trx) => {
      await claimBlobs(trx, data.objects, [file]);
      claimed.resolve();
      await commit.promise;
    });
    await claimed.promise;
    const sweeping = deleteUnreferencedBlobs(data.deps, GRACE_MS);
    // Long enough that the sweep stands before the row, short enough that the claim is younger than the grace.
    await pause(GRACE_MS / 3);
    commit.resolve();
    await recording;
    expect(await sweeping).toBe(0);
    expect(await data.objects.stat(file.sha256)).not.toBeNull();
  });

  it('works by itself', async () => {
    data = await openDataService(engine, {
      sweep: { exhaustedIntervalMs: 30, storageIntervalMs: 30, blobGraceMs: 0, retentionMs: HOUR_MS },
    });
    await data.file('orphan.glb', 'orphan');
    await expect.poll(stored, { timeout: 10_000 }).toBe(0);
    const request = { worker: 'w', kinds: ['geometry.process'], capacity: 1, leaseMs: 100, waitMs: 10_000 };
    const file = await data.file('x.glb', 'x');
    const created = await data.api
      .createAsset({ ...data.as(), body: { name: 'x', files: [file] } })
      // The sweep without any grace may have been faster than this test.
      .catch(async () => data.upload('x'));
    for (let attempt = 0; attempt < 3; attempt++) await data.jobs.lease(request);
    const read = () => data.api.getAsset({ ...data.as(), params: { assetId: created.id } });
    await expect.poll(async () => (await read()).state, { timeout: 10_000 }).toBe('failed');
  });
});
