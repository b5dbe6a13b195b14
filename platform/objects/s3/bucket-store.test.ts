import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeObjectsContract } from '../objects.contract.ts';
import { hasCeph, startCeph, type TestS3 } from '../testing/ceph.ts';
import { openBucketStore } from './bucket-store.ts';

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
      openBucketStore({ bucket, endpoint, credentials, region: 'us-east-1', prefix, spoolFolder });
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
});
