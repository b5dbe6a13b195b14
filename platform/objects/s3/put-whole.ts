import { createReadStream } from 'node:fs';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CHUNK_BYTES } from '../spool.ts';

/** Larger files are sent in parts of this size, each of which is tried again by itself. S3 allows 10,000 of them. */
const PART_BYTES = 64 * 1024 * 1024;

/** What an object is called, and what is noted with it. */
interface Place {
  Bucket: string;
  Key: string;
  Metadata: Record<string, string>;
}

/** Stores a local file as one object, which is there whole or not at all. */
export async function putWhole(client: S3Client, place: Place, path: string, bytes: number): Promise<void> {
  const part = (start: number, end: number) =>
    createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
  if (bytes <= PART_BYTES) {
    const Body = bytes === 0 ? '' : part(0, bytes);
    await client.send(new PutObjectCommand({ ...place, Body, ContentLength: bytes }));
    return;
  }
  const { Bucket, Key } = place;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < bytes; start += PART_BYTES) {
      const end = Math.min(bytes, start + PART_BYTES);
      const PartNumber = Parts.length + 1;
      const sent = { Bucket, Key, UploadId, PartNumber, Body: part(start, end), ContentLength: end - start };
      const { ETag } = await client.send(new UploadPartCommand(sent));
      Parts.push({ PartNumber, ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
    throw error;
  }
}
