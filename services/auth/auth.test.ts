import { Writable } from 'node:stream';
import type { Client } from '@connectrpc/connect';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import { AuthService } from '#contracts/generated/auth_pb.js';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport } from '#platform/rpc/transports.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import type { Service } from '#platform/service/service.ts';
import { type OpenedDatabase, testEngines } from '#test/databases.ts';
import { hashApiKey, isApiKeySecret } from './api-key-secret.ts';
import { KeyUsage } from './key-usage.ts';
import { createAuthService } from './service.ts';
import type { AuthSchema } from './tables.ts';

const OPERATORS_KEY = 'mq_live_0123456789abcdefghijABCD';

describe.each(await testEngines({ oneConnection: false }))('the auth service on $name', (engine) => {
  let opened: OpenedDatabase;
  let service: Service;
  let auth: Client<typeof AuthService>;
  let organizationId: string;
  /** The secret of the first key. */
  let key: string;
  let log = '';
  const logger = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _encoding, done) {
        log += chunk;
        done();
      },
    }),
  );
  const rows = () => opened.database.as<AuthSchema>().kysely;

  beforeAll(async () => {
    opened = await engine.open();
    service = await createAuthService({
      database: opened.database,
      sealer: createSealer('a secret of tests, 32 characters'),
      logger,
    });
    auth = createRpcClient(
      AuthService,
      createMemoryTransport((router) => service.rpc?.(router)),
    );
  });
  afterAll(async () => {
    await service?.stop();
    await opened?.close();
  });

  it('makes one organisation, one owner and one key, however many processes start at once', async () => {
    const started = await Promise.all(
      Array.from({ length: 8 }, () => auth.bootstrap({ organizationName: 'Workshop' })),
    );
    const organizations = new Set(started.map((answer) => answer.organizationId));
    const keys = started.map((answer) => answer.newApiKey).filter((secret) => secret !== '');
    expect(organizations.size).toBe(1);
    expect(keys).toHaveLength(1);
    organizationId = started[0]?.organizationId as string;
    key = keys[0] as string;
    expect(key).toMatch(/^mq_live_[0-9A-Za-z]{32}$/);
    expect(await rows().selectFrom('organizations').select('name').execute()).toEqual([{ name: 'Workshop' }]);
    expect(await rows().selectFrom('memberships').select('role').execute()).toEqual([{ role: 'owner' }]);
    expect(await auth.bootstrap({ organizationName: 'Another' })).toMatchObject({ organizationId, newApiKey: '' });
  });

  it('knows who stands behind a key', async () => {
    const { principal } = await auth.authenticate({ apiKey: key });
    expect(principal).toMatchObject({ organizationId, organizationName: 'Workshop', role: 'owner' });
    expect(principal?.scopes.toSorted()).toEqual([...KEY_SCOPES].sort());
  });

  it.each([
    ['an unknown key', `mq_live_${'z'.repeat(32)}`],
    ['half a key', 'mq_live_'],
    ['nothing', ''],
    ['something long', 'x'.repeat(100_000)],
  ])('refuses %s', async (_what, apiKey) => {
    await expect(auth.authenticate({ apiKey })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it("takes the operator's own key, once, and repairs its scopes at the next start", async () => {
    for (let start = 0; start < 3; start++) {
      const answer = await auth.bootstrap({ organizationName: 'Workshop', apiKey: OPERATORS_KEY });
      expect(answer).toMatchObject({ organizationId, newApiKey: '' });
      const { principal } = await auth.authenticate({ apiKey: OPERATORS_KEY });
      expect(principal).toMatchObject({ organizationId, role: 'owner' });
      expect(principal?.scopes).toHaveLength(KEY_SCOPES.length);
      await rows()
        .updateTable('api_keys')
        .set({ scopes: '["assets:read"]' })
        .where('sha256', '=', hashApiKey(OPERATORS_KEY))
        .execute();
    }
    const same = rows().selectFrom('api_keys').select('id').where('sha256', '=', hashApiKey(OPERATORS_KEY));
    expect(await same.execute()).toHaveLength(1);
  });

  it.each(['mq_live_short', 'mq_test_0123456789abcdefghijABCD', 'mq_live_0123456789abcdefghij-BCD'])(
    'refuses %s as the operator’s key without repeating it',
    async (apiKey) => {
      const refused = auth.bootstrap({ organizationName: 'Workshop', apiKey });
      await expect(refused).rejects.toMatchObject({ code: 'config_invalid' });
      await expect(refused).rejects.not.toThrow(apiKey);
    },
  );

  it('shows the secret of a new key once, and keeps only its hash', async () => {
    const made = await auth.createApiKey({ organizationId, name: ' CI ', scopes: ['assets:read', 'assets:read'] });
    expect(isApiKeySecret(made.key)).toBe(true);
    expect(made.apiKey).toMatchObject({ name: 'CI', scopes: ['assets:read'], expiresAt: '', revokedAt: '' });
    expect(made.key.startsWith(made.apiKey?.prefix as string)).toBe(true);
    const stored = JSON.stringify(await rows().selectFrom('api_keys').selectAll().execute());
    expect(stored).not.toContain(made.key);
    expect(stored).toContain(hashApiKey(made.key));
    expect((await auth.authenticate({ apiKey: made.key })).principal?.scopes).toEqual(['assets:read']);
  });

  it('gives a key no more than the key that makes it', async () => {
    const maker = await auth.createApiKey({ organizationId, name: 'maker', scopes: ['keys:write', 'jobs:read'] });
    const wish = { organizationId, name: 'child', creatorApiKeyId: maker.apiKey?.id as string };
    await expect(auth.createApiKey({ ...wish, scopes: ['jobs:read', 'assets:write'] })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('assets:write'),
    });
    const child = await auth.createApiKey({ ...wish, scopes: ['jobs:read'] });
    expect(child.apiKey?.scopes).toEqual(['jobs:read']);
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ scopes: [] }, '/scopes'],
    [{ scopes: ['everything'] }, '/scopes/0'],
    [{ expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ organizationId: 'org_x' }, '/organizationId'],
  ])('refuses a key with %j', async (change, pointer) => {
    const valid = { organizationId, name: 'key', scopes: ['jobs:read'] };
    await expect(auth.createApiKey({ ...valid, ...change })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer }],
    });
  });

  it('lets a key expire', async () => {
    const expiresAt = new Date(Date.now() + 400).toISOString();
    const made = await auth.createApiKey({ organizationId, name: 'brief', scopes: ['jobs:read'], expiresAt });
    expect(made.apiKey?.expiresAt).toBe(expiresAt);
    await auth.authenticate({ apiKey: made.key });
    await expect
      .poll(() => auth.authenticate({ apiKey: made.key }).catch((error) => error.code), { timeout: 5000 })
      .toBe('unauthenticated');
  });

  it('revokes a key, again without harm, and never undoes it', async () => {
    const made = await auth.createApiKey({ organizationId, name: 'lost', scopes: ['jobs:read'] });
    const apiKeyId = made.apiKey?.id as string;
    const first = await auth.revokeApiKey({ organizationId, apiKeyId });
    const second = await auth.revokeApiKey({ organizationId, apiKeyId });
    expect(first.apiKey?.revokedAt).not.toBe('');
    expect(second.apiKey?.revokedAt).toBe(first.apiKey?.revokedAt);
    await expect(auth.authenticate({ apiKey: made.key })).rejects.toMatchObject({ code: 'unauthenticated' });
    await auth.bootstrap({ organizationName: 'Workshop', apiKey: made.key });
    await expect(auth.authenticate({ apiKey: made.key })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('lists keys newest first, page by page, while new ones are made', async () => {
    const all = await auth.listApiKeys({ organizationId, limit: 200 });
    expect(all.nextCursor).toBe('');
    const ids = all.apiKeys.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().reverse());
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await auth.listApiKeys({ organizationId, limit: 2, cursor });
      seen.push(...page.apiKeys.map(({ id }) => id));
      cursor = page.nextCursor;
      await auth.createApiKey({ organizationId, name: 'between', scopes: ['jobs:read'] });
    } while (cursor !== '');
    expect(seen).toEqual(ids);
    await expect(auth.listApiKeys({ organizationId, cursor: 'bm90IGFuIGlk' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('shows an organisation nothing of another', async () => {
    const stranger = 'org_01kb2v4t9wf6x8q3m5n7p0r2s4';
    expect((await auth.listApiKeys({ organizationId: stranger })).apiKeys).toEqual([]);
    const { apiKeys } = await auth.listApiKeys({ organizationId, limit: 1 });
    const apiKeyId = apiKeys[0]?.id as string;
    await expect(auth.revokeApiKey({ organizationId: stranger, apiKeyId })).rejects.toMatchObject({
      code: 'not_found',
    });
    const wish = { name: 'x', scopes: ['jobs:read'] };
    await expect(auth.createApiKey({ ...wish, organizationId: stranger })).rejects.toMatchObject({ code: 'not_found' });
    const foreign = { ...wish, organizationId, creatorApiKeyId: 'key_01kb2v4t9wf6x8q3m5n7p0r2s4' };
    await expect(auth.createApiKey(foreign)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('notes the use of a key beside the requests, at most once a minute', async () => {
    const made = await auth.createApiKey({ organizationId, name: 'used', scopes: ['jobs:read'] });
    const id = made.apiKey?.id as `key_${string}`;
    const lastUsed = async () => {
      const row = rows().selectFrom('api_keys').select('last_used_at').where('id', '=', id);
      return (await row.executeTakeFirstOrThrow()).last_used_at?.getTime() ?? null;
    };
    expect(await lastUsed()).toBeNull();
    await Promise.all(Array.from({ length: 5 }, () => auth.authenticate({ apiKey: made.key })));
    await service.stop();
    const first = await lastUsed();
    expect(first).toBeGreaterThan(Date.now() - 30_000);
    await auth.authenticate({ apiKey: made.key });
    await service.stop();
    expect(await lastUsed()).toBe(first);

    // Another process, which remembers nothing, respects the minute too; after it the use is noted again.
    const usage = new KeyUsage(rows(), logger);
    usage.used(id);
    await usage.flush();
    expect(await lastUsed()).toBe(first);
    usage.used(id, Date.now() + 61_000);
    await usage.flush();
    expect(await lastUsed()).toBeGreaterThan(first as number);
  });

  it('logs no key', async () => {
    expect(log).toContain('revoked and stays so');
    expect(log).not.toMatch(/mq_live_[0-9A-Za-z]{8}/);
  });
});
