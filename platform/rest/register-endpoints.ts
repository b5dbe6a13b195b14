import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import type { Answer, EndpointCall, EndpointHandlers } from './endpoint-types.ts';
import { parseCall } from './parse-call.ts';

/**
 * Registers a handler for every operation of an API. What comes in is parsed by the endpoint's schemas.
 *
 * @throws MaquetteError `invalid_request` (in the handler's place), with one entry for each invalid field.
 */
export function registerEndpoints<A extends Endpoints>(
  app: FastifyInstance,
  api: A,
  handlers: EndpointHandlers<A>,
): void {
  for (const [operationId, endpoint] of Object.entries(api)) {
    // The table types each handler by its own endpoint; here all of them are called the same way.
    const handler = handlers[operationId] as unknown as (
      call: EndpointCall<Endpoint>,
    ) => Promise<Answer | FastifyReply>;
    app.route({
      method: endpoint.method,
      url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { operationId, endpoint },
      handler: async (request, reply) => {
        const call = { ...parseCall(endpoint, request), request, reply };
        const answer = await handler(call as EndpointCall<Endpoint>);
        // Sent by the handler itself. A reply whose reader has gone comes as nothing at all: it is a promise, too.
        if (answer === undefined || (answer as unknown) === reply) return reply;
        const { status, headers, body: content } = answer as Answer;
        reply.code(status);
        if (headers) reply.headers(headers);
        // Null would be written as JSON: four bytes that a 304 would announce and never send.
        return content === undefined ? reply.send() : reply.send(content);
      },
    });
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operationId?: string;
    endpoint?: Endpoint;
  }
}
