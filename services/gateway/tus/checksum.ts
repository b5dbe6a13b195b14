import { createHash, type Hash } from 'node:crypto';
import { TUS_CHECKSUMS } from '#contracts/rest/tus.ts';
import { checksumMismatch, formInvalid } from '../errors.ts';

/** What the bytes of a request should hash to. */
export interface ExpectedDigest {
  algorithm: string;
  /** In base64. */
  digest: string;
}

/**
 * Reads `Upload-Checksum`.
 * @throws MaquetteError `invalid_request` for an algorithm that is not known
 */
export function readChecksum(header: string | undefined): ExpectedDigest | undefined {
  if (header === undefined) return undefined;
  const [algorithm = '', digest = ''] = header.split(' ');
  if (!TUS_CHECKSUMS.some((name) => name === algorithm)) {
    throw formInvalid('/headers/upload-checksum', `\`${algorithm}\` is not one of ${TUS_CHECKSUMS.join(', ')}`);
  }
  return { algorithm, digest };
}

/** The same bytes, hashed on their way. */
export async function* hashed(source: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

/** A hash for a digest. */
export function hashFor({ algorithm }: ExpectedDigest): Hash {
  return createHash(algorithm);
}

/** @throws MaquetteError `checksum_mismatch` */
export function checkDigest(expected: ExpectedDigest, hash: Hash): void {
  const found = hash.digest();
  if (!found.equals(Buffer.from(expected.digest, 'base64'))) {
    throw checksumMismatch(expected.algorithm, expected.digest, found.toString('base64'));
  }
}
