import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Origin } from './forgery.ts';

/**
 * Where an upgrade to a WebSocket says that it comes from, as Fastify tells it of every other request: what
 * `X-Forwarded-Proto` and `X-Forwarded-Host` say counts when the connection is that of a trusted proxy.
 *
 * @param trustedProxies addresses and networks, separated by commas
 */
export function upgradeOrigin(request: IncomingMessage, trustedProxies: string | undefined): Origin {
  const { headers, socket } = request;
  const trusted = proxyAddr.compile(trustedProxies?.split(',') ?? [])(socket.remoteAddress ?? '', 0);
  const own = 'encrypted' in socket ? 'https' : 'http';
  return {
    headers,
    protocol: (trusted ? lastOf(headers['x-forwarded-proto']) : undefined) ?? own,
    host: (trusted ? lastOf(headers['x-forwarded-host']) : undefined) ?? headers.host,
  };
}

/** The entry that the nearest proxy has added. */
function lastOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',').at(-1)?.trim();
}
