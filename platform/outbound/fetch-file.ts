import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ObjectStore, StoredObject } from '../objects/objects.ts';
import { remoteFailed, remoteRefused, remoteTooLarge } from './errors.ts';
import type { Outbound, OutboundAnswer, OutboundLimits } from './outbound.ts';

/** How many redirects are followed. */
const REDIRECTS = 5;
/** Statuses of a server that may answer otherwise in a while: too early, too often, and all that are its own fault. */
const PASSING = new Set([408, 425, 429]);

/** Which file is fetched, and what it may take. */
export interface FileWish {
  url: string;
  limits: OutboundLimits;
  signal?: AbortSignal;
  /** Called with the share that has come; 0 while the length is not known. */
  onProgress?: (share: number) => void;
  /** As of `ObjectStore.put`. */
  onMade?: (at: Date) => void;
}

/**
 * Fetches a file into the object storage.
 *
 * @throws MaquetteError `url_refused`, `remote_refused`, `payload_too_large`; `remote_failed` for what may be over soon
 */
export async function fetchFile(
  outbound: Outbound,
  objects: ObjectStore,
  { url, limits, signal, onProgress = () => {}, onMade = () => {} }: FileWish,
): Promise<StoredObject> {
  const answer = await outbound.request({ url, redirects: REDIRECTS, limits, ...(signal && { signal }) });
  try {
    checkStatus(answer);
    const total = Number(answer.headers['content-length'] ?? 0);
    const body = counted(answer.body, total, onProgress);
    const stored = await objects.put(body, { limitBytes: limits.bytes, onMade, ...(signal && { signal }) });
    if (stored.bytes === 0) throw remoteRefused(answer.url, 'is empty', 'Check the URL: not one byte came.');
    return stored;
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.code === 'payload_too_large') {
      throw remoteTooLarge(answer.url, limits.bytes);
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

async function* counted(
  body: AsyncIterable<Uint8Array>,
  total: number,
  onProgress: (share: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    onProgress(total > 0 ? Math.min(1, bytes / total) : 0);
    yield chunk;
  }
}
