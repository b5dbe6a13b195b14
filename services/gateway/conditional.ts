import { tagsIn } from '#platform/rest/entity-tags.ts';
import { preconditionFailed } from '#platform/rest/errors.ts';

/** The ETag of a resource that counts its changes. */
export function revisionTag(resource: { revision: number }): string {
  return `"r${resource.revision}"`;
}

/** Whether an `If-None-Match` names the ETag, by the weak comparison (RFC 9110, 13.1.2). */
export function noneMatchHits(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header === tag) return true;
  if (header.trim() === '*') return true;
  return tagsIn(header).some((given) => given.replace(/^W\//, '') === tag);
}

/**
 * The revision that an `If-Match` demands, for the data service to check in the transaction of the change.
 *
 * @param current reads the resource's revision; only asked when several tags are given.
 * @returns undefined when any revision will do.
 * @throws MaquetteError `precondition_failed` when no tag can match.
 */
export async function demandedRevision(
  header: string | undefined,
  current: () => Promise<number>,
): Promise<number | undefined> {
  if (header === undefined || header.trim() === '*') return undefined;
  // Strong comparison (RFC 9110, 13.1.1): weak tags never match.
  const revisions = tagsIn(header)
    .map((tag) => /^"r(\d{1,15})"$/.exec(tag)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number);
  const [first, ...others] = revisions;
  if (first === undefined) throw preconditionFailed(header);
  if (others.length === 0) return first;
  const revision = await current();
  if (!revisions.includes(revision)) throw preconditionFailed(header);
  return revision;
}
