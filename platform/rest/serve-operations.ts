import fastify, { type FastifyInstance } from 'fastify';
import type { Endpoints } from '#contracts/rest/endpoint.ts';
import { departure } from './departure.ts';
import type { Answer, EndpointCall, EndpointHandlers, OperationHandlers } from './endpoint-types.ts';
import { installErrorHandling } from './error-handling.ts';
import type { ServingOptions } from './memory-transport.ts';
import { registerEndpoints } from './register-endpoints.ts';

/** The HTTP server of the handlers of an internal API: what `networkTransport` calls. */
export function serveOperations<A extends Endpoints>(
  api: A,
  handlers: OperationHandlers<A>,
  { logger, bodyLimitBytes }: ServingOptions,
): FastifyInstance {
  const app = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: 'idle' });
  installErrorHandling(app, logger, { internal: true });
  const overHttp = Object.entries(handlers).map(([operationId, handler]) => [
    operationId,
    ({ params, query, headers, body, reply }: EndpointCall<A[string]>): Promise<Answer> => {
      let left: AbortSignal | undefined;
      return handler({
        params,
        query,
        headers,
        body,
        get signal() {
          left ??= departure(reply);
          return left;
        },
      });
    },
  ]);
  registerEndpoints(app, api, Object.fromEntries(overHttp) as EndpointHandlers<A>);
  return app;
}
