import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { PiecedFile } from '#contracts/jobs/ingest-source.ts';
import type { JobContext } from '#platform/jobs/worker.ts';
import { checksumMismatch } from '../errors.ts';
import type { IngestDeps } from './ingest-deps.ts';

/**
 * Makes one blob of the pieces of each file, read and written as streams. A file that came in one piece is there already.
 *
 * @throws MaquetteError `checksum_mismatch`, `payload_too_large` (all files together), `storage_failed`
 */
export async function joinPieces(
  { objects, uploadLimitBytes }: IngestDeps,
  files: readonly PiecedFile[],
  context: JobContext,
): Promise<SourceFile[]> {
  const { signal } = context;
  const total = files.flatMap(({ pieces }) => pieces).reduce((sum, { bytes }) => sum + bytes, 0);
  let joined = 0;
  async function* bytesOf({ pieces }: PiecedFile): AsyncGenerator<Uint8Array> {
    for (const { sha256 } of pieces) {
      for await (const chunk of await objects.read(sha256)) {
        joined += chunk.length;
        context.progress(joined / total, 'joining');
        yield chunk;
      }
    }
  }
  const stored: SourceFile[] = [];
  let left = uploadLimitBytes;
  for (const file of files) {
    const [first, ...others] = file.pieces;
    const whole =
      first !== undefined && others.length === 0
        ? { sha256: first.sha256, bytes: first.bytes }
        : await objects.put(bytesOf(file), { limitBytes: left, signal });
    if (file.sha256 !== undefined && file.sha256 !== whole.sha256) {
      throw checksumMismatch(file.name, file.sha256, whole.sha256);
    }
    left -= whole.bytes;
    stored.push({ name: file.name, ...whole });
  }
  return stored;
}
