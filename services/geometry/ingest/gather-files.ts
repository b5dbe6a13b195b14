import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { ArrivedFile, PiecedFile, UploadedFile } from '#contracts/jobs/ingest-source.ts';
import type { JobContext } from '#platform/jobs/worker.ts';
import type { StoredObject } from '#platform/objects/objects.ts';
import { arrivalOutOfReach, checksumMismatch } from '../errors.ts';
import type { IngestDeps } from './ingest-deps.ts';

/**
 * Makes one blob of each file that was uploaded by and by, as streams: of its pieces, or of what came straight to the
 * storage. A file that came in one piece is there already.
 *
 * @throws MaquetteError `checksum_mismatch`, `payload_too_large` (all files together), `storage_failed`
 */
export async function gatherFiles(
  { objects, uploadLimitBytes }: IngestDeps,
  files: readonly UploadedFile[],
  context: JobContext,
): Promise<SourceFile[]> {
  const { signal } = context;
  const total = files.reduce((sum, file) => sum + bytesOf(file), 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    context.progress(done / total, 'joining');
  };
  async function* joined({ pieces }: PiecedFile): AsyncGenerator<Uint8Array> {
    for (const { sha256 } of pieces) {
      for await (const chunk of await objects.read(sha256)) {
        onBytes(chunk.length);
        yield chunk;
      }
    }
  }
  async function join(file: PiecedFile, limitBytes: number): Promise<StoredObject> {
    const [first, ...others] = file.pieces;
    if (first !== undefined && others.length === 0) return { sha256: first.sha256, bytes: first.bytes };
    return objects.put(joined(file), { limitBytes, signal });
  }
  async function adopt({ name, arrived }: ArrivedFile, limitBytes: number): Promise<StoredObject> {
    if (!objects.direct) throw arrivalOutOfReach(name);
    return objects.direct.adopt(arrived, { limitBytes, signal, onBytes });
  }

  const stored: SourceFile[] = [];
  let left = uploadLimitBytes;
  for (const file of files) {
    const whole = 'pieces' in file ? await join(file, left) : await adopt(file, left);
    if (file.sha256 !== undefined && file.sha256 !== whole.sha256) {
      throw checksumMismatch(file.name, file.sha256, whole.sha256);
    }
    left -= whole.bytes;
    stored.push({ name: file.name, ...whole });
  }
  return stored;
}

function bytesOf(file: UploadedFile): number {
  return 'pieces' in file ? file.pieces.reduce((sum, { bytes }) => sum + bytes, 0) : file.bytes;
}
