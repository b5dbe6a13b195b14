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
  const literal = literalOf(url);
  if (literal) return { url, addresses: [literal] };
  const addresses = await resolveName(url, url.hostname, resolve);
  for (const { address } of addresses) {
    const special = whyRefused(address, policy);
    if (special === undefined) continue;
    const which = `${url.hostname} is ${address}, and that address`;
    throw urlRefused(url.href, `${which} is not public (${special})`, PUBLIC_ONLY);
  }
  return { url, addresses };
}

/** The address of a URL that names one and no host. */
function literalOf(url: URL): HostAddress | undefined {
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family === 0 ? undefined : { address, family: family === 6 ? 6 : 4 };
}

/** Why an address is neither public nor allowed; undefined when it is. */
function whyRefused(address: string, policy: OutboundPolicy): string | undefined {
  const special = whySpecial(address);
  return special !== undefined && !isAllowed(allowedBy(policy), address) ? special : undefined;
}

/**
 * Checks all of a URL that can be told without looking its host's name up.
 * @throws MaquetteError `url_refused`
 */
export function checkedUrl(given: string | URL, policy: OutboundPolicy, from?: URL): URL {
  const text = String(given);
  const refuse = (why: string, remedy: string) => urlRefused(text, why, remedy);
  if (!URL.canParse(text)) throw refuse('it is no absolute URL', 'Give one such as https://example.com/model.glb.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse('it is neither https nor http', 'Give an https or http URL.');
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
  const address = literalOf(url)?.address;
  const special = address === undefined ? undefined : whyRefused(address, policy);
  if (special !== undefined) throw refuse(`${address} is not public (${special})`, PUBLIC_ONLY);
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
