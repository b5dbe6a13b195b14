import { Agent, request as httpRequest } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ERROR_CODES, type ErrorCode } from '#contracts/errors/codes.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import { callerHeader } from '../telemetry/caller-header.ts';
import { currentContext } from '../telemetry/context.ts';
import type { RestClient } from './endpoint-types.ts';

/** Carries one request to a REST server. */
export type RestTransport = (request: {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}) => Promise<{ status: number; body: string }>;

/** Calls a Fastify application in the same process, without a socket. */
export function memoryRestTransport(app: FastifyInstance): RestTransport {
  return async ({ method, url, headers, body }) => {
    const reply = await app.inject({
      method: method as 'GET',
      url,
      headers,
      ...(body !== undefined && { payload: body }),
    });
    return { status: reply.statusCode, body: reply.body };
  };
}

/** Calls a server over HTTP/1.1 with kept-alive connections. `secret` proves that the caller belongs to the cluster. */
export function networkRestTransport(baseUrl: string, secret: string): RestTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const call = httpRequest(new URL(url, baseUrl), {
        method,
        agent,
        headers: { ...headers, authorization: `Bearer ${secret}` },
        timeout: 90_000,
      });
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      });
      call.on('timeout', () => call.destroy(new Error('no answer within 90 s')));
      call.on('error', (cause) =>
        reject(new MaquetteError('unavailable', `${baseUrl} does not answer: ${cause.message}`, { cause })),
      );
      call.end(body);
    });
}

/**
 * A typed client of an API. A call resolves to the body of the successful answer and rejects with the `MaquetteError`
 * that the server threw.
 */
export function createRestClient<A extends Endpoints>(api: A, transport: RestTransport): RestClient<A> {
  const calls = Object.entries(api).map(([operationId, endpoint]) => [
    operationId,
    (input: CallInput) => call(endpoint, input, transport),
  ]);
  return Object.fromEntries(calls) as RestClient<A>;
}

interface CallInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: unknown;
}

async function call(endpoint: Endpoint, input: CallInput, transport: RestTransport): Promise<unknown> {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const context = currentContext();
  const headers: Record<string, string> = {
    ...(input.headers as Record<string, string> | undefined),
    ...(context && { 'x-request-id': context.requestId }),
    ...(context?.traceParent && { traceparent: context.traceParent }),
    ...callerHeader(context),
    ...(input.body !== undefined && { 'content-type': 'application/json' }),
  };
  const answer = await transport({
    method: endpoint.method,
    url: query.size > 0 ? `${path}?${query}` : path,
    headers,
    body: input.body === undefined ? undefined : JSON.stringify(input.body),
  });
  if (answer.status >= 400) throw errorOf(answer);
  return answer.body === '' || answer.status === 204 ? undefined : JSON.parse(answer.body);
}

function errorOf(answer: { status: number; body: string }): MaquetteError {
  try {
    const problem = JSON.parse(answer.body) as { code: ErrorCode; detail: string; remedy?: string };
    if (problem.code in ERROR_CODES) return new MaquetteError(problem.code, problem.detail, problem);
  } catch {
    // Not a problem document: told below with its status.
  }
  return new MaquetteError('internal', `an internal call answered ${answer.status}: ${answer.body.slice(0, 200)}`);
}
