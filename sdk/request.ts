import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { valueText } from '#contracts/render/value-text.ts';
import { errorOf, unreachable } from './errors.ts';
import { pause } from './pause.ts';

/** How often a request is sent again. */
const RETRIES = 2;
const FIRST_DELAY_MS = 300;
/** A server that asks for more patience than this is told of as it answers. */
const LONGEST_DELAY_MS = 30_000;
/** Methods that may be sent again without knowing what became of the first time; POST for its key. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'POST']);

/** Where the server is, and who asks. */
export interface Connection {
  /** Address of the server, e.g. `http://127.0.0.1:3000`. */
  baseUrl: string;
  /** API key or access token. */
  key: string;
  /** Another `fetch`, e.g. with a proxy; the platform's own unless given. */
  fetch?: typeof fetch;
  /** How often a request that got no answer, or was put off, is sent again; 2 unless given. */
  retries?: number;
}

/** Values of a query; those that are undefined are left out. Lists get commas between their items, the rest is JSON. */
export type Query = Record<string, unknown>;

/** What a request may say. */
export interface RequestOptions {
  query?: Query;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: FormData | Blob | ReadableStream<Uint8Array>;
  signal?: AbortSignal | undefined;
}

/** Sends requests in the name of one key. */
export interface Requester {
  /**
   * The answer, when it is a success.
   * @throws MaquetteError what the server answered; `unavailable` when it did not. An abort throws the signal's reason.
   */
  send(method: string, path: string, options?: RequestOptions): Promise<Response>;
  /** The JSON of the answer. @throws MaquetteError as `send` */
  json<T>(method: string, path: string, options?: RequestOptions): Promise<T>;
  /** A request to another server, such as the storage: without the key, and sent once. */
  bare(url: string, init: RequestInit): Promise<Response>;
  /** The key, for what cannot be sent as a header. */
  readonly key: string;
  /** The whole address of a path. */
  url(path: string, query?: Query): string;
}

export function createRequester(connection: Connection): Requester {
  const { key, fetch: send = fetch, retries = RETRIES } = connection;
  requireAddress(connection);
  // Paths begin with it themselves; it is often copied along with the address.
  const base = connection.baseUrl.replace(/\/+$/, '').replace(/\/+v1$/, '');

  const requester: Requester = {
    key,
    bare: (url, init) => send(url, init),
    url(path, query = {}) {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(
        given.map(([name, value]): [string, string] => [name, valueText(value)]),
      ).toString();
      return `${base}${path}${text === '' ? '' : `?${text}`}`;
    },
    async send(method, path, options = {}) {
      const url = requester.url(path, options.query);
      const request = requestOf(method, key, options);
      // A stream is gone once it was sent.
      const most = options.body instanceof ReadableStream ? 0 : retries;
      for (let attempt = 0; ; attempt += 1) {
        let answer: Response | undefined;
        try {
          answer = await send(url, request);
        } catch (cause) {
          if (options.signal?.aborted) throw options.signal.reason;
          if (attempt >= most || !REPEATABLE.has(method)) throw unreachable(url, cause);
        }
        if (answer?.ok) return answer;
        const delay = delayOf(attempt, answer?.headers.get('retry-after'));
        const again = attempt < most && delay <= LONGEST_DELAY_MS;
        if (answer && !(again && isPutOff(answer.status, method))) throw await errorOf(answer);
        await answer?.body?.cancel();
        await pause(delay, options.signal);
      }
    },
    async json<T>(method: string, path: string, options?: RequestOptions) {
      const answer = await requester.send(method, path, options);
      return (await answer.json()) as T;
    },
  };
  return requester;
}

/** @throws MaquetteError `invalid_request` for an address that is none, or no key, as an unset variable gives them */
function requireAddress({ baseUrl, key }: Connection): void {
  // A page may leave out the address of the server that it comes from.
  if (typeof baseUrl !== 'string' || !/^(?:https?:\/\/[^/]|\/|$)/i.test(baseUrl)) {
    throw new MaquetteError(
      'invalid_request',
      `baseUrl is ${baseUrl}: give an address that begins with http:// or https://.`,
    );
  }
  if (typeof key !== 'string')
    throw new MaquetteError('invalid_request', 'key is missing: give an API key or an access token.');
}

/** What is sent, the same each time: a POST with a key of its own, so that it has its effect once. */
function requestOf(method: string, key: string, { json, body, headers, signal }: RequestOptions): RequestInit {
  return {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(method === 'POST' && { 'idempotency-key': newKey() }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
    ...(signal && { signal }),
    // Demanded by the standard for a body that is sent while the answer may already come.
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  };
}

/** Whether the server, or what stands before it, says that a request should come again. */
function isPutOff(status: number, method: string): boolean {
  if (status === 429 || status === 503) return true;
  return (status === 502 || status === 504) && REPEATABLE.has(method);
}

/** Milliseconds: what the server asks for, or doubling with chance in it, so that clients do not come back as one. */
function delayOf(attempt: number, retryAfter: string | null | undefined): number {
  const asked = Number(retryAfter ?? Number.NaN);
  if (asked >= 0) return asked * 1000;
  return FIRST_DELAY_MS * 2 ** attempt * (0.5 + Math.random());
}

/** 128 random bits. Browsers make UUIDs on secure pages alone, numbers everywhere. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('');
}
