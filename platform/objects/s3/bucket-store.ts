import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { bucketFailed, objectNotFound, objectStorageFailed, rangeOutside } from '../errors.ts';
import { OBJECT_NAME, type ObjectStore, type PutOptions, type StoredObject } from '../objects.ts';
import { attempt, CHUNK_BYTES, spool } from '../spool.ts';
import { removeOrphans, temporaryName } from '../temporary-files.ts';
import { bucketUploads } from './bucket-uploads.ts';
import { copyWhole } from './copy-whole.ts';
import { putWhole } from './put-whole.ts';
import { isMissing, statusOf } from './statuses.ts';

/** Options of `openBucketStore`. */
export interface BucketStoreOptions {
  bucket: string;
  /** Of a storage that is not Amazon's; buckets are then parts of the path. */
  endpoint?: string | undefined;
  /** Address of that storage as clients see it. With it, and always on Amazon's, clients can send straight to the bucket. */
  publicEndpoint?: string | undefined;
  region: string;
  /** Before each name. */
  prefix?: string;
  /** A local folder in which uploads lie until their hash is known. */
  spoolFolder: string;
  /** Where credentials come from; where the AWS tools look unless given. */
  credentials?: S3ClientConfig['credentials'];
}

/** When the blob was stored, to the millisecond: the storage's own time counts seconds. */
const STORED_AT = 'stored-at';

/**
 * Object storage in a bucket of S3 or of what speaks as it does. A blob's key is its hash, so a stream is written to a
 * local file first; what the bucket has already is only marked as stored again, by a copy onto itself. Several processes
 * may use one bucket.
 *
 * @throws MaquetteError `storage_failed` when the bucket cannot be used
 */
