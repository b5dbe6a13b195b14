import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { type OpenedDatabase, testEngines } from '#test/databases.ts';
import { runInContext } from '../telemetry/context.ts';
import { createIdempotencyTable, forgetKeys, type OnceRequest, once } from './once.ts';
import { SEALED } from './sealed-answers.ts';

const TABLE = 'test_idempotency_keys';

describe.each(await testEngines())('idempotency keys on $name', (engine) => {
  let opened: OpenedDatabase;
  beforeAll(async () => {
    opened = await engine.open();
    await createIdempotencyTable(opened.database.kysely, TABLE);
    await sql`create table effects (id serial primary key, what text not null)`.execute(opened.database.kysely);
  });
  afterAll(() => opened?.close());

  const organizationId = newId('organization');
  const request = (key: string | undefined, more: Partial<OnceRequest> = {}): OnceRequest => ({
    organizationId,
    key,
    operation: 'createThing',
    content: { name: 'a', size: 1 },
    ...more,
  });
  const act = (asked: OnceRequest, what = 'done') =>
    once(opened.database, TABLE, asked).transaction(async (trx) => {
      const { rows } = await sql<{ id: number }>`insert into effects (what) values (${what}) returning id`.execute(trx);
      return { id: rows[0]?.id, what };
    });
  const effects = async (what: string) =>
    (await sql`select 1 from effects where what = ${what}`.execute(opened.database.kysely)).rows.length;

  it('let a repeated request have its effect once, and answer it alike', async () => {
    const first = await act(request('repeat'), 'repeat');
    // The same contents in another order are the same request.
    const again = await act(request('repeat', { content: { size: 1, name: 'a' } }), 'repeat');
    expect(again).toEqual(first);
    expect(await effects('repeat')).toBe(1);
    expect(await act(request('other'), 'repeat')).not.toEqual(first);
    await act(request(undefined), 'repeat');
    await act(request(undefined), 'repeat');
    expect(await effects('repeat')).toBe(4);
  });

  it('let eight requests at the same moment have one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(request('crowd'), 'crowd')));
    expect(await effects('crowd')).toBe(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });

  it('refuse another request, and belong to one organisation', async () => {
    await act(request('taken'), 'taken');
    const conflict = { code: 'idempotency_key_conflict', fault: 'input' };
    await expect(act(request('taken', { content: { name: 'b', size: 1 } }))).rejects.toMatchObject(conflict);
    await expect(act(request('taken', { operation: 'deleteThing' }))).rejects.toMatchObject(conflict);
    await act(request('taken', { organizationId: newId('organization') }), 'taken');
    expect(await effects('taken')).toBe(2);
  });

  it('stay free after a failure, and after work that did nothing', async () => {
    const failing = once(opened.database, TABLE, request('failed')).transaction(async (trx) => {
      await sql`insert into effects (what) values ('failed')`.execute(trx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const nothing = await once(opened.database, TABLE, request('failed')).transaction(async () => undefined);
    expect(nothing).toBeUndefined();
    await act(request('failed'), 'failed');
    expect(await effects('failed')).toBe(1);
  });

  it('count for a day', async () => {
    const first = await act(request('old'), 'old');
    const age = (hours: number) =>
      sql`update ${sql.table(TABLE)} set created_at = now() - make_interval(hours => ${hours})`.execute(
        opened.database.kysely,
      );
    await age(23);
    await forgetKeys(opened.database.kysely, TABLE);
    expect(await act(request('old'), 'old')).toEqual(first);
    await age(25);
    // Not deleted yet, and not minded any more.
    const anew = await act(request('old', { content: 'something else' }), 'old');
    expect(anew).not.toEqual(first);
    expect(await act(request('old', { content: 'something else' }), 'old')).toEqual(anew);
    await age(25);
    await forgetKeys(opened.database.kysely, TABLE);
    const { rows } = await sql`select 1 from ${sql.table(TABLE)}`.execute(opened.database.kysely);
    expect(rows).toEqual([]);
  });

  it('tell a secret again to none but who was told it first', async () => {
    const as = (id: string) => {
      const caller = { kind: 'user', id, credentialId: null, organizationId, role: 'admin', address: null } as const;
      return runInContext({ requestId: 'a test', traceParent: undefined, caller }, () =>
        once(opened.database, TABLE, request('shared-key'), SEALED).transaction(async () => ({ at: Math.random() })),
      );
    };
    const first = await as('usr_one');
    expect(await as('usr_one')).toEqual(first);
    await expect(as('usr_other')).rejects.toMatchObject({ code: 'idempotency_key_conflict' });
  });

  it('keep answers with secrets so that the database alone does not tell them', async () => {
    const secret = 'mq_live_0123456789abcdefghijklmnop';
    const ask = (key: string) =>
      once(opened.database, TABLE, request(key), SEALED).transaction(async () => ({ secret, at: Math.random() }));
    const first = await ask('sealed-key-1');
    expect(await ask('sealed-key-1')).toEqual(first);
    const { rows } = await sql`select * from ${sql.table(TABLE)}`.execute(opened.database.kysely);
    const stored = JSON.stringify(rows);
    expect(rows.length).toBeGreaterThan(0);
    for (const hidden of [secret, Buffer.from(secret).toString('base64').slice(0, 30), 'sealed-key-1']) {
      expect(stored).not.toContain(hidden);
    }
    await sql`update ${sql.table(TABLE)} set answer = 'AAAA' || substr(answer, 5)`.execute(opened.database.kysely);
    await expect(ask('sealed-key-1')).rejects.toMatchObject({ code: 'internal' });
  });
});
