import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { remoteFailed, remoteRefused, remoteTooLarge, urlRefused } from './errors.ts';
import { type OutboundPolicy, type Resolver, resolveTarget, systemResolver, type Target } from './target.ts';

/** What one request may take. */
export interface OutboundLimits {
  /** Bytes of the body of the answer. */
  bytes: number;
  /** From the first connection to the last byte, in milliseconds. */
  totalMs: number;
  /** Without a byte, in milliseconds: while connecting, before the answer, within it. */
  stallMs: number;
}

/** A request to a server that a client of ours has named. */
export interface OutboundRequest {
  method?: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** How many redirects are followed, each checked anew; 0 unless given: the answer is then the redirect itself. */
  redirects?: number;
  limits: OutboundLimits;
  /** Takes an answer as it is, compressed or too long: for who wants its status and the beginning of its body. */
  anyAnswer?: boolean;
  signal?: AbortSignal;
}

/** The answer, whatever its status. */
export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where it came from, after redirects. */
  url: string;
  /**
   * The bytes, once, up to the limit. Throws `payload_too_large` and `remote_failed`; ending the iteration early closes the
   * connection, and so must who does not want them (`discard`).
   */
  body: AsyncIterable<Uint8Array>;
  /** Closes the connection. */
  discard(): void;
}

/** Requests to addresses that others choose. */
export interface Outbound {
  /**
   * @throws MaquetteError `url_refused` before a socket is opened; `remote_refused` for what will stay so; `remote_failed`
   * for what may be over soon; the reason of the signal.
   */
  request(request: OutboundRequest): Promise<OutboundAnswer>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Makes requests that cannot be led into networks of the operator (server-side request forgery): each host is resolved
 * once, every address is checked (`target.ts`), and the connection goes to a checked address itself, so that a name
 * which answers otherwise the next time (DNS rebinding) has no effect. Name and certificate stay those of the URL.
 *
 * Proxies of the environment are not used: they would resolve the name again. Answers are not decompressed.
 */
export function createOutbound(policy: OutboundPolicy, resolve: Resolver = systemResolver): Outbound {
  return {
    async request(request) {
      const deadline = AbortSignal.timeout(request.limits.totalMs);
      const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
      const ended = (url: string) =>
        request.signal?.aborted
          ? request.signal.reason
          : remoteFailed(url, `took longer than ${request.limits.totalMs / 1000} s`);
      let target = await abortable(resolveTarget(request.url, policy, resolve), signal, () => ended(request.url));
      for (let followed = 0; ; followed++) {
        const { url } = target;
        const answer = await send(target, request, signal, () => ended(url.href));
        const location = answer.headers.location;
        if (!REDIRECTS.has(answer.status) || location === undefined || request.redirects === undefined) return answer;
        answer.discard();
        if (followed === request.redirects) {
          throw urlRefused(request.url, `it redirects more than ${followed} times`, 'Give the URL of the file itself.');
        }
        if (!URL.canParse(location, url.href)) {
          throw remoteRefused(url.href, 'redirects to what is no URL', 'Give the URL of the file itself.');
        }
        target = await abortable(resolveTarget(new URL(location, url), policy, resolve, url), signal, () =>
          ended(url.href),
        );
      }
    },
  };
}

/** One request to a checked address. */
async function send(
  { url, addresses }: Target,
  { method = 'GET', headers, body, limits, anyAnswer = false }: OutboundRequest,
  signal: AbortSignal,
  ended: () => unknown,
): Promise<OutboundAnswer> {
  const start = url.protocol === 'https:' ? overHttps : overHttp;
  const lookup: LookupFunction = (_host, options, found) => {
    if (options.all) return found(null, addresses);
    const [first] = addresses;
    if (first) found(null, first.address, first.family);
  };
  const outgoing = start(url, {
    method,
    lookup,
    // A connection of its own: a pooled one may have been made for another check.
    agent: false,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'Maquette', ...headers },
    timeout: limits.stallMs,
    signal,
  });
  // Of the socket, whatever it does at the time: connecting, waiting, reading.
  outgoing.on('timeout', () => outgoing.destroy(remoteFailed(url.href, `was silent for ${limits.stallMs / 1000} s`)));
  const explained = (thrown: unknown) => (signal.aborted ? ended() : explain(url, thrown));
  const incoming = await answerTo(outgoing, body).catch((thrown: unknown) => {
    throw explained(thrown);
  });
  // A late error of the connection, after its reader has gone.
  outgoing.on('error', () => {});
  const discard = () => void incoming.destroy();
  try {
    if (!anyAnswer) checkHead(url, incoming, limits);
  } catch (refused) {
    discard();
    throw refused;
  }
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    url: url.href,
    body: limitedBody(url, incoming, limits.bytes, explained),
    discard,
  };
}

function answerTo(outgoing: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Refuses by its headers what is too large, or compressed: small bytes that become many. */
function checkHead(url: URL, { headers }: IncomingMessage, limits: OutboundLimits): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const remedy = 'Give a URL whose server sends the file as it is.';
    throw remoteRefused(
      url.href,
      `is sent compressed (\`${encoding.slice(0, 50)}\`) though it was asked not to`,
      remedy,
    );
  }
  if (Number(headers['content-length'] ?? 0) > limits.bytes) throw remoteTooLarge(url.href, limits.bytes);
}

async function* limitedBody(
  url: URL,
  incoming: IncomingMessage,
  limitBytes: number,
  explained: (thrown: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of incoming) {
      const left = limitBytes - bytes;
      bytes += chunk.length;
      if (chunk.length <= left) yield chunk;
      else {
        if (left > 0) yield chunk.subarray(0, left);
        throw remoteTooLarge(url.href, limitBytes);
      }
    }
  } catch (thrown) {
    throw explained(thrown);
  } finally {
    incoming.destroy();
  }
}

/** What a failed connection means. */
function explain(url: URL, thrown: unknown): unknown {
  if (thrown instanceof MaquetteError) return thrown;
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  // Errors of certificates have codes of OpenSSL's verification; they stay until somebody renews it.
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code)) {
    const remedy = 'Have the certificate of that server put in order.';
    return remoteRefused(url.href, `has a certificate that is not valid (${code})`, remedy, thrown);
  }
  if (message === 'aborted') return remoteFailed(url.href, 'broke the connection off before the end', thrown);
  return remoteFailed(url.href, `could not be read: ${message || code}`, thrown);
}

/** Waits for what cannot be told to stop. */
function abortable<T>(work: Promise<T>, signal: AbortSignal, ended: () => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(ended());
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
