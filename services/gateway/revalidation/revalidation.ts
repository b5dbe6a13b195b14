import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setImmediate as afterInput } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PublicEndpoint, rateClassOf } from '#contracts/rest/public-endpoint.ts';
import { requestIdFrom } from '#platform/telemetry/context.ts';
import { inTurns } from '#platform/turns/in-turns.ts';
import type { Authenticated } from '../access/authentication.ts';
import { bearer, secretOf } from '../access/credentials.ts';
import { rateClientOf } from '../access/principal.ts';
import { type AddressOf, addressesBehind } from '../client-address.ts';
import { noneMatchHits } from '../conditional.ts';
import type { Gateway } from '../gateway.ts';
import { observeRequest } from '../observe-request.ts';
import { UnchangedAnswers } from './unchanged-answers.ts';

/** What else may come of a request that has one of these is the server's to find out. */
const ALONE = ['origin', 'content-length', 'transfer-encoding', 'expect', 'upgrade'] as const;

/**
 * Answers 304 again to whoever asks again whether something has changed, in some two fifths of the time that the server behind it
 * takes: without routes, hooks and schemas, and without reading what is asked for.
 *
 * Nothing that it answers is older than what the server would. An answer that follows from the caller and the database
 * alone is given again only while both are what they were: the authenticator remembers the caller still, in the very
 * object that the answer was made for, and nothing at all was committed to the database since before it was made, which
 * is asked for each answer (`Database.generation`), once for all requests that come together. Everything else goes on to
 * the server; so does whoever is to be refused. Requests are counted by the same limits, metrics and log.
 */
export class Revalidation {
  readonly #gateway: Gateway;
  readonly #addressOf: AddressOf;
  readonly #answers = new UnchangedAnswers();
  /** The state of the database before a request went on to the server. */
  readonly #before = new WeakMap<IncomingMessage, string>();
  /** One name for all: the state is of the whole database. */
  readonly #generation: () => Promise<string>;
  #stopped = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#addressOf = addressesBehind(gateway.settings.trustedProxies);
    const ask = inTurns(async (_name: undefined, _items: readonly undefined[], following) => {
      // Whoever else has come by now joins the next one, which needs not wait any more.
      if (!following) await afterInput();
      return (await gateway.data.getGeneration({})).generation;
    });
    this.#generation = () => ask(undefined, undefined);
  }

  /** The listener of a server, before which the answers are given that can be. */
  before(handler: RequestListener): RequestListener {
    return (request, response) => {
      const found = this.#stopped ? undefined : this.#whoAsks(request);
      if (found === undefined || !this.#answers.has(found, request.url ?? '')) return handler(request, response);
      const began = performance.now();
      this.#generation().then(
        (generation) => {
          if (this.#answer(found, generation, began, request, response)) return;
          this.#before.set(request, generation);
          handler(request, response);
        },
        () => handler(request, response),
      );
    };
  }

  /** Keeps what is about to be answered 304, when it follows from its caller and the database alone. */
  keep(request: FastifyRequest, reply: FastifyReply): void {
    const { endpoint } = request.routeOptions.config;
    const found = this.#whoAsks(request.raw);
    // Who they are may have been asked anew meanwhile.
    if (endpoint === undefined || found === undefined || found.principal !== request.principal) return;
    this.#answers.keep(found, request.originalUrl, {
      endpoint: endpoint as PublicEndpoint,
      headers: reply.getHeaders(),
      generation: this.#before.get(request.raw),
    });
  }

  /** Leaves everything to the server from now on, which tells clients that it stops. */
  stop(): void {
    this.#stopped = true;
  }

  /** Who asks whether something has changed, in a request that can have no other effect, if it is known. */
  #whoAsks(request: IncomingMessage): Authenticated | undefined {
    const { method, headers, httpVersionMajor } = request;
    if (method !== 'GET' || headers['if-none-match'] === undefined || httpVersionMajor !== 1) return undefined;
    const { authorization } = headers;
    // A cookie is sent by pages that may not be let in.
    if (authorization === undefined || ALONE.some((name) => headers[name] !== undefined)) return undefined;
    try {
      return this.#gateway.authenticator.remembered(bearer(secretOf(authorization)), true);
    } catch {
      return undefined;
    }
  }

  /** @returns false when the server has to answer */
  #answer(
    found: Authenticated,
    generation: string,
    began: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): boolean {
    const { rateLimits } = this.#gateway;
    const kept = this.#answers.find(found, request.url ?? '', generation);
    if (!kept || !noneMatchHits(request.headers['if-none-match'], kept.etag)) return false;
    const { endpoint } = kept;
    let rate: Record<string, string>;
    try {
      rateLimits.admit(this.#addressOf(request));
      rate = rateLimits.count(rateClientOf(found.principal), rateClassOf(endpoint));
    } catch {
      // The server counts once more, and says why not.
      return false;
    }
    const headers = [...kept.headers, 'x-request-id', requestIdFrom(request.headers['x-request-id'])];
    for (const name in rate) headers.push(name, rate[name] as string);
    response.writeHead(304, headers).end();
    observeRequest(this.#gateway, {
      method: 'GET',
      url: request.url ?? '',
      route: endpoint.path,
      status: 304,
      milliseconds: performance.now() - began,
    });
    return true;
  }
}
