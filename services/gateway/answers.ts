import type { FastifyRequest } from 'fastify';
import type { Page } from '#contracts/rest/page.ts';
import type { Answer } from '#platform/rest/endpoint-types.ts';
import { noneMatchHits, textTag } from './conditional.ts';

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
  const text = JSON.stringify(body);
  const etag = known ?? textTag(text);
  const headers = { etag, ...options.headers };
  if (known === undefined && hasAlready(request, etag)) return { status: 304, headers };
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

/** An answer without a body. */
export const noContent: Answer = { status: 204 };
