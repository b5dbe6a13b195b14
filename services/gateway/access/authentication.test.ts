import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEY, openGateway, type TestGateway } from '../testing/open-gateway.ts';
import { type Authenticator, createAuthenticator } from './authentication.ts';
import { bearer, secretOf } from './credentials.ts';
import type { Principal } from './principal.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('the authenticator', () => {
  const clients = {
    get people() {
      return gateway.people;
    },
    accessTokens: { verify: () => Promise.reject(new Error('no token comes')), revoke: () => {} },
  };
  let authenticator: Authenticator;
  let asked: number;
  const authenticate = async (secret: string): Promise<Principal> =>
    (await authenticator.authenticate(bearer(secret))).principal;
  let clock: number;

  beforeEach(() => {
    asked = 0;
    clock = 1000;
    const counting: typeof gateway.auth = {
      ...gateway.auth,
      authenticate(...call) {
        asked += 1;
        return gateway.auth.authenticate(...call);
      },
    };
    authenticator = createAuthenticator({ ...clients, auth: counting }, { ttlMs: 5000, capacity: 2, now: () => clock });
  });

  it('asks once for a key in five seconds, also when many requests come at once', async () => {
    const principals = await Promise.all(Array.from({ length: 20 }, () => authenticate(KEY)));
    expect(new Set(principals.map(({ organizationId }) => organizationId))).toEqual(new Set([gateway.organizationId]));
    clock += 4999;
    await authenticate(KEY);
    expect(asked).toBe(1);
    clock += 2;
    await authenticate(KEY);
    expect(asked).toBe(2);
  });

  it('remembers no refusal, and asks nobody about what cannot be a key', async () => {
    const stranger = 'mq_live_nobodys0123456789nobodys';
    for (let count = 0; count < 2; count += 1) {
      await expect(authenticate(stranger)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(asked).toBe(2);
    for (const text of [
      '',
      'x',
      'mq_live_short',
      `mq_live_${'a'.repeat(300)}`,
      'mq_live_with spaces in the key 0123',
    ]) {
      await expect(authenticate(text)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(asked).toBe(2);
  });

  it('holds a bounded number of keys', async () => {
    const keys = [KEY, await gateway.makeKey(['assets:read']), await gateway.makeKey(['jobs:read'])];
    for (const key of keys) await authenticate(key);
    expect(asked).toBe(3);
    await authenticate(keys[2] as string);
    await authenticate(keys[1] as string);
    expect(asked).toBe(3);
    await authenticate(KEY);
    expect(asked).toBe(4);
  });

  it('forgets a key that was revoked', async () => {
    const { apiKey, key } = await gateway.auth.createApiKey({
      organizationId: gateway.organizationId,
      name: 'brief',
      scopes: ['assets:read'],
      expiresAt: '',
    });
    const { apiKeyId } = await authenticate(key);
    await gateway.auth.revokeApiKey({ organizationId: gateway.organizationId, apiKeyId: apiKey?.id ?? '' });
    await authenticate(key);
    authenticator.forget(apiKeyId as NonNullable<typeof apiKeyId>);
    await expect(authenticate(key)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('secretOf', () => {
  it('takes the secret of a Bearer or Basic header and nothing else', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(secretOf('Bearer abc')).toBe('abc');
    expect(secretOf('bearer  abc ')).toBe('abc');
    expect(secretOf(basic('abc:'))).toBe('abc');
    expect(secretOf(basic('any client:abc'))).toBe('abc');
    for (const header of ['', 'abc', 'Digest abc', 'Bearer', 'Bearer ', 'Bearer a b']) {
      expect(() => secretOf(header), header).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    }
  });
});
