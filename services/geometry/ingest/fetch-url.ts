import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import type { JobContext } from '#platform/jobs/worker.ts';
import { remoteFailed, remoteRefused, remoteTooLarge } from '#platform/outbound/errors.ts';
import type { OutboundAnswer } from '#platform/outbound/outbound.ts';
import type { IngestDeps } from './ingest-deps.ts';

/** How many redirects are followed. */
const REDIRECTS = 5;
/** Without a byte. */
const STALL_MS = 30_000;
/** In all: 2 GiB at 600 kB/s. */
const TOTAL_MS = 3_600_000;
/** Statuses of a server that may answer otherwise in a while: too early, too often, and all that are its own fault. */
const PASSING = new Set([408, 425, 429]);

/**
 * Fetches a file into the object storage.
 *
 * @throws MaquetteError `url_refused`, `remote_refused`, `payload_too_large`; `remote_failed`, which is tried again
 */
export async function fetchUrl(
  { objects, outbound, uploadLimitBytes }: IngestDeps,
  { url, name }: IngestSource & { kind: 'url' },
  context: JobContext,
): Promise<SourceFile> {
  const { signal } = context;
  const limits = { bytes: uploadLimitBytes, totalMs: TOTAL_MS, stallMs: STALL_MS };
  context.progress(0, 'connecting');
  const answer = await outbound.request({ url, redirects: REDIRECTS, limits, signal });
  try {
    checkStatus(answer);
    const total = Number(answer.headers['content-length'] ?? 0);
    const stored = await objects.put(counted(answer.body, total, context), { limitBytes: uploadLimitBytes, signal });
    if (stored.bytes === 0) throw remoteRefused(answer.url, 'is empty', 'Check the URL: not one byte came.');
    return { name, ...stored };
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.code === 'payload_too_large') {
      throw remoteTooLarge(answer.url, uploadLimitBytes);
    }
    throw thrown;
  } finally {
    answer.discard();
  }
}

function checkStatus({ status, url }: OutboundAnswer): void {
  if (status === 200) return;
  const said = `answered ${status} where the file should be`;
  if (status >= 500 || PASSING.has(status)) throw remoteFailed(url, said);
  const remedy =
    status === 401 || status === 403
      ? 'Give a URL that needs no sign-in, such as a signed one.'
      : 'Open the URL yourself, and give the one that the file itself has.';
  throw remoteRefused(url, said, remedy);
}

/** Counts bytes as progress; of a body of unknown length only that it comes. */
async function* counted(
  body: AsyncIterable<Uint8Array>,
  total: number,
  context: JobContext,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    context.progress(total > 0 ? Math.min(1, bytes / total) : 0, 'fetching');
    yield chunk;
  }
}
