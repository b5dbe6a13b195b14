import type { DescService } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthService } from '#contracts/generated/auth_pb.js';
import { OrganizationService } from '#contracts/generated/organizations_pb.js';
import { PeopleService } from '#contracts/generated/people_pb.js';
import { RateService } from '#contracts/generated/rates_pb.js';
import { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import { TokenService } from '#contracts/generated/tokens_pb.js';
import { newId, type OrganizationId, type UserId } from '#contracts/ids/ids.ts';
import { asTenant } from '#platform/database/tenant-scope.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport } from '#platform/rpc/transports.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import type { Service } from '#platform/service/service.ts';
import { type OpenedDatabase, testEngines } from '#test/databases.ts';
import { AUTH_ROW_RULES } from './row-rules.ts';
import { IN_SYSTEM_SCOPE } from './rpc/scopes.ts';
import { createAuthService } from './service.ts';

const SERVICES = [
  AuthService,
  OrganizationService,
  PeopleService,
  RateService,
  ServiceAccountService,
  TokenService,
] satisfies DescService[];
const OWNER = { email: 'ada@example.org', password: 'a long password of hers' };
const RULES = Object.entries(AUTH_ROW_RULES);
const SECURED = RULES.filter(([, rule]) => !('shared' in rule || 'system' in rule)).map(([table]) => table);

describe.each(await testEngines({ oneConnection: false }))('row-level security of auth on $name', (engine) => {
  let opened: OpenedDatabase;
  let service: Service;
  let people: Client<typeof PeopleService>;
  let ours: OrganizationId;
  let theirs: OrganizationId;
  /** A member of the one organisation alone, and the owner of the other, who is in both. */
  let member: UserId;
  let owner: UserId;

  const query = (statement: string) => sql.raw<{ count: number }>(statement).execute(opened.database.kysely);
  const count = async (from: string) => (await query(`select count(*)::int as count from ${from}`)).rows[0]?.count;
  const client = <S extends DescService>(of: S): Client<S> =>
    createRpcClient(
      of,
      createMemoryTransport((router) => service.rpc?.(router)),
    );

  beforeAll(async () => {
    opened = await engine.open();
    service = await createAuthService({
      database: opened.database,
      sealer: createSealer('a secret of tests, 32 characters'),
      logger: pino({ enabled: false }),
      settings: { owner: OWNER },
    });
    people = client(PeopleService);
    const keys = client(AuthService);
    const organizations = client(OrganizationService);
    const accounts = client(ServiceAccountService);
    ours = (await keys.bootstrap({ organizationName: 'Ours' })).organizationId as OrganizationId;
    const signedIn = JSON.parse((await people.signIn({ ...OWNER, userAgent: 'a test' })).json);
    owner = signedIn.user.id;
    const made = await organizations.createOrganization({ userId: owner, name: 'Theirs' });
    theirs = JSON.parse(made.json).id;
    await people.selectOrganization({ userId: owner, sessionId: signedIn.session.id, organizationId: theirs });
    const invite = { organizationId: ours, email: 'grace@example.org', role: 'editor', actorRole: 'owner' };
    const { token } = JSON.parse((await organizations.createInvitation(invite)).json);
    const joining = { token, name: 'Grace', password: 'a long password of hers', userAgent: 'a test' };
    member = JSON.parse((await organizations.acceptInvitation(joining)).json).user.id;
    for (const organizationId of [ours, theirs]) {
      const of = { organizationId, actorRole: 'owner' };
      await organizations.updateOrganization({ ...of, allowedOrigins: { origins: ['https://shop.example.com'] } });
      await organizations.setProjectMember({ ...of, projectId: newId('project'), userId: owner, role: 'admin' });
      await organizations.createInvitation({ ...of, email: 'lin@example.org', role: 'viewer' });
      await accounts.createServiceAccount({ ...of, name: 'importer', role: 'editor' });
      await keys.createApiKey({ ...of, name: 'CI', scopes: ['assets:read'], test: true, idempotencyKey: 'once' });
    }
  });
  afterAll(async () => {
    await service?.stop();
    await opened?.close();
  });

  it('has a rule for every table, and a policy for every table of organisations', async () => {
    const { rows } = await sql<{ name: string; secured: boolean; named: boolean }>`
      select relname as name, relrowsecurity as secured, exists (
        select from pg_attribute where attrelid = pg_class.oid and attname = 'organization_id') as named
      from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like '%\\_migrations%'`.execute(
      opened.database.kysely,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(RULES.map(([name]) => name).sort());
    const secured = rows.filter((row) => row.secured).map(({ name }) => name);
    expect(secured.sort()).toEqual([...SECURED].sort());
    expect(rows.filter((row) => row.named && !row.secured)).toEqual([]);
  });

  it.each(SECURED)(
    'shows rows of %s to their organisation alone, without any condition in the query',
    async (table) => {
      const of = (id: OrganizationId) => {
        if (table === 'organizations') return `organizations where id = '${id}' or test_of = '${id}'`;
        const within = `(select user_id from memberships where organization_id = '${id}')`;
        return table === 'users' ? `users where id in ${within}` : `${table} where organization_id = '${id}'`;
      };
      const wanted = [await count(of(ours)), await count(of(theirs))];
      expect(Math.min(...wanted.map(Number))).toBeGreaterThan(0);
      const seen = [await asTenant(ours, () => count(table)), await asTenant(theirs, () => count(table))];
      expect(seen).toEqual(wanted);
      expect(await asTenant(newId('organization'), () => count(table))).toBe(0);
    },
  );

  it('keeps what is the server’s own from organisations', async () => {
    for (const [table, rule] of RULES) {
      if (!('system' in rule)) continue;
      await expect(asTenant(ours, () => count(table))).rejects.toThrow(/permission denied/);
    }
  });

  it('lets nobody write into another organisation, nor change people, who may be in several', async () => {
    const plant = () =>
      query(`insert into memberships (organization_id, user_id, role) values ('${ours}', '${owner}', 'owner')`);
    await expect(asTenant(theirs, plant)).rejects.toThrow(/row-level security/);
    const promote = () => query(`update memberships set role = 'owner' where user_id = '${member}'`);
    expect((await asTenant(theirs, promote)).numAffectedRows).toBe(0n);
    const steal = () => query(`update api_keys set organization_id = '${theirs}'`);
    await expect(asTenant(ours, steal)).rejects.toThrow(/row-level security/);
    const takeOver = () => query(`update users set password_hash = 'x' where id = '${owner}'`);
    await expect(asTenant(ours, takeOver)).rejects.toThrow(/permission denied/);
  });

  it('has each method in the scope of the organisation that it names, or says why not', () => {
    const named = SERVICES.flatMap((one) => one.methods).map((method) => {
      const principal = method.input.fields.find(({ name }) => name === 'principal');
      const fields = (principal?.message ?? method.input).fields.map(({ name }) => name);
      return [method.localName, fields.includes('organization_id')] as const;
    });
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
    const unnamed = named.filter(([name, names]) => !names && !Object.hasOwn(IN_SYSTEM_SCOPE, name));
    expect(unnamed).toEqual([]);
    const unknown = Object.keys(IN_SYSTEM_SCOPE).filter((name) => !named.some(([known]) => known === name));
    expect(unknown).toEqual([]);
  });

  it('gives no password reset for who is in another organisation too, which only the system sees', async () => {
    const of = { organizationId: ours, actorRole: 'owner' };
    await expect(people.createPasswordReset({ ...of, userId: owner })).rejects.toMatchObject({ code: 'forbidden' });
    expect(JSON.parse((await people.createPasswordReset({ ...of, userId: member })).json).token).toMatch(/^mqr_/);
  });
});
