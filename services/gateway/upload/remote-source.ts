import type { UploadId } from '#contracts/ids/ids.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import { shortened } from '#contracts/rest/resources/name.ts';
import { checkedUrl, type OutboundPolicy } from '#platform/outbound/target.ts';
import { uploadedFileName } from './file-name.ts';

const HAS_ENDING = /\.[A-Za-z0-9]{1,8}$/;

/** What a client says of files that do not come with its request. */
type RemoteWish = { url: string; name?: string | undefined } | { uploads: UploadId[] };

/**
 * Where the files of a model come from.
 *
 * @throws MaquetteError `url_refused`, `invalid_request` (a name)
 */
export function remoteSource(wish: RemoteWish, policy: OutboundPolicy) {
  return 'uploads' in wish ? { kind: 'uploads' as const, uploads: wish.uploads } : urlSource(wish, policy);
}

/**
 * Where a model is fetched from. What can be told of a URL without a look at names is refused at once; the rest when it
 * is fetched.
 */
export function urlSource(
  wish: { url: string; name?: string | undefined },
  policy: OutboundPolicy,
): IngestSource & { kind: 'url' } {
  const url = checkedUrl(wish.url, policy);
  const ending = HAS_ENDING.exec(url.pathname)?.[0] ?? '';
  const given = wish.name === undefined || HAS_ENDING.test(wish.name) ? wish.name : wish.name + ending;
  return { kind: 'url', url: url.href, name: uploadedFileName(given ?? lastPart(url)) };
}

/** The last part of a path, as a name. */
function lastPart({ pathname }: URL): string {
  const part = pathname.split('/').findLast((text) => text !== '') ?? '';
  try {
    return shortened(decodeURIComponent(part).replaceAll(/[/\\\p{Cc}]/gu, ''), 200).replace(/^\.+$/, '') || 'model';
  } catch {
    return part.slice(0, 200);
  }
}
