import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { DirectUpload, DirectUploads, PartRequest, StoredPart, WantedPart } from '../direct-uploads.ts';
import { arrivalNotFound, bucketFailed, objectTooLarge } from '../errors.ts';
import type { StoredObject } from '../objects.ts';
import { encoded, presign } from './presign.ts';
import { isMissing } from './statuses.ts';

/** What the uploads of a bucket need of it. */
export interface BucketUploadsOptions {
  client: S3Client;
  bucket: string;
  region: string;
  /** Before each name, in front of `incoming/`. */
  prefix: string;
  /** Address of the storage as clients see it; Amazon's unless given. */
  publicEndpoint: string | undefined;
  /** Makes a blob of a complete object, whose bytes are known to hash so. */
  keep(key: string, etag: string | undefined, stored: StoredObject): Promise<void>;
}

/** So long a signed request counts. */
const EXPIRES_SECONDS = 3600;
const ID = /^[A-Za-z0-9_]{1,100}$/;

/**
 * Uploads straight to a bucket, by requests that are signed here. Objects on their way lie under `incoming/`, as
 * multipart uploads: what is completed cannot be written again by the same URLs.
 */
export function bucketUploads(options: BucketUploadsOptions): DirectUploads {
  const { client, bucket: Bucket, region, prefix, publicEndpoint, keep } = options;
  const folder = `${prefix}incoming/`;
  const keyOf = (id: string) => {
    if (!ID.test(id)) throw arrivalNotFound(id);
    return folder + id;
  };
  const failed = (what: string) => (error: unknown) => {
    throw error instanceof MaquetteError ? error : bucketFailed(what, error);
  };
  const place = placeOf(Bucket, region, publicEndpoint);

  async function begin(id: string): Promise<string> {
    const answer = await client
      .send(new CreateMultipartUploadCommand({ Bucket, Key: keyOf(id) }))
      .catch(failed('An upload cannot be begun'));
    return answer.UploadId ?? '';
  }

  async function requestFor({ id, storageUpload }: DirectUpload, part: WantedPart): Promise<PartRequest> {
    const url = new URL(`${place}/${keyOf(id).split('/').map(encoded).join('/')}`);
    url.searchParams.set('partNumber', String(part.number));
    url.searchParams.set('uploadId', storageUpload);
    const headers = part.sha256 === undefined ? undefined : { 'x-amz-content-sha256': part.sha256 };
    const at = new Date();
    const signing = { keys: await client.config.credentials(), region, at, expiresSeconds: EXPIRES_SECONDS };
    // The length is signed too, but is no header that a client sets by hand.
    const signed = { ...headers, 'content-length': String(part.bytes) };
    return {
      url: presign({ method: 'PUT', url, headers: signed }, signing).href,
      headers: headers ?? {},
      expiresAt: new Date(at.getTime() + EXPIRES_SECONDS * 1000),
    };
  }

  async function listParts({ id, storageUpload: UploadId }: DirectUpload): Promise<StoredPart[] | null> {
    const parts: StoredPart[] = [];
    let PartNumberMarker: string | undefined;
    do {
      const wish = new ListPartsCommand({ Bucket, Key: keyOf(id), UploadId, PartNumberMarker });
      const page = await client
        .send(wish)
        .catch((error) => (isMissing(error) ? null : failed('The parts cannot be listed')(error)));
      if (page === null) return null;
      for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) {
        parts.push({ number: PartNumber, bytes: Size, etag: ETag.replaceAll('"', '') });
      }
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    return parts;
  }

  async function complete({ id, storageUpload: UploadId }: DirectUpload, parts: StoredPart[]): Promise<void> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await client
      .send(new CompleteMultipartUploadCommand({ Bucket, Key: keyOf(id), UploadId, MultipartUpload: { Parts } }))
      .catch(failed('The parts cannot be joined'));
  }

  async function head(id: string) {
    return client.send(new HeadObjectCommand({ Bucket, Key: keyOf(id) })).catch((error) => {
      return isMissing(error) ? null : failed('The upload cannot be looked up')(error);
    });
  }

  async function discard({ id, storageUpload: UploadId }: DirectUpload): Promise<void> {
    const Key = keyOf(id);
    const silent = (error: unknown) => (isMissing(error) ? undefined : failed('The upload cannot be removed')(error));
    if (UploadId !== '') await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(silent);
    await client.send(new DeleteObjectCommand({ Bucket, Key })).catch(silent);
  }

  async function* list(): AsyncGenerator<DirectUpload & { begunAt: Date }> {
    const listed = failed('The uploads cannot be listed');
    let KeyMarker: string | undefined;
    let UploadIdMarker: string | undefined;
    do {
      const wish = new ListMultipartUploadsCommand({ Bucket, Prefix: folder, KeyMarker, UploadIdMarker });
      const page: ListMultipartUploadsCommandOutput = await client.send(wish).catch(listed);
      for (const { Key = '', UploadId = '', Initiated = new Date() } of page.Uploads ?? []) {
        yield { id: Key.slice(folder.length), storageUpload: UploadId, begunAt: Initiated };
      }
      KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      UploadIdMarker = page.NextUploadIdMarker;
    } while (KeyMarker !== undefined);
    let ContinuationToken: string | undefined;
    do {
      const page = await client
        .send(new ListObjectsV2Command({ Bucket, Prefix: folder, ContinuationToken }))
        .catch(listed);
      for (const { Key = '', LastModified = new Date() } of page.Contents ?? []) {
        yield { id: Key.slice(folder.length), storageUpload: '', begunAt: LastModified };
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  return {
    begin,
    requestFor,
    listParts,
    complete,
    discard,
    list,
    size: async (id) => (await head(id))?.ContentLength ?? null,
    async adopt(id, { limitBytes, signal, onBytes }) {
      const found = await head(id);
      if (found === null) throw arrivalNotFound(id);
      const { ContentLength: bytes = 0, ETag } = found;
      if (bytes > limitBytes) throw objectTooLarge(limitBytes);
      const what = 'The upload cannot be read';
      const wish = new GetObjectCommand({ Bucket, Key: keyOf(id), IfMatch: ETag });
      const hash = createHash('sha256');
      let hashed = 0;
      try {
        const { Body } = await client.send(wish, signal ? { abortSignal: signal } : {});
        for await (const chunk of Body as Readable) {
          signal?.throwIfAborted();
          hash.update(chunk);
          hashed += chunk.length;
          onBytes?.(chunk.length);
        }
      } catch (error) {
        signal?.throwIfAborted();
        failed(what)(error);
      }
      if (hashed !== bytes) throw bucketFailed(what, new Error(`${hashed} of ${bytes} bytes came`));
      const stored = { sha256: hash.digest('hex'), bytes };
      await keep(keyOf(id), ETag, stored);
      return stored;
    },
  };
}

/** Where clients find a bucket. */
function placeOf(bucket: string, region: string, publicEndpoint: string | undefined): string {
  if (publicEndpoint !== undefined) return `${publicEndpoint.replace(/\/+$/, '')}/${bucket}`;
  const amazon = `s3.${region}.amazonaws.com`;
  // Amazon's certificate is for one name before its own.
  return bucket.includes('.') ? `https://${amazon}/${bucket}` : `https://${bucket}.${amazon}`;
}
