import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { testEngines } from '#test/databases.ts';
import { deleteUploads } from './sweep.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';

/** May store 100 bytes. */
const poor = newId('organization');

describe.each(await testEngines({ oneConnection: false }))('uploads in pieces on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    const usual = { storage: null, renderSeconds: null, queued: null, running: null };
    data = await openDataService(engine, { quotas: { usual, test: {}, of: { [poor]: { storage: 100 } } } });
  });
  afterAll(() => data?.close());

  const UPLOAD = { bytes: 20, fileName: 'chair.glb', held: false, metadata: '' };
  const create = (more: object = {}) => data.api.createUpload({ ...data.as(), body: { ...UPLOAD, ...more } });
  const begin = (uploadId: `upl_${string}`, offset: number, bytes?: number) =>
    data.api.beginWrite({ ...data.as(), params: { uploadId }, body: { offset, bytes } });
  async function append(uploadId: `upl_${string}`, writer: number, offset: number, text: string) {
    const { sha256, bytes } = await data.file('piece', text);
    const body = { writer, offset, pieces: [{ sha256, bytes }] };
    return { sha256, upload: await data.api.appendPieces({ ...data.as(), params: { uploadId }, body }) };
  }
  const isStored = async (sha256: string) => (await data.objects.stat(sha256)) !== null;

  it('become an asset with the last byte, and their pieces go when its file is there', async () => {
    const { id } = await create();
    const { writer } = await begin(id, 0);
    const first = await append(id, writer, 0, 'ten bytes ');
    expect(first.upload).toMatchObject({ state: 'uploading', received: 10, assetId: null });
    const second = await append(id, writer, 10, 'ten more..');
    expect(second.upload).toMatchObject({ state: 'complete', received: 20, assetId: expect.stringMatching(/^ast_/) });
    await deleteUploads(data.deps);
    expect(await isStored(first.sha256)).toBe(true);

    const job = await data.lease('asset.ingest');
    expect(JSON.parse(job.payloadJson).source).toMatchObject({ kind: 'pieces', files: [{ name: 'chair.glb' }] });
    await data.succeed(job, 'ten bytes ten more..');
    await new Promise((later) => setTimeout(later, 20));
    expect(await deleteUploads(data.deps)).toBe(2);
    expect([await isStored(first.sha256), await isStored(second.sha256)]).toEqual([false, false]);
    // Who asks late still learns what became of it.
    expect(await data.api.getUpload({ ...data.as(), params: { uploadId: id } })).toMatchObject({ state: 'complete' });
  });

  it('belong to the newest writer, at the place that comes next', async () => {
    const { id } = await create();
    const old = await begin(id, 0);
    const { writer } = await begin(id, 0);
    await expect(append(id, old.writer, 0, 'too late')).rejects.toMatchObject({ code: 'conflict' });
    await append(id, writer, 0, 'in time');
    await expect(append(id, writer, 0, 'twice')).rejects.toMatchObject({ code: 'conflict' });
    await expect(begin(id, 3)).rejects.toMatchObject({ code: 'conflict' });
    await expect(append(id, writer, 7, 'more than there is room for')).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });

  it('learn their length once', async () => {
    const { id } = await create({ bytes: null });
    const { writer } = await begin(id, 0);
    await append(id, writer, 0, 'some');
    await expect(begin(id, 4, 3)).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await begin(id, 4, 8)).upload.bytes).toBe(8);
    await expect(begin(id, 4, 9)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are forgotten with their bytes when they are given up', async () => {
    const { id } = await create();
    const { writer } = await begin(id, 0);
    const { sha256 } = await append(id, writer, 0, `given up`);
    await data.api.deleteUpload({ ...data.as(), params: { uploadId: id } });
    await expect(begin(id, 8)).rejects.toMatchObject({ code: 'not_found' });
    await new Promise((later) => setTimeout(later, 20));
    await deleteUploads(data.deps);
    expect(await isStored(sha256)).toBe(false);
  });

  it('become a further version, or files of one model that names them', async () => {
    const asset = await data.upload('Chair');
    const { id } = await create({ assetId: asset.id, bytes: 4 });
    const { upload } = await append(id, (await begin(id, 0)).writer, 0, 'next');
    expect(upload.assetId).toBe(asset.id);
    const renewed = await data.api.getAsset({ ...data.as(), params: { assetId: asset.id } });
    expect(renewed).toMatchObject({ version: 2, state: 'uploading' });

    const held = await create({ held: true, bytes: 4 });
    const source = { kind: 'uploads' as const, uploads: [held.id] };
    const ingest = () => data.api.ingestAsset({ ...data.as(), body: { source } });
    await expect(ingest()).rejects.toMatchObject({ code: 'conflict' });
    await append(held.id, (await begin(held.id, 0)).writer, 0, 'file');
    expect(await ingest()).toMatchObject({ name: 'chair.glb', state: 'uploading' });
    await expect(ingest()).rejects.toMatchObject({ code: 'conflict' });
    const stranger = data.as(newId('organization'));
    await expect(data.api.ingestAsset({ ...stranger, body: { source } })).rejects.toMatchObject({ code: 'not_found' });
  });

  describe('of an organisation with a quota', () => {
    const OVER = { code: 'quota_exceeded' };
    const used = async () => (await data.api.getUsage({ ...data.as(poor) })).storage.used;
    const begun = async (bytes: number | null) => {
      const { id } = await data.api.createUpload({ ...data.as(poor), body: { ...UPLOAD, bytes } });
      const params = { uploadId: id };
      const write = (offset: number, length?: number) =>
        data.api.beginWrite({ ...data.as(poor), params, body: { offset, bytes: length } });
      const add = async (offset: number, text: string) => {
        const { writer } = await write(offset);
        const { sha256, bytes: more } = await data.file('piece', text);
        return data.api.appendPieces({
          ...data.as(poor),
          params,
          body: { writer, offset, pieces: [{ sha256, bytes: more }] },
        });
      };
      return { id, write, add, giveUp: () => data.api.deleteUpload({ ...data.as(poor), params }) };
    };

    /** Those of other tests are left to themselves. */
    async function ingestOf(assetId: string | null) {
      for (;;) {
        const job = await data.lease('asset.ingest');
        if (JSON.parse(job.payloadJson).assetId === assetId) return job;
      }
    }

    it('count while they come, whether they say how long they are or not', async () => {
      const [one, two] = [await begun(null), await begun(80)];
      await one.add(0, 'o'.repeat(60));
      expect(await used()).toBe(60);
      await expect(one.write(60, 101)).rejects.toMatchObject(OVER);
      await expect(one.add(60, 'o'.repeat(41))).rejects.toMatchObject(OVER);
      // There was room for it when it was begun.
      await expect(two.write(0)).rejects.toMatchObject(OVER);
      await expect(data.api.admitUpload({ ...data.as(poor), body: { bytes: 41 } })).rejects.toMatchObject(OVER);
      await data.api.admitUpload({ ...data.as(poor), body: { bytes: 40 } });
      await one.giveUp();
      expect(await used()).toBe(0);
      await two.add(0, 't'.repeat(40));
      await two.giveUp();
    });

    it('may fill it to the last byte, count once, and go with their asset', async () => {
      const { id, add } = await begun(100);
      await add(0, 'f'.repeat(50));
      const { assetId } = await add(50, 'g'.repeat(50));
      expect(await used()).toBe(100);
      await data.succeed(await ingestOf(assetId), `${'f'.repeat(50)}${'g'.repeat(50)}`);
      expect(await used()).toBe(100);
      expect(await data.api.getUpload({ ...data.as(poor), params: { uploadId: id } })).toMatchObject({ assetId });
      await data.api.deleteAsset({ ...data.as(poor), params: { assetId: assetId ?? 'ast_' } });
      expect(await used()).toBe(0);

      const unwanted = await begun(30);
      const made = await unwanted.add(0, 'u'.repeat(30));
      expect(await used()).toBe(30);
      await data.api.deleteAsset({ ...data.as(poor), params: { assetId: made.assetId ?? 'ast_' } });
      expect(await used()).toBe(0);
    });

    it('come to nothing when a URL brings more than there is room for, and leave nothing', async () => {
      const source = { kind: 'url' as const, url: 'https://example.com/large.glb', name: 'large.glb' };
      const { id } = await data.api.ingestAsset({ ...data.as(poor), body: { source } });
      const large = 'l'.repeat(101);
      await data.succeed(await ingestOf(id), large);
      expect(await data.api.getAsset({ ...data.as(poor), params: { assetId: id } })).toMatchObject({
        state: 'failed',
        error: { code: 'quota_exceeded', remedy: expect.stringContaining('Delete') },
      });
      expect(await used()).toBe(0);
      expect(await isStored(createHash('sha256').update(large).digest('hex'))).toBe(false);
      // The same bytes may be those of somebody who has yet to record them.
      const shared = 's'.repeat(101);
      const { sha256 } = await data.file('shared.glb', shared);
      const again = await data.api.ingestAsset({ ...data.as(poor), body: { source } });
      await data.succeed(await ingestOf(again.id), shared);
      expect(await isStored(sha256)).toBe(true);
    });
  });
});
