import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Answer } from '#platform/rest/endpoint-types.ts';
import { noneMatchHits } from '../conditional.ts';
import { storedFileLost } from '../errors.ts';
import { publicSeconds } from '../links/link.ts';
import { byteRanges } from './byte-ranges.ts';
import { contentDisposition } from './content-disposition.ts';
import { rangeParts } from './range-parts.ts';

/** A blob to be sent. */
export interface Download {
  sha256: Sha256;
  bytes: number;
  contentType: string;
  fileName: string;
  disposition: 'attachment' | 'inline';
  /** Whether the URL always means these bytes. One that does not is asked for again each time, and mostly answered 304. */
  immutable: boolean;
}

/**
 * Answers with the bytes of a blob: 200, 206 for ranges, 304 when the caller has them, headers only for HEAD.
 *
 * @throws MaquetteError `range_not_satisfiable`
 */
export async function sendBlob(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  objects: ObjectStore,
  download: Download,
): Promise<Answer | FastifyReply> {
  const tag = `"${download.sha256}"`;
  reply.headers({
    etag: tag,
    // The same hash in the form of RFC 9530, for who checks what has come.
    'repr-digest': `sha-256=:${Buffer.from(download.sha256, 'hex').toString('base64')}:`,
    'accept-ranges': 'bytes',
    'cache-control': cacheControl(request, download.immutable),
  });
  if (noneMatchHits(request.headers['if-none-match'], tag)) return { status: 304 };
  reply.headers({
    'content-disposition': contentDisposition(download.disposition, download.fileName),
    // A file that somebody uploaded must not act in the name of this server, whatever it holds.
    'content-security-policy': "default-src 'none'; sandbox",
  });
  const { sha256, bytes, contentType } = download;
  const ranges = rangesWanted(request, reply, tag, bytes);
  const [range, ...others] = ranges ?? [];
  if (others.length > 0 && ranges) {
    const parts = rangeParts(objects, download, ranges);
    // Once the answer has begun nobody could be told that there is nothing.
    if ((await objects.stat(sha256)) === null) throw storedFileLost(sha256);
    reply.code(206).headers({ 'content-type': parts.contentType, 'content-length': parts.bytes });
    return reply.send(parts.body());
  }
  reply.header('content-type', contentType);
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  else reply.code(200);
  reply.header('content-length', range ? range.end - range.start + 1 : bytes);
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  return reply.send(await objects.read(sha256, range).catch(unlessLost(sha256)));
}

/** What a resource refers to and the storage does not have is no fault of who asks. */
function unlessLost(sha256: Sha256): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof MaquetteError && thrown.code === 'not_found' ? storedFileLost(sha256) : thrown;
  };
}

/** How long an answer may be kept, and by whom: by anybody behind a signed link, which nobody can take back anyway. */
function cacheControl({ raw }: FastifyRequest, immutable: boolean): string {
  const seconds = publicSeconds(raw);
  if (seconds === undefined) return immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache';
  return immutable ? `public, max-age=${Math.min(31_536_000, seconds)}, immutable` : 'public, no-cache';
}

function rangesWanted(request: FastifyRequest, reply: FastifyReply, tag: string, bytes: number) {
  // What HEAD tells is of the whole file (RFC 9110, 14.2).
  if (request.method === 'HEAD') return undefined;
  // A range of something else than the caller has is of no use to them (RFC 9110, 13.1.5).
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== tag) return undefined;
  try {
    return byteRanges(request.headers.range, bytes);
  } catch (refused) {
    reply.header('content-range', `bytes */${bytes}`);
    throw refused;
  }
}
