import type { FastifyRequest } from 'fastify';
import type { Page } from '#contracts/rest/page.ts';
import type { Answer } from '#platform/rest/endpoint-types.ts';
import { noneMatchHits, textTag } from './conditional.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What an answer with a JSON body may be told. */
export interface JsonOptions {
  status?: number;
  /** The ETag; made from the text without it. */
  tag?: string;
  headers?: Record<string, string>;
}

/** A JSON answer with its ETag; 304 when a reader has it already. */
export function json(request: FastifyRequest, body: unknown, options: JsonOptions = {}): Answer {
  const text = JSON.stringify(body);
  const status = options.status ?? 200;
  const tag = options.tag ?? textTag(text);
  const headers = { etag: tag, ...options.headers };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (reads && noneMatchHits(request.headers['if-none-match'], tag)) return { status: 304, headers };
  return { status, body: text, headers: { ...headers, 'content-type': JSON_TYPE } };
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
