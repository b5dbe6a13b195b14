import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

/** What S3 copies in one request. */
const ONE_COPY_BYTES = 5 * 1024 ** 3;

/** Which object is copied, and to where within the same bucket. */
export interface Copy {
  Bucket: string;
  from: string;
  to: string;
  /** Of the object. */
  bytes: number;
  /** Noted with the copy, in place of what was noted with the object. */
  Metadata: Record<string, string>;
  /** The copy fails when the object is another one by then. */
  etag?: string | undefined;
  /** Larger objects are copied in parts of this size. */
  partBytes?: number;
}

/** Copies an object within its bucket, from which no byte comes here. The copy is there whole or not at all. */
export async function copyWhole(client: S3Client, copy: Copy): Promise<void> {
  const { Bucket, from, to: Key, bytes, Metadata, etag, partBytes = ONE_COPY_BYTES } = copy;
  const source = { CopySource: encodeURIComponent(`${Bucket}/${from}`), CopySourceIfMatch: etag };
  if (bytes <= partBytes) {
    await client.send(new CopyObjectCommand({ Bucket, Key, ...source, MetadataDirective: 'REPLACE', Metadata }));
    return;
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, Metadata }));
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < bytes; start += partBytes) {
      const CopySourceRange = `bytes=${start}-${Math.min(bytes, start + partBytes) - 1}`;
      const PartNumber = Parts.length + 1;
      const part = { Bucket, Key, UploadId, PartNumber, ...source, CopySourceRange };
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part));
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
    throw error;
  }
}
