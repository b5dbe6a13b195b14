import { valueText } from '#contracts/render/value-text.ts';
import { errorOf, unreachable } from './errors.ts';

/** Where the server is, and who asks. */
export interface Connection {
  /** Address of the server, e.g. `http://127.0.0.1:3000`. */
  baseUrl: string;
  /** API key. */
  key: string;
  /** Another `fetch`, e.g. with a proxy; the platform's own unless given. */
  fetch?: typeof fetch;
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
  /** The whole address of a path. */
  url(path: string, query?: Query): string;
}

export function createRequester(connection: Connection): Requester {
  const { key, fetch: send = fetch } = connection;
  const base = connection.baseUrl.replace(/\/+$/, '');

  const requester: Requester = {
    url(path, query = {}) {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = new URLSearchParams(
        given.map(([name, value]): [string, string] => [name, valueText(value)]),
      ).toString();
      return `${base}${path}${text === '' ? '' : `?${text}`}`;
    },
    async send(method, path, options = {}) {
      const { json, body, query, headers, signal } = options;
      const url = requester.url(path, query);
      const stream = body instanceof ReadableStream;
      let answer: Response;
      try {
        answer = await send(url, {
          method,
          headers: {
            authorization: `Bearer ${key}`,
            ...(json !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
          ...(signal && { signal }),
          // Demanded by the standard for a body that is sent while the answer may already come.
          ...(stream && { duplex: 'half' }),
        });
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        throw unreachable(url, cause);
      }
      if (!answer.ok) throw await errorOf(answer);
      return answer;
    },
    async json<T>(method: string, path: string, options?: RequestOptions) {
      const answer = await requester.send(method, path, options);
      return (await answer.json()) as T;
    },
  };
  return requester;
}
