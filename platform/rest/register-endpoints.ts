import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import type { Answer, EndpointCall, EndpointHandlers } from './endpoint-types.ts';

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
        const findings: { pointer: string; message: string }[] = [];
        const parse = (schema: z.ZodType | undefined, part: string, value: unknown): unknown => {
          if (schema === undefined) return undefined;
          const parsed = schema.safeParse(value);
          if (parsed.success) return parsed.data;
          for (const issue of parsed.error.issues) {
            findings.push({ pointer: `/${[part, ...issue.path].join('/')}`, message: issue.message });
          }
          return undefined;
        };
        const body = typeof endpoint.body === 'object' ? endpoint.body : undefined;
        const call = {
          params: parse(endpoint.params, 'params', request.params),
          query: parse(endpoint.query, 'query', request.query),
          headers: parse(endpoint.headers, 'headers', request.headers),
          body: parse(body, 'body', request.body),
          json: request.body === undefined ? undefined : parse(endpoint.json, 'body', request.body),
          request,
          reply,
        };
        if (findings.length > 0) throw invalidRequest(findings, endpoint);
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

function invalidRequest(findings: { pointer: string; message: string }[], endpoint: Endpoint): MaquetteError {
  const list = findings.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  return new MaquetteError('invalid_request', `${endpoint.method} ${endpoint.path}: ${list}`, {
    errors: findings,
    remedy: 'Correct the fields that are named in `errors`.',
  });
}
