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

/**
 * What limits of an address count: of IPv6 the network of 64 bits, in which whoever has one address has them all (RFC 4291,
 * 2.5.4); an address of IPv4 as it is, however it is written.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = address.split('%');
  const [start = '', end] = bare.split('::');
  const groups = start === '' ? [] : start.split(':');
  // What `::` leaves out are zeros, of which only those before the last 64 bits matter.
  const behind = end === undefined || end === '' ? [] : end.split(':');
  const quad = behind.at(-1)?.includes('.') ? 1 : 0;
  if (end !== undefined) groups.push(...Array<string>(Math.max(0, 8 - groups.length - behind.length - quad)).fill('0'));
  const network = [...groups, ...behind].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
