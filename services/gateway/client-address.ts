import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Tells where a request comes from. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * Tells the address that a request comes from. What `X-Forwarded-For` says counts as far as trusted proxies say it, as for
 * `request.ip` of Fastify.
 *
 * @param trustedProxies addresses and networks, separated by commas
 */
export function addressesBehind(trustedProxies: string | undefined): AddressOf {
  if (trustedProxies === undefined) return (request) => request.socket.remoteAddress ?? '';
  const trusted = proxyAddr.compile(trustedProxies.split(','));
  return (request) => proxyAddr(request, trusted);
}
