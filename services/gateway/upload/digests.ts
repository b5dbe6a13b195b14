import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checksumMismatch, formInvalid } from '../errors.ts';
import { bodyStream } from './body-stream.ts';

/** Algorithms of RFC 9530 that are checked, and their names in Node; others are ignored, as the RFC allows. */
const ALGORITHMS: Record<string, string> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };
const HEADERS = ['content-digest', 'repr-digest'] as const;
/** One member of the dictionary: a byte sequence of RFC 8941. */
const MEMBER = /^([a-z0-9*_.-]+)=:([A-Za-z0-9+/]*={0,2}):$/;

interface Expected {
  algorithm: string;
  digest: string;
  hash: Hash;
}

/**
 * The body of an upload, checked against its `Content-Digest` and `Repr-Digest` (RFC 9530), which are the same for a body
 * without a content coding. A body that is not what they say throws at its end.
 *
 * @throws MaquetteError `invalid_request` for a header that cannot be read, `checksum_mismatch`
 */
export async function* verifiedBody(request: IncomingMessage): AsyncGenerator<Buffer> {
  const expected = HEADERS.flatMap((name) => digestsOf(name, request.headers[name]));
  for await (const chunk of bodyStream(request)) {
    for (const { hash } of expected) hash.update(chunk);
    yield chunk;
  }
  for (const { algorithm, digest, hash } of expected) {
    const found = hash.digest();
    if (!found.equals(Buffer.from(digest, 'base64'))) {
      throw checksumMismatch(algorithm, digest, found.toString('base64'));
    }
  }
}

function digestsOf(name: string, header: string | string[] | undefined): Expected[] {
  const found: Expected[] = [];
  for (const part of [header ?? []].flat().join(',').split(',')) {
    if (part.trim() === '') continue;
    const [, algorithm, digest] = MEMBER.exec(part.trim()) ?? [];
    if (algorithm === undefined || digest === undefined) {
      throw formInvalid(`/headers/${name}`, 'is no digest', 'Write it as `sha-256=:…:`, with the digest in base64.');
    }
    const known = ALGORITHMS[algorithm];
    if (known !== undefined) found.push({ algorithm, digest, hash: createHash(known) });
  }
  return found;
}
