import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { ByteRange } from './byte-ranges.ts';

/** Several ranges of a blob as one body: `multipart/byteranges` (RFC 9110, 14.6). */
export interface RangeParts {
  contentType: string;
  /** Of the whole body. */
  bytes: number;
  body(): Readable;
}

/** Puts ranges of a blob behind one another, each with its place before it, read as the client takes them. */
export function rangeParts(
  objects: ObjectStore,
  blob: { sha256: Sha256; bytes: number; contentType: string },
  ranges: readonly ByteRange[],
): RangeParts {
  const boundary = randomBytes(16).toString('hex');
  const heads = ranges.map(({ start, end }) =>
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: ${blob.contentType}\r\nContent-Range: bytes ${start}-${end}/${blob.bytes}\r\n\r\n`,
    ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const framed = heads.reduce((sum, head) => sum + head.length, tail.length);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const [index, range] of ranges.entries()) {
      yield heads[index] as Buffer;
      yield* await objects.read(blob.sha256, range);
    }
    yield tail;
  }
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    bytes: ranges.reduce((sum, { start, end }) => sum + end - start + 1, framed),
    body: () => Readable.from(pieces(), { objectMode: false }),
  };
}
