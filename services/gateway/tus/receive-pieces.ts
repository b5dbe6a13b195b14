import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { uploadContinued, uploadCutOff } from '../errors.ts';
import { checkDigest, type ExpectedDigest, hashed, hashFor } from './checksum.ts';
import { PieceCutter } from './piece-cutter.ts';

/** What the bytes of a request are held against. */
interface PieceLimits {
  limitBytes: number;
  tooMany(): MaquetteError;
  expected: ExpectedDigest | undefined;
  signal: AbortSignal;
}

/** Bytes of one piece: so many can be lost at the most when this process is killed. */
const PIECE_BYTES = 64 * 1024 * 1024;

/**
 * Stores the bytes of a request as pieces, each recorded as soon as it is stored; when the connection breaks, what came of
 * the last one is a piece too. With a digest all are recorded at the end, or none.
 *
 * @param limitBytes that may still come; `tooMany` says what is wrong when more do
 * @param signal ends it as a broken connection does
 * @param record adds stored pieces to the upload
 * @throws MaquetteError `payload_too_large`, `checksum_mismatch`, `canceled` (cut off); whatever `record` throws
 */
export async function receivePieces(
  body: AsyncIterable<Buffer>,
  objects: ObjectStore,
  { limitBytes, tooMany, expected, signal }: PieceLimits,
  record: (pieces: BlobReference[]) => Promise<void>,
): Promise<void> {
  const hash = expected && hashFor(expected);
  const cutter = new PieceCutter(hash ? hashed(body, hash) : body, signal);
  const held: BlobReference[] = [];
  try {
    let left = limitBytes;
    while (await cutter.more()) {
      const stored = await objects.put(cutter.piece(PIECE_BYTES), { limitBytes: left });
      left -= stored.bytes;
      if (expected) held.push(stored);
      else await record([stored]);
    }
  } catch (thrown) {
    throw thrown instanceof MaquetteError && thrown.code === 'payload_too_large' ? tooMany() : thrown;
  } finally {
    cutter.close();
  }
  if (signal.aborted) throw uploadContinued();
  if (cutter.broken !== undefined) throw uploadCutOff();
  if (expected && hash) checkDigest(expected, hash);
  if (held.length > 0) await record(held);
}
