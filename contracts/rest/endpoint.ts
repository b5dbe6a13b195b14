import type { z } from 'zod';
import type { Scope } from '../access/policy.ts';

/** How an endpoint answers when it is not a JSON document. */
export type ResponseBody = z.ZodType | 'bytes' | 'events' | 'empty';

/**
 * One operation of a REST API, as data: the server registers its handler under it, the client is typed by it, and the
 * OpenAPI document is made of it.
 */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With `{name}` for each path parameter. */
  path: string;
  scope: Scope;
  summary: string;
  /** Group in the reference page. */
  tag: string;
  description?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  /** JSON body; `multipart` and `stream` bodies are streamed and read by the handler itself. */
  body?: z.ZodType | 'multipart' | 'stream';
  /** JSON that may come in place of a streamed body; the handler then gets it as `json`. */
  json?: z.ZodType;
  /** Successful answers by status. */
  responses: Record<number, { description: string; body: ResponseBody }>;
}

/** A set of operations by operation id. */
export type Endpoints = Record<string, Endpoint>;
