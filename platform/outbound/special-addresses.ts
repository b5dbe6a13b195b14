import { BlockList, isIP } from 'node:net';

/**
 * Blocks of the IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates) that are not globally reachable,
 * with multicast (RFC 5771). Whole blocks: the two anycast addresses inside of 192.0.0.0/24 serve no files.
 */
const IPV4_BLOCKS: readonly [block: string, what: string][] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared by carriers'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'for protocols'],
  ['192.0.2.0/24', 'for documentation'],
  ['192.88.99.0/24', 'a deprecated relay'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'for benchmarks'],
  ['198.51.100.0/24', 'for documentation'],
  ['203.0.113.0/24', 'for documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
];

/** All that is allocated as global unicast (RFC 4291): what lies outside is special by itself. */
const IPV6_GLOBAL = '2000::/3';

/** Blocks inside of it that are not globally reachable, or that hide an IPv4 address (IANA IPv6 registry). */
const IPV6_BLOCKS: readonly [block: string, what: string][] = [
  ['2001::/23', 'for protocols, such as Teredo'],
  ['2001:db8::/32', 'for documentation'],
  ['2002::/16', '6to4, which hides an IPv4 address'],
  ['3fff::/20', 'for documentation'],
];

/** IPv4 addresses as a mapping (RFC 4291) and through NAT64 (RFC 6052): the address inside decides. */
const IPV4_INSIDE = ['::ffff:0:0/96', '64:ff9b::/96'];

const ipv4 = IPV4_BLOCKS.map(([block, what]) => ({ list: addressList([block]), what }));
const ipv6 = IPV6_BLOCKS.map(([block, what]) => ({ list: addressList([block]), what }));
const ipv6Global = addressList([IPV6_GLOBAL]);
const ipv4Inside = addressList(IPV4_INSIDE);

/**
 * Why an address is not one of the public internet; undefined when it is.
 *
 * @param address in any notation that `net.isIP` takes; a zone (`%eth0`) is ignored.
 */
export function whySpecial(address: string): string | undefined {
  const plain = withoutZone(address);
  switch (isIP(plain)) {
    case 4:
      return ipv4.find(({ list }) => list.check(plain, 'ipv4'))?.what;
    case 6: {
      // A list of IPv6 blocks also answers for mapped addresses as for IPv4 ones: these come first.
      const inside = embeddedIpv4(plain);
      if (inside !== undefined) return whySpecial(inside);
      if (!ipv6Global.check(plain, 'ipv6')) return 'not global unicast';
      return ipv6.find(({ list }) => list.check(plain, 'ipv6'))?.what;
    }
    default:
      return 'no address';
  }
}

/** The IPv4 address that an IPv6 address stands for, when it is a mapping or comes through NAT64. */
export function embeddedIpv4(address: string): string | undefined {
  const plain = withoutZone(address);
  if (isIP(plain) !== 6 || !ipv4Inside.check(plain, 'ipv6')) return undefined;
  const groups = groupsOf(plain);
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/**
 * A list of addresses and networks.
 * @param blocks `192.0.2.1` or `192.0.2.0/24`, of either family.
 */
export function addressList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** The eight groups of a valid IPv6 address. The URL parser writes them in one way, without dotted decimals. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const before = parse(head);
  const after = parse(tail ?? '');
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}
