import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { bucketUploads } from './bucket-uploads.ts';

/** Signs for a bucket without asking it anything. */
function uploadsTo(bucket: string, publicEndpoint?: string) {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const client = new S3Client({ region: 'eu-west-1', credentials });
  return bucketUploads({
    client,
    bucket,
    region: 'eu-west-1',
    prefix: 'my models/',
    publicEndpoint,
    keep: async () => {},
  });
}

const UPLOAD = { id: 'upl_one', storageUpload: '2~a/b' };

describe('the request that brings a part', () => {
  it.each([
    ['models', undefined, 'https://models.s3.eu-west-1.amazonaws.com/my%20models/incoming/upl_one'],
    ['my.models', undefined, 'https://s3.eu-west-1.amazonaws.com/my.models/my%20models/incoming/upl_one'],
    ['models', 'https://storage.example:9000/', 'https://storage.example:9000/models/my%20models/incoming/upl_one'],
  ])('to %s at %s goes to %s', async (bucket, endpoint, place) => {
    const { url, headers, expiresAt } = await uploadsTo(bucket, endpoint).requestFor(UPLOAD, { number: 3, bytes: 10 });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe(place);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      partNumber: '3',
      uploadId: '2~a/b',
      'X-Amz-SignedHeaders': 'content-length;host',
      'X-Amz-Expires': '3600',
    });
    expect(headers).toEqual({});
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('is for its bytes alone when their hash is known, and for no other name', async () => {
    const sha256 = 'ab'.repeat(32);
    const uploads = uploadsTo('models');
    const { url, headers } = await uploads.requestFor(UPLOAD, { number: 1, bytes: 10, sha256 });
    expect(headers).toEqual({ 'x-amz-content-sha256': sha256 });
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-content-sha256');
    const elsewhere = { id: '../blob', storageUpload: 'x' };
    await expect(uploads.requestFor(elsewhere, { number: 1, bytes: 10 })).rejects.toMatchObject({ code: 'not_found' });
  });
});
