import type { z } from 'zod';
import type { ErrorCode } from '../errors/codes.ts';
import type { Endpoint } from './endpoint.ts';
import type { RateClass } from './rate-class.ts';

/** An operation of the public API: an endpoint with what its reader needs to know. */
export interface PublicEndpoint extends Endpoint {
  /** What it does, for the reference page; CommonMark. */
  description: string;
  /** What it is counted as; reads and changes by their method unless told. */
  rate?: RateClass;
  /** Errors of its own, beside those that any operation can answer with. */
  errors: readonly ErrorCode[];
  /**
   * Examples of the JSON body and of the successful JSON answer, and where there are several, of the others by their
   * status; all are valid by their schemas.
   */
  example?: { body?: unknown; answer?: unknown; others?: Readonly<Record<number, unknown>> };
  /** Content types of a `bytes` answer. */
  produces?: readonly string[];
  /** Whether the body may come as `application/x-www-form-urlencoded` too. */
  form?: boolean;
  /** A streamed body: what it is, the form with an example, and the content types that may come raw instead. */
  upload?: { subject: UploadSubject; form: z.ZodObject; example: Record<string, unknown>; raw: readonly string[] };
  /** Content types of a `stream` body, which may be left out. */
  consumes?: readonly string[];
  /** Response headers beyond those that every operation sends. */
  answerHeaders?: Record<string, string>;
}

/** What a request of an operation is counted as. */
export function rateClassOf({ rate, method }: PublicEndpoint): RateClass {
  return rate ?? (method === 'GET' ? 'read' : 'write');
}

/** What can be uploaded. */
export type UploadSubject = 'model' | 'environment';

/** A set of public operations by operation id. */
export type PublicEndpoints = Record<string, PublicEndpoint>;
