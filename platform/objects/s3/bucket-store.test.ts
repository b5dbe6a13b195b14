import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectUploads, WantedPart } from '../direct-uploads.ts';
import { describeObjectsContract } from '../objects.contract.ts';
import { readBytes } from '../testing/bytes.ts';
import { hasCeph, startCeph, type TestS3 } from '../testing/ceph.ts';
import { openBucketStore } from './bucket-store.ts';
import { copyWhole } from './copy-whole.ts';

const installed = await hasCeph();
if (!installed) console.warn('Ceph is not installed (radosgw, ceph-mon, ceph-osd): the S3 storage is not tested.');

describe.skipIf(!installed)('objects in a bucket', () => {
  let s3: TestS3;
  let client: S3Client;
  let buckets = 0;
  beforeAll(async () => {
    s3 = await startCeph();
    const { endpoint, credentials } = s3;
    client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
  }, 120_000);
  afterAll(async () => {
    client?.destroy();
    await s3?.close();
  });

  async function openNew(prefix = '') {
    const bucket = `bucket-${buckets++}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const spoolFolder = await mkdtemp(join(tmpdir(), 'maquette-spool-'));
    const { endpoint, credentials } = s3;
    const openStore = () =>
      openBucketStore({
        bucket,
        endpoint,
        publicEndpoint: endpoint,
        credentials,
        region: 'us-east-1',
        prefix,
        spoolFolder,
      });
    return {
      bucket,
      store: await openStore(),
      openAnother: openStore,
      async close() {
        expect(await readdir(join(spoolFolder, 'spool'))).toEqual([]);
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
        expect(Uploads).toEqual([]);
        await rm(spoolFolder, { recursive: true, force: true });
      },
    };
  }

  describeObjectsContract('a bucket of Ceph', () => openNew('some/prefix/'), { megabytes: 150 });

  it('that is not there, or with a wrong secret, is told of with what to do', async () => {
    const { endpoint, credentials } = s3;
    const spoolFolder = await mkdtemp(join(tmpdir(), 'maquette-spool-'));
    const wish = { endpoint, credentials, region: 'us-east-1', bucket: 'nowhere', spoolFolder };
    await expect(openBucketStore(wish)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('nowhere'),
      remedy: expect.stringContaining('MAQUETTE_S3_BUCKET'),
    });
    const { bucket, store, close } = await openNew();
    const wrong = { ...credentials, secretAccessKey: 'wrong' };
    await expect(openBucketStore({ ...wish, bucket, credentials: wrong })).rejects.toMatchObject({
      code: 'storage_failed',
    });
    await store.close();
    await close();
    await rm(spoolFolder, { recursive: true, force: true });
  });

  describe('uploads past the server', () => {
    /** Parts but the last have to be so large. */
    const PART = 5 * 1024 * 1024;
    const bytes = randomBytes(PART + 1000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const first = new Uint8Array(bytes.subarray(0, PART));
    const second = new Uint8Array(bytes.subarray(PART));
    let opened: Awaited<ReturnType<typeof openNew>>;
    let direct: DirectUploads;
    beforeAll(async () => {
      opened = await openNew('some/prefix/');
      direct = opened.store.direct as DirectUploads;
    });
    afterAll(() => opened?.close());

    const begun = async (id: string) => ({ id, storageUpload: await direct.begin(id) });
    async function send(
      upload: { id: string; storageUpload: string },
      part: WantedPart,
      body: Uint8Array<ArrayBuffer>,
    ) {
      const { url, headers } = await direct.requestFor(upload, part);
      return (await fetch(url, { method: 'PUT', headers, body })).status;
    }

    it('bring a blob in parts, each as it was signed and nothing else', async () => {
      const upload = await begun('upl_one');
      const signed = { number: 1, bytes: PART };
      expect(await send(upload, signed, second)).toBe(403);
      const hash = createHash('sha256').update(first).digest('hex');
      const changed = new Uint8Array(first);
      changed[7] = (changed[7] ?? 0) ^ 1;
      expect(await send(upload, { ...signed, sha256: hash }, changed)).toBeGreaterThanOrEqual(400);
      expect(await direct.listParts(upload)).toEqual([]);
      expect(await send(upload, { ...signed, sha256: hash }, first)).toBe(200);
      expect(await send(upload, { number: 2, bytes: second.length }, second)).toBe(200);
      const parts = (await direct.listParts(upload)) ?? [];
      expect(parts).toEqual([
        { number: 1, bytes: PART, etag: createHash('md5').update(first).digest('hex') },
        { number: 2, bytes: 1000, etag: createHash('md5').update(second).digest('hex') },
      ]);
      expect(await direct.size(upload.id)).toBeNull();
      await direct.complete(upload, parts);
      expect(await direct.listParts(upload)).toBeNull();
      expect(await direct.size(upload.id)).toBe(bytes.length);
      // Its URLs bring nothing any more.
      expect(await send(upload, signed, first)).toBe(404);

      let hashed = 0;
      const onBytes = (more: number) => (hashed += more);
      await expect(direct.adopt(upload.id, { limitBytes: PART })).rejects.toMatchObject({ code: 'payload_too_large' });
      const blob = await direct.adopt(upload.id, { limitBytes: bytes.length, onBytes });
      expect([blob, hashed]).toEqual([{ sha256, bytes: bytes.length }, bytes.length]);
      expect((await readBytes(opened.store, sha256)).equals(bytes)).toBe(true);
      const listed: string[] = [];
      for await (const { sha256: name } of opened.store.list()) listed.push(name);
      expect(listed).toEqual([sha256]);
      // A second time, as after a worker that was killed, and after the object has gone.
      expect(await direct.adopt(upload.id, { limitBytes: bytes.length })).toEqual(blob);
      await direct.discard(upload);
      await direct.discard(upload);
      await expect(direct.adopt(upload.id, { limitBytes: 1 })).rejects.toMatchObject({ code: 'not_found' });
      await opened.store.delete(sha256);
    });

    it('are listed while they are there, and leave nothing when they are given up', async () => {
      const upload = await begun('upl_two');
      expect(await send(upload, { number: 1, bytes: PART }, first)).toBe(200);
      const list = async () => {
        const found = [];
        for await (const one of direct.list()) found.push(one);
        return found;
      };
      expect(await list()).toMatchObject([{ ...upload, begunAt: expect.any(Date) }]);
      await direct.discard(upload);
      expect(await list()).toEqual([]);
      expect(await send(upload, { number: 2, bytes: second.length }, second)).toBe(404);
    });

    it('are copied in parts when they are too large for one copy', async () => {
      const stored = await opened.store.put(
        (async function* () {
          yield bytes;
        })(),
      );
      const { bucket: Bucket } = opened;
      const from = `some/prefix/${stored.sha256}`;
      const to = 'some/prefix/copy';
      await copyWhole(client, { Bucket, from, to, bytes: bytes.length, partBytes: PART, Metadata: { noted: 'x' } });
      const copy = await client.send(new GetObjectCommand({ Bucket, Key: to }));
      expect(Buffer.from((await copy.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
      expect(copy.Metadata).toEqual({ noted: 'x' });
    });

    it('are offered only where clients can reach the storage', async () => {
      const { endpoint, credentials } = s3;
      const { bucket } = opened;
      const spoolFolder = await mkdtemp(join(tmpdir(), 'maquette-spool-'));
      const store = await openBucketStore({ bucket, endpoint, credentials, region: 'us-east-1', spoolFolder });
      expect(store.direct).toBeUndefined();
      await store.close();
      await rm(spoolFolder, { recursive: true, force: true });
    });
  });
});
