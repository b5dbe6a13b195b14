import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint } from '#contracts/rest/endpoint.ts';
import { PUBLIC_API, type PublicApi } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint, UploadSubject } from '#contracts/rest/public-endpoint.ts';
import { PROBLEM_CONTENT_TYPE, toProblem } from '#platform/errors/problem.ts';
import type { EndpointHandlers } from '#platform/rest/endpoint-types.ts';
import { installErrorHandling } from '#platform/rest/error-handling.ts';
import { registerEndpoints } from '#platform/rest/register-endpoints.ts';
import { requestIdFrom } from '#platform/telemetry/context.ts';
import { admitCaller } from './access/admit.ts';
import { requireProjectScope } from './access/project-scope.ts';
import { addHeaders } from './answer-headers.ts';
import { answerPreflights } from './cors.ts';
import { codingRefused, contentTypeRefused } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { refuseDeepJson } from './json-depth.ts';
import { cameByLink, withoutLink } from './links/link.ts';
import { observeRequest } from './observe-request.ts';
import { withRequestPlaces } from './request-places.ts';
import { Revalidation } from './revalidation/revalidation.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';
import { createTlsServer } from './tls.ts';
import { isTus, tusHeaders } from './tus/headers.ts';
import { overrideMethod } from './tus/method-override.ts';
import { refuseUnknownQuery } from './unknown-query.ts';
import { discardBody } from './upload/body-stream.ts';
import { mediaType, refuseDeclaredSize } from './upload/receive-upload.ts';
import { UPLOADS } from './upload/subjects.ts';

/** Largest JSON body. */
const JSON_LIMIT_BYTES = 1024 * 1024;
/** Longer than the idle timeout of usual load balancers (60 s), which would else send into a closing connection. */
const KEEP_ALIVE_MS = 72_000;

/** Of one in a path: the name of a file may be that long, percent-encoded. */
const LONGEST_PARAMETER = 3000;

/** Of the forms that OAuth clients send. */
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** An original's name may hold folders, whose slashes need not be written `%2F`. */
const FILE_PATH = /^(\/v1\/assets\/[^/?]+\/versions\/[^/?]+\/files\/)([^?]+)/;

/**
 * The HTTP server of the public API: identity, limits, errors and headers around the handlers of `PUBLIC_API`.
 */
