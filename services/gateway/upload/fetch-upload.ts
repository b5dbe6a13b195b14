import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import { fetchFile } from '#platform/outbound/fetch-file.ts';
import type { Gateway } from '../gateway.ts';
import { urlSource } from './remote-source.ts';

/** A request waits so long for another server. */
const TOTAL_MS = 60_000;
const STALL_MS = 15_000;

/**
 * Fetches a small file while the request waits, and has it scanned.
 *
 * @throws MaquetteError `url_refused`, `remote_refused`, `remote_failed`, `payload_too_large`, `file_infected`
 */
export async function fetchUpload(
  wish: { url: string; name?: string | undefined },
  { objects, outbound, scan, settings }: Pick<Gateway, 'objects' | 'outbound' | 'scan' | 'settings'>,
): Promise<{ files: SourceFile[]; name: string | undefined }> {
  const { url, name } = urlSource(wish, settings.outbound);
  const limits = { bytes: settings.uploadLimitBytes, totalMs: TOTAL_MS, stallMs: STALL_MS };
  const file = { name, ...(await fetchFile(outbound, objects, { url, limits })) };
  await scan([file]);
  return { files: [file], name: wish.name };
}
