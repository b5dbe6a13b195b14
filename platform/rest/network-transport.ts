import { Agent, request as httpRequest } from 'node:http';
import { ERROR_CODES, type ErrorCode } from '#contracts/errors/codes.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { callerHeader } from '../telemetry/caller-header.ts';
import { currentContext } from '../telemetry/context.ts';
import { unreachable } from './errors.ts';
import type { RestCall, RestTransport } from './rest-transport.ts';

/** An answer of a server. */
interface HttpAnswer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/** Calls a server over HTTP/1.1 with kept-alive connections. `secret` proves that the caller belongs to the cluster. */
export function networkTransport(baseUrl: string, secret: string): RestTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  const exchange = (call: RestCall) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const { endpoint, input, limit } = call;
      const failed = (cause: Error) => reject(unreachable(baseUrl, cause));
      const request = httpRequest(new URL(addressOf(call), baseUrl), {
        method: endpoint.method,
        agent,
        headers: { ...headersOf(call), authorization: `Bearer ${secret}` },
        signal: limit.signal,
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 500,
            retryAfter: response.headers['retry-after'],
            body: Buffer.concat(chunks).toString(),
          }),
        );
        response.on('error', failed);
      });
      request.on('error', failed);
      request.end(input.body === undefined ? undefined : JSON.stringify(input.body));
    });

  return async (call) => {
    const answer = await exchange(call);
    if (answer.status >= 400) throw errorOf(answer);
    return answer.body === '' || answer.status === 204 ? undefined : JSON.parse(answer.body);
  };
}

/** Path and query. */
function addressOf({ endpoint, input }: RestCall): string {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `${path}?${query}` : path;
}

function headersOf({ input }: RestCall): Record<string, string> {
  const context = currentContext();
  return {
    ...(input.headers as Record<string, string> | undefined),
    ...(context && { 'x-request-id': context.requestId }),
    ...(context?.traceParent && { traceparent: context.traceParent }),
    ...callerHeader(context),
    ...(input.body !== undefined && { 'content-type': 'application/json' }),
  };
}

function errorOf({ status, retryAfter, body }: HttpAnswer): MaquetteError {
  try {
    const problem = JSON.parse(body) as { code: ErrorCode; detail: string; remedy?: string };
    if (problem.code in ERROR_CODES) {
      return new MaquetteError(problem.code, problem.detail, {
        ...problem,
        ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }),
      });
    }
  } catch {
    // Not a problem document: told below with its status.
  }
  return new MaquetteError('internal', `an internal call answered ${status}: ${body.slice(0, 200)}`);
}