export async function openBucketStore(options: BucketStoreOptions): Promise<ObjectStore> {
  const { bucket, endpoint, publicEndpoint, region, prefix = '', credentials } = options;
  const temporary = join(options.spoolFolder, 'spool');
  try {
    await mkdir(temporary, { recursive: true });
    await removeOrphans(temporary);
  } catch (error) {
    throw objectStorageFailed(`The folder ${temporary} cannot be used`, error);
  }
  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    // Storages that are not Amazon's take trailing checksums for a part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const Bucket = bucket;
  const keyOf = (sha256: Sha256) => {
    if (!OBJECT_NAME.test(sha256)) throw objectNotFound(sha256);
    return prefix + sha256;
  };
  const metadata = (at = new Date()) => ({ [STORED_AT]: String(at.getTime()) });

  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (error) {
    client.destroy();
    throw bucketFailed(`The bucket ${bucket} cannot be used`, error);
  }

  async function put(source: AsyncIterable<Uint8Array>, put: PutOptions = {}): Promise<StoredObject> {
    put.signal?.throwIfAborted();
    const path = join(temporary, await temporaryName());
    const file = await attempt('A file for the upload cannot be made', open(path, 'wx', 0o600));
    try {
      const stored = await spool(file, source, put);
      await file.close();
      const madeAt = await storeFile(path, stored);
      if (madeAt !== null) put.onMade?.(madeAt);
      return stored;
    } finally {
      await file.close().catch(() => {});
      await rm(path, { force: true });
    }
  }

  /** Says when the blob was made, or null where it was there before. */
  async function storeFile(path: string, { sha256, bytes }: StoredObject): Promise<Date | null> {
    const Key = keyOf(sha256);
    const what = `Object ${sha256} cannot be stored`;
    if (await touch(Key, bytes).catch((error) => Promise.reject(bucketFailed(what, error)))) return null;
    const madeAt = new Date();
    try {
      await putWhole(client, { Bucket, Key, Metadata: metadata(madeAt) }, path, bytes);
      return madeAt;
    } catch (error) {
      throw bucketFailed(what, error);
    }
  }

  /** Marks a blob as stored again; false when there is none. */
  async function touch(Key: string, bytes: number): Promise<boolean> {
    try {
      await copyWhole(client, { Bucket, from: Key, to: Key, bytes, Metadata: metadata() });
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Makes a blob of an object of the bucket. */
  async function keep(from: string, etag: string | undefined, { sha256, bytes }: StoredObject): Promise<void> {
    const to = keyOf(sha256);
    try {
      if (await touch(to, bytes)) return;
      await copyWhole(client, { Bucket, from, to, bytes, etag, Metadata: metadata() });
    } catch (error) {
      throw bucketFailed(`Object ${sha256} cannot be stored`, error);
    }
  }

  async function putFile(path: string): Promise<StoredObject> {
    // Read twice rather than copied: what is hashed first is what is sent, or the storage would keep a lie.
    return put(createReadStream(path, { highWaterMark: CHUNK_BYTES }));
  }

  async function find(sha256: Sha256): Promise<(StoredObject & { modifiedAt: Date }) | null> {
    if (!OBJECT_NAME.test(sha256)) return null;
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: keyOf(sha256) }));
      const storedAt = Number(head.Metadata?.[STORED_AT] ?? Number.NaN);
      const modifiedAt = Number.isFinite(storedAt) ? new Date(storedAt) : endOfSecond(head.LastModified);
      return { sha256, bytes: head.ContentLength ?? 0, modifiedAt };
    } catch (error) {
      if (isMissing(error)) return null;
      throw bucketFailed(`Object ${sha256} cannot be looked up`, error);
    }
  }

  async function read(sha256: Sha256, range?: { start: number; end: number }): Promise<Readable> {
    const Key = keyOf(sha256);
    const outside = async () => {
      const found = await find(sha256);
      return found === null
        ? objectNotFound(sha256)
        : rangeOutside(sha256, range?.start ?? 0, range?.end ?? 0, found.bytes);
    };
    if (range !== undefined && !(range.start >= 0 && range.start <= range.end)) throw await outside();
    try {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
      // In Node the body is a stream of Node.
      return Body as Readable;
    } catch (error) {
      if (isMissing(error)) throw objectNotFound(sha256);
      if (statusOf(error) === 416) throw await outside();
      throw bucketFailed(`Object ${sha256} cannot be read`, error);
    }
  }

  async function copyTo(sha256: Sha256, path: string): Promise<void> {
    const source = await read(sha256);
    const file = await open(path, 'wx', 0o644).catch((error: unknown) => {
      source.destroy();
      throw objectStorageFailed(`Object ${sha256} cannot be copied to ${path}`, error);
    });
    try {
      await pipeline(source, file.createWriteStream());
    } catch (error) {
      await rm(path, { force: true });
      throw bucketFailed(`Object ${sha256} cannot be copied to ${path}`, error);
    }
  }

  async function remove(sha256: Sha256, modifiedBefore?: Date): Promise<void> {
    if (!OBJECT_NAME.test(sha256)) return;
    if (modifiedBefore !== undefined) {
      const found = await find(sha256);
      if (found === null || found.modifiedAt >= modifiedBefore) return;
    }
    try {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(sha256) }));
    } catch (error) {
      if (!isMissing(error)) throw bucketFailed(`Object ${sha256} cannot be removed`, error);
    }
  }

  async function* list(): AsyncGenerator<StoredObject & { modifiedAt: Date }> {
    let ContinuationToken: string | undefined;
    do {
      const page = await client
        .send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken }))
        .catch((error: unknown) => Promise.reject(bucketFailed('The objects cannot be listed', error)));
      for (const { Key = '', Size: bytes = 0, LastModified } of page.Contents ?? []) {
        const sha256 = Key.slice(prefix.length);
        if (OBJECT_NAME.test(sha256)) yield { sha256, bytes, modifiedAt: endOfSecond(LastModified) };
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  const isPublic = publicEndpoint !== undefined || endpoint === undefined;
  const direct = isPublic && bucketUploads({ client, bucket, region, prefix, publicEndpoint, keep });
  return {
    put,
    putFile,
    stat: find,
    read,
    copyTo,
    delete: remove,
    list,
    close: async () => client.destroy(),
    ...(direct && { direct }),
  };
}

/** The latest moment that a time in whole seconds may mean: a blob must not look older than it is. */
function endOfSecond(time: Date | undefined): Date {
  return new Date(Math.floor((time?.getTime() ?? Date.now()) / 1000) * 1000 + 999);
}