export function createServer(gateway: Gateway, handlers: EndpointHandlers<PublicApi>): FastifyInstance {
  const { timeouts = TIMEOUTS } = gateway.settings;
  const revalidation = new Revalidation(gateway);
  const app = fastify<Server>({
    serverFactory: (handler) => {
      const routed: RequestListener = (request, response) => {
        overrideMethod(request);
        handler(request, response);
      };
      return rawServer(gateway, timeouts, revalidation.before(routed));
    },
    bodyLimit: JSON_LIMIT_BYTES,
    trustProxy: gateway.settings.trustedProxies ?? false,
    ...(gateway.settings.tls === undefined && { forceCloseConnections: 'idle' as const }),
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    rewriteUrl: (request) =>
      withoutLink(request).replace(FILE_PATH, (_, start: string, name: string) => start + name.replaceAll('/', '%2F')),
    frameworkErrors: refuseUrl,
    clientErrorHandler: (error, socket) => socket.end(malformedRequest(error)),
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('projectScope', null);
  app.decorateRequest('unchanged', false);
  app.addHook('preClose', (done) => {
    revalidation.stop();
    done();
  });
  const awaitingContinue = answerExpectations(app);

  installErrorHandling(app, gateway.logger);
  addContentTypeParsers(app);
  answerPreflights(app, gateway);

  // Hooks that have nothing to wait for call back: each promise would cost every request some turns.
  app.addHook('onRequest', (request, reply, done) => {
    const endpoint = request.routeOptions.config.endpoint as PublicEndpoint | undefined;
    const admitted = () => {
      if (endpoint) requireTakenType(request, endpoint, gateway.settings.uploadLimitBytes);
      if (awaitingContinue.has(request.raw)) reply.raw.writeContinue();
      if (endpoint && endpoint.body !== 'multipart' && endpoint.body !== 'stream')
        limitBodyTime(request, timeouts.jsonBodyMs);
    };
    const begin = () => {
      try {
        const admitting = endpoint && admitCaller(gateway, request, reply, endpoint);
        if (admitting) return void admitting.then(admitted).then(() => done(), done);
        admitted();
      } catch (error) {
        return done(error as Error);
      }
      done();
    };
    // How long a body is, the parser reads after this: what is malformed it tells before anything else is answered.
    if (hasBody(request)) queueMicrotask(begin);
    else begin();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const endpoint = request.routeOptions.config.endpoint as PublicEndpoint | undefined;
    // Last of all: who may not ask at all is told nothing of how to.
    const admitted = () => {
      if (endpoint && !cameByLink(request.raw)) refuseUnknownQuery(endpoint, request.query);
    };
    if (request.projectScope !== null) {
      return void requireProjectScope(gateway, request)
        .then(admitted)
        .then(() => done(), done);
    }
    try {
      admitted();
    } catch (error) {
      return done(error as Error);
    }
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    addHeaders(reply);
    if (request.unchanged) revalidation.keep(request, reply);
    if (isTus(request.url)) reply.headers(tusHeaders(request.method, gateway.settings.uploadLimitBytes));
    // Fastify cannot measure an answer without a body for HEAD; an empty stream leaves the length alone.
    const empty = payload === null || payload === undefined;
    done(null, request.method === 'HEAD' && empty ? Readable.from([]) : payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { endpoint, operationId } = request.routeOptions.config;
    // How long somebody listens says nothing of how fast the server is.
    const measured = operationId !== 'listenToEvents';
    const route = measured ? (endpoint?.path ?? request.routeOptions.url ?? 'unmatched') : undefined;
    const { method, url } = request;
    observeRequest(gateway, { method, url, route, status: reply.statusCode, milliseconds: reply.elapsedTime });
    if (!request.raw.complete) discardBody(request.raw);
    done();
  });

  registerEndpoints(app, PUBLIC_API, withRequestPlaces(PUBLIC_API, handlers));
  refuseOtherMethods(app);
  return app;
}

/** The server under Fastify, with TLS or without, and its patience with slow clients. */
function rawServer({ settings: { tls }, logger }: Gateway, timeouts: Timeouts, handler: RequestListener): Server {
  const checks = { connectionsCheckingInterval: Math.min(timeouts.headersMs, 5_000) };
  // What is used of a server without TLS, the other has too.
  const server = tls ? (createTlsServer(tls, handler, logger) as unknown as Server) : createHttpServer(checks, handler);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Uploads take as long as they take; headers and JSON bodies do not.
  server.requestTimeout = 0;
  server.headersTimeout = timeouts.headersMs;
  server.setTimeout(timeouts.stalledMs);
  return server;
}

/**
 * Refuses a body of a type that the operation does not take, and an upload that says itself that it is too large.
 * @throws MaquetteError `unsupported_media_type`, `payload_too_large`
 */
function requireTakenType(request: FastifyRequest, endpoint: PublicEndpoint, limitBytes: number): void {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity' && hasBody(request)) throw codingRefused(coding.slice(0, 50));
  if (endpoint.body === undefined && !endpoint.upload) return;
  const given = mediaType(request);
  if (endpoint.upload && !(endpoint.json && given === 'application/json')) {
    const wanted = ['multipart/form-data', ...endpoint.upload.raw, ...(endpoint.json ? ['application/json'] : [])];
    const { subject } = endpoint.upload;
    if (given === undefined || !(wanted.includes(given) || given.startsWith(UPLOADS[subject].types))) {
      throw contentTypeRefused(given, wanted, uploadRemedy(subject));
    }
    refuseDeclaredSize(request, subject, limitBytes);
  } else if (endpoint.form && given === FORM_TYPE) {
    // Parsed as what it is.
  } else if (endpoint.body === 'stream') {
    const wanted = endpoint.consumes ?? [];
    if (hasBody(request) && !wanted.some((type) => type === given)) {
      throw contentTypeRefused(given, wanted, `Send the header \`Content-Type: ${wanted[0]}\`.`);
    }
  } else if (!endpoint.upload && hasBody(request) && given !== 'application/json') {
    throw contentTypeRefused(given, ['application/json'], 'Send the header `Content-Type: application/json`.');
  }
}

function uploadRemedy(subject: UploadSubject): string {
  const { example } = UPLOADS[subject];
  return `With curl: \`-F file=@${example}\`, or \`-H 'Content-Type: application/octet-stream' --data-binary @${example}\`.`;
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** JSON, empty or not, is parsed; everything else is left to the handlers that read streams. */
function addContentTypeParsers(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Many clients announce JSON on a DELETE or a POST that has no body.
    if (text === '') return done(null, undefined);
    try {
      refuseDeepJson(text as string);
    } catch (error) {
      return done(error as MaquetteError);
    }
    parseJson(request, text as string, done);
  });
  app.addContentTypeParser(FORM_TYPE, { parseAs: 'string' }, (_request, text, done) => {
    done(null, Object.fromEntries(new URLSearchParams(text as string)));
  });
  app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
}

/** A client that asks `Expect: 100-continue` is told to send its body once it is let in, or gets the refusal at once. */
function answerExpectations(app: FastifyInstance): WeakSet<IncomingMessage> {
  const awaiting = new WeakSet<IncomingMessage>();
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    awaiting.add(request);
    overrideMethod(request);
    app.routing(request, response);
  });
  return awaiting;
}

