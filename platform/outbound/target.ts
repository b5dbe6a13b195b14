import { lookup } from 'node:dns/promises';
import { type BlockList, isIP } from 'node:net';
import { hostUnknown, remoteFailed, urlRefused } from './errors.ts';
import { addressList, embeddedIpv4, whySpecial } from './special-addresses.ts';

/** Where requests may go. */
export interface OutboundPolicy {
  /** Addresses and networks that are allowed though they are not public, e.g. `10.1.0.0/16`. */
  allow: readonly string[];
  /** TCP ports; null: any. */
  ports: readonly number[] | null;
}

/** An address of a host. */
export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** Finds the addresses of a name; rejects with the `code` of `node:dns` when there are none. */
export type Resolver = (host: string) => Promise<HostAddress[]>;

/** A URL that may be fetched, with the addresses that were checked: the connection goes to one of them. */
export interface Target {
  url: URL;
  addresses: HostAddress[];
}

/** What policies allow, as a list that is asked; made once for each. */
const allowed = new WeakMap<OutboundPolicy, BlockList>();

function allowedBy(policy: OutboundPolicy): BlockList {
  const list = allowed.get(policy) ?? addressList(policy.allow);
  allowed.set(policy, list);
  return list;
}

/** As other programs of this machine resolve names. */
export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/** Codes of `node:dns` that say that there is no such name, and not that nobody could be asked. */
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA']);
const PUBLIC_ONLY =
  'Give a URL of the public internet, or ask the operator to allow the network (MAQUETTE_OUTBOUND_ALLOW).';

/**
 * Checks a URL and the addresses of its host. The URL parser (WHATWG) has turned decimal, octal and hexadecimal forms of
 * addresses into the usual one by then.
 *
 * Every address of a name must be allowed: one that has a public and a private one is refused, whichever comes first.
 *
 * @param from the URL that redirected here: never from https to http.
 * @throws MaquetteError `url_refused`, `remote_refused` (no such name), `remote_failed` (names cannot be resolved now)
 */
export async function resolveTarget(
  given: string | URL,
  policy: OutboundPolicy,
  resolve: Resolver,
  from?: URL,
): Promise<Target> {
  const url = checkedUrl(given, policy, from);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses: HostAddress[] =
    family === 0 ? await resolveName(url, host, resolve) : [{ address: host, family: family === 6 ? 6 : 4 }];
  for (const { address } of addresses) {
    const special = whySpecial(address);
    if (special === undefined || isAllowed(allowedBy(policy), address)) continue;
    const which = family === 0 ? `${host} is ${address}, and that address` : address;
    throw urlRefused(url.href, `${which} is not public (${special})`, PUBLIC_ONLY);
  }
  return { url, addresses };
}

/**
 * Checks all of a URL but its host's addresses.
 * @throws MaquetteError `url_refused`
 */
export function checkedUrl(given: string | URL, policy: OutboundPolicy, from?: URL): URL {
  const text = String(given);
  const refuse = (why: string, remedy: string) => urlRefused(text, why, remedy);
  if (!URL.canParse(text)) throw refuse('it is no absolute URL', 'Give one such as https://example.com/model.glb.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse(`${url.protocol} is not fetched`, 'Give an https or http URL.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('it holds a user name or password', 'Use a signed URL instead; credentials in URLs end up in logs.');
  }
  if (from?.protocol === 'https:' && url.protocol === 'http:') {
    throw refuse('an https URL leads to http', 'Give the address of the file itself, over https.');
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (policy.ports !== null && !policy.ports.includes(port)) {
    throw refuse(
      `port ${port} is not allowed`,
      `Use port ${policy.ports.join(' or ')}, or ask the operator to allow this one (MAQUETTE_OUTBOUND_PORTS).`,
    );
  }
  url.hash = '';
  return url;
}

async function resolveName(url: URL, host: string, resolve: Resolver): Promise<HostAddress[]> {
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    if (NO_SUCH_NAME.has((cause as NodeJS.ErrnoException).code ?? '')) throw hostUnknown(host, cause);
    throw remoteFailed(url.href, 'cannot be reached: its name cannot be resolved at the moment', cause);
  }
  throw hostUnknown(host, undefined);
}

/** Whether a special address is allowed after all; a mapped one counts as the IPv4 address that it stands for. */
function isAllowed(allowed: BlockList, address: string): boolean {
  const plain = embeddedIpv4(address) ?? address.split('%', 1)[0] ?? '';
  return allowed.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
