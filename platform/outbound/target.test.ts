import { describe, expect, it } from 'vitest';
import { whySpecial } from './special-addresses.ts';
import { type HostAddress, type OutboundPolicy, type Resolver, resolveTarget } from './target.ts';

const POLICY: OutboundPolicy = { allow: [], ports: [80, 443] };
const PUBLIC: HostAddress = { address: '93.184.215.14', family: 4 };

/** A resolver of fixed names, which notes what it was asked. */
function resolverOf(names: Record<string, HostAddress[]>): Resolver & { asked: string[] } {
  const asked: string[] = [];
  return Object.assign(
    async (host: string) => {
      asked.push(host);
      const addresses = names[host];
      if (!addresses) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return addresses;
    },
    { asked },
  );
}

describe('whySpecial', () => {
  it.each([
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.51.100.7'],
    ...['203.0.113.9', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', 'fec0::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::FFFF:10.0.0.1'],
    ...['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '100::1', '5f00::1'],
    ...['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:10::1', '2001:20::1', '2001:db8::1'],
    ...['2002:7f00:1::', '2002:c0a8:101::1', '3fff::1', 'localhost', '', '1.2.3'],
  ])('refuses %s', (address) => {
    expect(whySpecial(address)).toEqual(expect.any(String));
  });

  it.each([
    ...['1.1.1.1', '93.184.215.14', '172.15.255.255', '172.32.0.1', '192.0.1.1', '198.20.0.1', '223.255.255.255'],
    ...[
      '2606:4700:4700::1111',
      '2a00:1450:4001:830::200e',
      '::ffff:1.1.1.1',
      '64:ff9b::1.1.1.1',
      '2001:4860:4860::8888',
    ],
  ])('takes %s for public', (address) => {
    expect(whySpecial(address)).toBeUndefined();
  });
});

describe('resolveTarget', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://①②⑦.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://0/',
  ])('refuses %s without a look at names', async (url) => {
    const resolver = resolverOf({});
    await expect(resolveTarget(url, POLICY, resolver)).rejects.toMatchObject({
      code: 'url_refused',
      message: expect.stringContaining('not public'),
      remedy: expect.any(String),
    });
    expect(resolver.asked).toEqual([]);
  });

  it.each([
    ['file:///etc/passwd', 'file:'],
    ['ftp://example.com/model.glb', 'ftp:'],
    ['gopher://example.com/', 'gopher:'],
    ['data:,x', 'data:'],
    ['//example.com/model.glb', 'no absolute URL'],
    ['model.glb', 'no absolute URL'],
    ['http://[fe80::1%25eth0]/', 'no absolute URL'],
    ['https://user:secret@example.com/', 'password'],
    ['https://example.com:22/', 'port 22'],
    ['http://example.com:6379/', 'port 6379'],
  ])('refuses %s', async (url, why) => {
    const resolver = resolverOf({ 'example.com': [PUBLIC] });
    const refused = expect(resolveTarget(url, POLICY, resolver)).rejects;
    await refused.toMatchObject({ code: 'url_refused', message: expect.stringContaining(why) });
    await refused.not.toMatchObject({ message: expect.stringContaining('secret') });
    expect(resolver.asked).toEqual([]);
  });

  it('refuses a name with one private address among public ones', async () => {
    const resolver = resolverOf({ 'mixed.example': [PUBLIC, { address: 'fd00::1', family: 6 }] });
    await expect(resolveTarget('https://mixed.example/', POLICY, resolver)).rejects.toMatchObject({
      code: 'url_refused',
      message: expect.stringContaining('fd00::1'),
    });
  });

  it('gives the addresses that it has checked, after one look', async () => {
    const resolver = resolverOf({ 'example.com': [PUBLIC] });
    const target = await resolveTarget('https://EXAMPLE.com:443/a.glb#x', POLICY, resolver);
    expect(target).toEqual({ url: new URL('https://example.com/a.glb'), addresses: [PUBLIC] });
    expect(resolver.asked).toEqual(['example.com']);
  });

  it('goes to networks that the operator allows, mapped or not, and to no others', async () => {
    const policy = { allow: ['10.1.0.0/16', 'fd00::/8'], ports: null };
    const resolver = resolverOf({ inside: [{ address: '::ffff:10.1.2.3', family: 6 }] });
    for (const url of ['http://10.1.2.3:9000/', 'http://[fd00::7]/', 'http://inside/']) {
      await expect(resolveTarget(url, policy, resolver)).resolves.toMatchObject({ url: new URL(url) });
    }
    for (const url of ['http://10.2.0.1/', 'http://[fe80::1]/', 'http://127.0.0.1/']) {
      await expect(resolveTarget(url, policy, resolver)).rejects.toMatchObject({ code: 'url_refused' });
    }
  });

  it('tells a name that is not there from one that cannot be looked up now', async () => {
    const down: Resolver = async () => {
      throw Object.assign(new Error('no server'), { code: 'EAI_AGAIN' });
    };
    await expect(resolveTarget('https://nowhere.example/', POLICY, resolverOf({}))).rejects.toMatchObject({
      code: 'remote_refused',
      fault: 'input',
    });
    await expect(resolveTarget('https://example.com/', POLICY, down)).rejects.toMatchObject({
      code: 'remote_failed',
      fault: 'system',
    });
  });

  it('never goes from https to http', async () => {
    const resolver = resolverOf({ 'example.com': [PUBLIC] });
    const from = new URL('https://example.com/');
    await expect(resolveTarget('http://example.com/', POLICY, resolver, from)).rejects.toMatchObject({
      code: 'url_refused',
    });
  });
});
