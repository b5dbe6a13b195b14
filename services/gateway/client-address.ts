import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/**
 * The address that a request comes from. What `X-Forwarded-For` says counts as far as trusted proxies say it, as for
 * `request.ip` of Fastify.
 *
 * @param trustedProxies addresses and networks, separated by commas
 */
export function addressOf(request: IncomingMessage, trustedProxies: string | undefined): string {
  return proxyAddr(request, trustedProxies?.split(',') ?? []);
}
