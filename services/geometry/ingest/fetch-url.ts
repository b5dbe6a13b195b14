import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import type { JobContext } from '#platform/jobs/worker.ts';
import { fetchFile } from '#platform/outbound/fetch-file.ts';
import type { IngestDeps } from './ingest-deps.ts';

/** Without a byte. */
const STALL_MS = 30_000;
/** In all: 2 GiB at 600 kB/s. */
const TOTAL_MS = 3_600_000;

/**
 * Fetches a file into the object storage; `madeAt` says when it was made there, undefined where its bytes were before.
 *
 * @throws MaquetteError `url_refused`, `remote_refused`, `payload_too_large`; `remote_failed`, which is tried again
 */
export async function fetchUrl(
  { objects, outbound, uploadLimitBytes }: IngestDeps,
  { url, name }: IngestSource & { kind: 'url' },
  context: JobContext,
): Promise<{ file: SourceFile; madeAt: Date | undefined }> {
  context.progress(0, 'connecting');
  let madeAt: Date | undefined;
  const stored = await fetchFile(outbound, objects, {
    url,
    limits: { bytes: uploadLimitBytes, totalMs: TOTAL_MS, stallMs: STALL_MS },
    signal: context.signal,
    onProgress: (share) => context.progress(share, 'fetching'),
    onMade: (at) => (madeAt = at),
  });
  return { file: { name, ...stored }, madeAt };
}