function limitBodyTime(request: FastifyRequest, milliseconds: number): void {
  const { raw } = request;
  if (raw.complete || !hasBody(request)) return;
  const timer = setTimeout(() => raw.destroy(), milliseconds);
  raw.once('close', () => clearTimeout(timer));
  raw.once('end', () => clearTimeout(timer));
}

/** Every other method on a path of the API answers 405 and says which ones there are. */
function refuseOtherMethods(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of Object.values<Endpoint>(PUBLIC_API)) {
    const known = methods.get(path) ?? new Set(['OPTIONS']);
    known.add(method);
    if (method === 'GET') known.add('HEAD');
    methods.set(path, known);
  }
  for (const [path, known] of methods) {
    const allow = [...known].sort().join(', ');
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
    app.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.code(204).header('allow', allow).send() });
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !known.has(method));
    app.route({
      method: others,
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => {
        reply.header('allow', allow);
        throw new MaquetteError('method_not_allowed', `${request.method} is not possible on ${request.url}.`, {
          remedy: `Use ${allow}.`,
        });
      },
    });
  }
}

/** Fastify asks before any hook runs, so the answer is made whole here. */
function refuseUrl({ code }: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply): void {
  const requestId = requestIdFrom(request.raw.headers['x-request-id']);
  const tooLong = code === 'FST_ERR_MAX_PARAM_LENGTH';
  const error = new MaquetteError(
    'invalid_request',
    tooLong
      ? `A part of the path is longer than ${LONGEST_PARAMETER} characters.`
      : 'The path of the request cannot be read.',
    { remedy: tooLong ? 'Give the id or name as it was answered.' : 'Percent-encode what is not a letter or a digit.' },
  );
  addHeaders(reply.code(error.status));
  reply
    .header('x-request-id', requestId)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(toProblem(error, requestId, request.raw.url ?? '')));
}

/** The answer to bytes that are no HTTP request. */
function malformedRequest(cause: Error & { code?: string }): string {
  const tooLong = cause.code === 'HPE_HEADER_OVERFLOW';
  const error = new MaquetteError(
    'invalid_request',
    tooLong ? 'The headers are longer than 16 KiB.' : 'The request is no valid HTTP/1.1.',
    {
      remedy: tooLong
        ? 'Send fewer or shorter headers.'
        : 'Send it with an HTTP client, to this port by the right scheme.',
    },
  );
  const requestId = requestIdFrom(undefined);
  const body = JSON.stringify(toProblem(error, requestId, ''));
  return [
    'HTTP/1.1 400 Bad Request',
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
