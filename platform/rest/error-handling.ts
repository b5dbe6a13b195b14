import type { FastifyInstance } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { PROBLEM_CONTENT_TYPE, toProblem, withoutStorageDetails } from '../errors/problem.ts';
import { CALLER_HEADER, readCaller } from '../telemetry/caller-header.ts';
import { enterContext, requestIdFrom } from '../telemetry/context.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Makes every failure of a Fastify application a problem document, Fastify's own included (unknown routes, bodies that
 * do not parse or are too large), and gives every request its id and context.
 */
export function installErrorHandling(app: FastifyInstance, logger: Logger, options: { internal?: boolean } = {}): void {
  app.addHook('onRequest', (request, reply, done) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const traceParent = request.headers.traceparent;
    // From outside anybody could say to be anyone.
    const caller = options.internal ? readCaller(request.headers[CALLER_HEADER]) : undefined;
    enterContext({ requestId, traceParent: typeof traceParent === 'string' ? traceParent : undefined, caller });
    request.requestId = requestId;
    reply.header('x-request-id', requestId);
    done();
  });
  app.setErrorHandler((thrown, request, reply) => {
    const error = fromFastify(thrown);
    if (error.fault === 'system') {
      const about = { code: error.code, url: request.url };
      // What says when to come again is a state that was foreseen, and may be asked for every second.
      if (error.retryAfterSeconds === undefined) logger.error({ ...about, err: error.cause ?? error }, error.message);
      else logger.warn({ ...about, err: error.cause }, error.message);
    }
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
    const told = options.internal ? error : MaquetteError.fromValue(withoutStorageDetails(error.toValue()));
    return reply
      .code(error.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(toProblem(told, request.requestId, request.url)));
  });
  app.setNotFoundHandler((request) => {
    throw new MaquetteError('not_found', `There is nothing at ${request.method} ${request.url}.`, {
      remedy: 'See /openapi.json for what there is.',
    });
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    requestId: string;
  }
}

/** Fastify's own errors, by their HTTP status, in the closed set of codes. */
function fromFastify(thrown: unknown): MaquetteError {
  if (thrown instanceof MaquetteError) return thrown;
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : 500;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (status === 413) return new MaquetteError('payload_too_large', message, { cause: thrown });
  if (status === 415) return new MaquetteError('unsupported_media_type', message, { cause: thrown });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const remedy = 'Send a body of JSON (RFC 8259) that is whole, or one of another content type as what it is.';
    const isJson = thrown instanceof Error && /JSON/.test(message);
    return new MaquetteError('invalid_request', message, { cause: thrown, ...(isJson && { remedy }) });
  }
  return MaquetteError.from(thrown);
}
