import type { FastifyRequest } from 'fastify';
import type { Page } from '#contracts/rest/page.ts';
import type { Answer } from '#platform/rest/endpoint-types.ts';
import { textTag } from '#platform/rest/entity-tags.ts';
import { invalidCursor } from '#platform/rest/errors.ts';
import { noneMatchHits } from './conditional.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What an answer with a JSON body may be told. */
export interface JsonOptions {
  status?: number;
  /** The ETag, of a resource that counts its changes; made from the text without it. */
  tag?: string;
  headers?: Record<string, string>;
}

/** A JSON answer with its ETag; 304 when a reader has it already. */
export function json(request: FastifyRequest, body: unknown, options: JsonOptions = {}): Answer {
  const known = options.tag;
  // With a tag of its own a body that the reader has need not be written.
  if (known !== undefined && hasAlready(request, known)) {
    request.unchanged = true;
    return { status: 304, headers: { etag: known, ...options.headers } };
  }
  return jsonText(request, JSON.stringify(body), options);
}

/** The same of a body that is written already. */
export function jsonText(request: FastifyRequest, text: string, options: JsonOptions = {}): Answer {
  const etag = options.tag ?? textTag(text);
  const headers = { etag, ...options.headers };
  if (hasAlready(request, etag)) return { status: 304, headers };
  return { status: options.status ?? 200, body: text, headers: { ...headers, 'content-type': JSON_TYPE } };
}

function hasAlready({ method, headers }: FastifyRequest, tag: string): boolean {
  return (method === 'GET' || method === 'HEAD') && noneMatchHits(headers['if-none-match'], tag);
}

/** One page of a list, with a link to the next one. */
export function page<T>(request: FastifyRequest, content: Page<T>): Answer {
  if (content.nextCursor === null) return json(request, content);
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', content.nextCursor);
  return json(request, content, { headers: { link: `<${url.pathname}${url.search}>; rel="next"` } });
}

/**
 * One page of a list that is short enough to be read whole: what one version holds, or one person has.
 *
 * @param keyOf what tells items apart
 * @throws MaquetteError `invalid_request` (the cursor)
 */
export function pageOfWhole<T>(
  request: FastifyRequest,
  all: T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  keyOf: (item: T) => string,
): Answer {
  const start = cursor === undefined ? 0 : placeAfter(cursor, all.map(keyOf));
  const data = all.slice(start, start + limit);
  const last = data.at(-1);
  const ended = last === undefined || start + limit >= all.length;
  const nextCursor = ended ? null : Buffer.from(`${start + data.length}:${keyOf(last)}`).toString('base64url');
  return page(request, { data, nextCursor });
}

/** Where a list goes on: after the item that the cursor names, or where that was if it is gone. */
function placeAfter(cursor: string, keys: string[]): number {
  const [, place, key = ''] = /^(\d{1,6}):(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (place === undefined) throw invalidCursor();
  const found = keys.indexOf(key);
  return found === -1 ? Number(place) - 1 : found + 1;
}

/** An answer without a body. */
export const noContent: Answer = { status: 204 };
