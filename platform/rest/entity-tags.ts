import { createHash } from 'node:crypto';
import { preconditionFailed } from './errors.ts';

/**
 * The ETag of a document. One that shows more than can be changed, such as when a key was last used, has two parts: the
 * second is of the document as it is read, the first of the state that `If-Match` of a change is compared with.
 *
 * @param state what a change builds on; the document itself unless told
 */
export function entityTag(document: unknown, state?: unknown): string {
  return state === undefined ? `"${digestOf(document)}"` : `"${digestOf(state)}.${digestOf(document)}"`;
}

/** The ETag of a JSON text. */
export function textTag(text: string): string {
  return `"${digestOfText(text)}"`;
}

/**
 * Holds an `If-Match` against the state that is to be changed. To be called with the row locked, so that nobody changes it
 * in between.
 *
 * @param ifMatch the header; undefined when the request has none
 * @param state as `entityTag` was told it
 * @throws MaquetteError `precondition_failed`
 */
export function requireMatch(ifMatch: string | undefined, state: unknown): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const digest = digestOf(state);
  // Strong comparison (RFC 9110, 13.1.1): weak tags never match.
  const matches = tagsIn(ifMatch).some((tag) => tag.slice(1, -1).split('.')[0] === digest && !tag.startsWith('W/'));
  if (!matches) throw preconditionFailed(ifMatch);
}

/** The tags of an `If-Match` or `If-None-Match`, each with its quotes. */
export function tagsIn(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function digestOf(value: unknown): string {
  return digestOfText(JSON.stringify(value));
}

function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 27);
}
