import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;
type Field<E extends Endpoint, K extends 'params' | 'query' | 'headers' | 'body' | 'json'> = K extends keyof E
  ? E[K]
  : undefined;

/** What a handler gets: every part parsed by the endpoint's schemas. */
export interface EndpointCall<E extends Endpoint> {
  params: Parsed<Field<E, 'params'>>;
  query: Parsed<Field<E, 'query'>>;
  headers: Parsed<Field<E, 'headers'>>;
  body: Parsed<Field<E, 'body'>>;
  /** Of an endpoint with a streamed body: the JSON that came in its place. */
  json: Parsed<Field<E, 'json'>> | undefined;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What a handler answers. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Handlers by operation id. One that streams writes to `reply` itself and returns it. */
export type EndpointHandlers<A extends Endpoints> = {
  [K in keyof A]: (call: EndpointCall<A[K]>) => Promise<Answer | FastifyReply>;
};

/** What a handler of an internal API gets: every part parsed, and nothing of the way that the call came. */
export interface OperationCall<E extends Endpoint> {
  params: Parsed<Field<E, 'params'>>;
  query: Parsed<Field<E, 'query'>>;
  headers: Parsed<Field<E, 'headers'>>;
  body: Parsed<Field<E, 'body'>>;
  /** Aborts when the caller gives up or its time is over. Made when it is asked for. */
  readonly signal: AbortSignal;
}

/** What a handler of an internal API answers: the status of one of the endpoint's answers, and its body. */
export interface OperationAnswer<Body = unknown> {
  status: number;
  body?: Body;
}

/** Handlers of an internal API by operation id. Any transport can stand before them. */
export type OperationHandlers<A extends Endpoints> = {
  [K in keyof A]: (call: OperationCall<A[K]>) => Promise<OperationAnswer<EndpointOutput<A[K]>>>;
};

type Without<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] };

/** What a client gives: only the parts that the endpoint declares. */
export type EndpointInput<E extends Endpoint> = Without<{
  params: Given<Field<E, 'params'>>;
  headers: Given<Field<E, 'headers'>>;
  body: Field<E, 'body'> extends 'multipart' | 'stream' ? undefined : Given<Field<E, 'body'>>;
}> &
  (Field<E, 'query'> extends z.ZodType ? { query?: z.input<Field<E, 'query'>> } : object);

type BodyOf<R> = R extends { body: infer B } ? (B extends z.ZodType ? z.output<B> : undefined) : undefined;

/** What a client gets: the body of the successful answer. */
export type EndpointOutput<E extends Endpoint> = BodyOf<E['responses'][keyof E['responses']]>;

/** A typed client of an API: one function an operation. */
export type RestClient<A extends Endpoints> = {
  readonly [K in keyof A]: (input: EndpointInput<A[K]>, options?: CallOptions) => Promise<EndpointOutput<A[K]>>;
};

/** What one call may be told. */
export interface CallOptions {
  /** Gives the call up: it rejects with `canceled`, and the handler's own signal aborts. */
  signal?: AbortSignal;
}
