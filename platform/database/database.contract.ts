import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenedDatabase } from '#test/databases.ts';
import type { Database, MigrationSet } from './database.ts';

interface CounterTables {
  counters: { id: number; value: number };
}

/** What every adapter of the database port does. `open` gives a database of its own, which is empty. */
export function describeDatabaseContract(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(`the database contract on ${name}`, () => {
    let opened: OpenedDatabase;
    let database: Database<CounterTables>;
    let failed = false;

    beforeAll(async () => {
      opened = await open();
      database = opened.database.as<CounterTables>();
      await sql`create table counters (id integer primary key, value integer not null)`.execute(database.kysely);
    });
    beforeEach(async ({ onTestFailed }) => {
      onTestFailed(() => {
        failed = true;
      });
      await sql`truncate counters`.execute(database.kysely);
    });
    afterAll(() => opened?.close(failed));

    async function values(): Promise<number[]> {
      const rows = await database.kysely.selectFrom('counters').select('value').orderBy('id').execute();
      return rows.map(({ value }) => value);
    }

    describe('values', () => {
      it('gives bigint as number, JSON as values, times as dates, bytes as bytes', async () => {
        const when = new Date('2026-03-04T05:06:07.089Z');
        const bytes = Buffer.from([0, 1, 127, 128, 255]);
        const { rows } = await sql`
          select ${2 ** 53 - 1}::bigint as big, ${JSON.stringify({ a: ['\0', 'é', '𝔸'] })}::json as json,
            ${when}::timestamptz as moment, ${bytes}::bytea as bytes, ${['x', 'y']}::text[] as list,
            null::text as nothing, true as truth, 0.1::double precision as fraction`.execute(database.kysely);
        expect(rows).toEqual([
          {
            big: 2 ** 53 - 1,
            json: { a: ['\0', 'é', '𝔸'] },
            moment: when,
            bytes,
            list: ['x', 'y'],
            nothing: null,
            truth: true,
            fraction: 0.1,
          },
        ]);
      });

      it('refuses a bigint that a number cannot hold, and works on', async () => {
        await expect(sql`select 9007199254740993::bigint`.execute(database.kysely)).rejects.toThrow(/9007199254740993/);
        expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
      });

      it('carries megabytes both ways', async () => {
        const text = 'äb'.repeat(1_500_000);
        const { rows } = await sql<{ text: string }>`select ${text}::text || '!' as text`.execute(database.kysely);
        expect(rows[0]?.text.length).toBe(text.length + 1);
        expect(rows[0]?.text.endsWith('b!')).toBe(true);
      });

      it('keeps the answers of many queries at once apart', async () => {
        const answers = await Promise.all(
          Array.from({ length: 200 }, async (_, index) => {
            const { rows } = await sql<{ index: number }>`select ${index}::int as index`.execute(database.kysely);
            return rows[0]?.index;
          }),
        );
        expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => index));
      });
    });

    describe('errors', () => {
      it.each([
        ['a syntax error', sql`selekt 1`, '42601'],
        ['a bad parameter', sql`select ${'x'}::int`, '22P02'],
        ['a failing expression', sql`select 1 / ${0}::int`, '22012'],
        ['a missing table', sql`select * from nowhere`, '42P01'],
      ])('%s says its SQLSTATE, and the next query works', async (_, statement, code) => {
        await expect(statement.execute(database.kysely)).rejects.toMatchObject({ code });
        expect((await sql`select 2 as two`.execute(database.kysely)).rows).toEqual([{ two: 2 }]);
      });
    });

    describe('transactions', () => {
      it('keeps everything of one that returns, and gives what it returned', async () => {
        const result = await database.transaction(async (trx) => {
          await trx.insertInto('counters').values({ id: 1, value: 10 }).execute();
          await trx.insertInto('counters').values({ id: 2, value: 20 }).execute();
          return 'done';
        });
        expect(result).toBe('done');
        expect(await values()).toEqual([10, 20]);
      });

      it('keeps nothing of one that throws, and throws the same', async () => {
        const error = new Error('no');
        const failing = database.transaction(async (trx) => {
          await trx.insertInto('counters').values({ id: 1, value: 10 }).execute();
          throw error;
        });
        await expect(failing).rejects.toBe(error);
        expect(await values()).toEqual([]);
      });

      it('says that the disk is full when it is', async () => {
        const full = database.transaction(async (trx) => {
          await sql`do $$ begin raise disk_full; end $$`.execute(trx);
        });
        await expect(full).rejects.toMatchObject({ code: 'storage_failed', remedy: expect.stringContaining('Free') });
      });

      it('keeps nothing of one whose failed statement was caught', async () => {
        const failing = database.transaction(async (trx) => {
          await trx.insertInto('counters').values({ id: 1, value: 10 }).execute();
          await sql`select 1 / 0`.execute(trx).catch(() => {});
        });
        await expect(failing).rejects.toThrow();
        expect(await values()).toEqual([]);
      });

      it('keeps nothing of one that breaks a deferred constraint', async () => {
        await sql`create table parents (id integer primary key)`.execute(database.kysely);
        await sql`
          create table children (parent integer references parents deferrable initially deferred)`.execute(
          database.kysely,
        );
        const orphan = database.transaction(async (trx) => {
          await trx.insertInto('counters').values({ id: 1, value: 10 }).execute();
          await sql`insert into children values (7)`.execute(trx);
        });
        await expect(orphan).rejects.toMatchObject({ code: '23503' });
        expect(await values()).toEqual([]);
      });

      it('loses no update of fifty at once', async () => {
        await database.kysely.insertInto('counters').values({ id: 1, value: 0 }).execute();
        await Promise.all(
          Array.from({ length: 50 }, () =>
            database.transaction(async (trx) => {
              const { value } = await trx
                .selectFrom('counters')
                .select('value')
                .where('id', '=', 1)
                .forUpdate()
                .executeTakeFirstOrThrow();
              await trx
                .updateTable('counters')
                .set({ value: value + 1 })
                .where('id', '=', 1)
                .execute();
            }),
          ),
        );
        expect(await values()).toEqual([50]);
      });

      it.each(['40001', '40P01'])('tries again when it was chosen as a victim (%s)', async (code) => {
        let attempts = 0;
        await database.transaction(async (trx) => {
          attempts++;
          await trx.insertInto('counters').values({ id: attempts, value: attempts }).execute();
          if (attempts < 3) await raise(trx, code);
        });
        expect(attempts).toBe(3);
        expect(await values()).toEqual([3]);
      });

      it('gives up in the end, with the database’s own error', async () => {
        let attempts = 0;
        const failing = database.transaction(async (trx) => {
          attempts++;
          await raise(trx, '40001');
        });
        await expect(failing).rejects.toMatchObject({ code: '40001' });
        expect(attempts).toBeGreaterThan(2);
        expect(attempts).toBeLessThan(10);
      });

      it('looks again when what it had found was gone before it was referred to or changed', async () => {
        await sql`create table owners (id integer primary key)`.execute(database.kysely);
        await sql`create table things (owner integer not null references owners)`.execute(database.kysely);
        let attempts = 0;
        await database.transaction(async (trx) => {
          attempts++;
          if (attempts === 1) await sql`insert into things values (1)`.execute(trx);
          const missing = trx.updateTable('counters').set({ value: 1 }).where('id', '=', 1).returning('id');
          if (attempts === 2) await missing.executeTakeFirstOrThrow();
        });
        expect(attempts).toBe(3);
        const never = database.transaction((trx) => sql`insert into things values (1)`.execute(trx));
        await expect(never).rejects.toMatchObject({ code: '23503' });
      });

      it('does not try again for any other error', async () => {
        let attempts = 0;
        const failing = database.transaction(async (trx) => {
          attempts++;
          await raise(trx, '23505');
        });
        await expect(failing).rejects.toMatchObject({ code: '23505' });
        expect(attempts).toBe(1);
      });

      it('brings two that lock in opposite order both to their end', async () => {
        await database.kysely
          .insertInto('counters')
          .values([1, 2].map((id) => ({ id, value: 0 })))
          .execute();
        const bump = (order: number[]) =>
          database.transaction(async (trx) => {
            for (const id of order) {
              await trx
                .updateTable('counters')
                .set((row) => ({ value: row('value', '+', 1) }))
                .where('id', '=', id)
                .execute();
              await sleep(20);
            }
          });
        await Promise.all([bump([1, 2]), bump([2, 1])]);
        expect(await values()).toEqual([2, 2]);
      });
    });

    describe('migrations', () => {
      let ran: string[] = [];
      const step = (table: string) => ({
        async up(db: Parameters<MigrationSet['migrations'][string]['up']>[0]) {
          ran.push(table);
          await db.schema.createTable(table).addColumn('id', 'integer').execute();
        },
      });
      beforeEach(() => {
        ran = [];
      });

      it('runs each once and in the order of their names, owner by owner', async () => {
        await database.migrate({ owner: 'first', migrations: { '002': step('first_b'), '001': step('first_a') } });
        await database.migrate({ owner: 'second', migrations: { '001': step('second_a') } });
        await database.migrate({
          owner: 'first',
          migrations: { '001': step('first_a'), '002': step('first_b'), '003': step('first_c') },
        });
        expect(ran).toEqual(['first_a', 'first_b', 'second_a', 'first_c']);
      });

      it('runs each once when several start together', async () => {
        const others = await Promise.all([1, 2, 3].map(() => opened.openAnother?.() ?? opened.database));
        const set = { owner: 'together', migrations: { '001': step('together_a'), '002': step('together_b') } };
        await Promise.all([database, ...others].map((one) => one.migrate(set)));
        expect(ran).toEqual(['together_a', 'together_b']);
      });

      it('leaves nothing of a set that fails, says which one it was, and can be repaired', async () => {
        const broken = { up: async (db: Parameters<typeof raise>[0]) => raise(db, '22012') };
        const set = { owner: 'broken', migrations: { '001_good': step('broken_a'), '002_bad': broken } };
        await expect(database.migrate(set)).rejects.toMatchObject({
          code: 'storage_failed',
          message: expect.stringContaining('002_bad'),
        });
        await database.migrate({
          owner: 'broken',
          migrations: { '001_good': step('broken_a'), '002_bad': step('broken_b') },
        });
        expect(ran).toEqual(['broken_a', 'broken_a', 'broken_b']);
      });

      it('refuses a database that a newer version has migrated', async () => {
        await database.migrate({ owner: 'newer', migrations: { '001': step('newer_a'), '002': step('newer_b') } });
        const older = database.migrate({ owner: 'newer', migrations: { '001': step('newer_a') } });
        await expect(older).rejects.toMatchObject({
          code: 'storage_failed',
          message: expect.stringContaining('newer'),
        });
      });
    });

    describe('notifications', () => {
      const notify = (channel: string, payload: string, db: Parameters<typeof raise>[0] = database.kysely) =>
        sql`select pg_notify(${channel}, ${payload})`.execute(db);

      it('reach every listener of the channel and no other, in order', async () => {
        const heard: string[] = [];
        const stops = await Promise.all([
          database.listen('one', (payload) => heard.push(`a:${payload}`)),
          database.listen('one', (payload) => heard.push(`b:${payload}`)),
          database.listen('Other "channel"', (payload) => heard.push(`c:${payload}`)),
        ]);
        await notify('one', 'x');
        await notify('one', 'y');
        await notify('Other "channel"', 'z');
        await until(() => heard.length >= 5);
        expect(heard.filter((entry) => entry.startsWith('a'))).toEqual(['a:x', 'a:y']);
        expect(heard.filter((entry) => entry.startsWith('b'))).toEqual(['b:x', 'b:y']);
        expect(heard.filter((entry) => entry.startsWith('c'))).toEqual(['c:z']);
        await Promise.all(stops.map((stop) => stop()));
      });

      it('come with the commit, and never after a rollback', async () => {
        const heard: string[] = [];
        const stop = await database.listen('late', (payload) => heard.push(payload));
        await database.transaction(async (trx) => {
          await notify('late', 'committed', trx);
          await sleep(30);
          expect(heard).toEqual([]);
        });
        await until(() => heard.length > 0);
        const rolledBack = database.transaction(async (trx) => {
          await notify('late', 'rolled back', trx);
          throw new Error('no');
        });
        await expect(rolledBack).rejects.toThrow('no');
        await notify('late', 'after');
        await until(() => heard.length > 1);
        expect(heard).toEqual(['committed', 'after']);
        await stop();
      });

      it('end with the listener that stops; the other one goes on', async () => {
        const heard: string[] = [];
        const stopFirst = await database.listen('ending', (payload) => heard.push(`first:${payload}`));
        const stopSecond = await database.listen('ending', (payload) => heard.push(`second:${payload}`));
        await stopFirst();
        await notify('ending', 'x');
        await until(() => heard.length > 0);
        await stopSecond();
        await notify('ending', 'y');
        await sleep(30);
        expect(heard).toEqual(['second:x']);
      });
    });

    describe('the generation', () => {
      const insert = (id: number) => database.kysely.insertInto('counters').values({ id, value: id }).execute();

      it('stays while nothing but reads happens, and is another after each change', async () => {
        const seen = new Set<string>();
        for (const change of [
          () => insert(1),
          () => database.kysely.updateTable('counters').set({ value: 2 }).execute(),
          () => sql`with gone as (delete from counters returning id) select id from gone`.execute(database.kysely),
          () => database.transaction((trx) => trx.insertInto('counters').values({ id: 3, value: 3 }).execute()),
        ]) {
          const before = await database.generation();
          await values();
          expect(await database.generation()).toBe(before);
          await change();
          seen.add(before);
          expect(seen).not.toContain(await database.generation());
        }
      });

      // With one connection nobody can ask in between.
      it.skipIf(name.endsWith('one connection'))(
        'is not that of after a change before its transaction ends',
        async () => {
          let inside = '';
          await database.transaction(async (trx) => {
            await trx.insertInto('counters').values({ id: 1, value: 1 }).execute();
            // Others would read nothing of it and keep what they read under this name.
            inside = await database.generation();
          });
          expect(await database.generation()).not.toBe(inside);
        },
      );
    });

    it('shows the same tables through another view', async () => {
      const other = database.as<{ counters: { id: number } }>();
      await other.transaction((trx) => sql`insert into counters values (5, 50)`.execute(trx));
      expect(await values()).toEqual([50]);
    });

    it('writes a checkpoint', async () => {
      await expect(database.checkpoint()).resolves.toBeUndefined();
    });
  });
}

/** Has the database itself raise an error. */
async function raise(db: Database<unknown>['kysely'] | Database<CounterTables>['kysely'], code: string): Promise<void> {
  await sql.raw(`do $$ begin raise exception 'raised by the test' using errcode = '${code}'; end $$`).execute(db);
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition(); await sleep(2)) {
    if (Date.now() > end) throw new Error('it did not happen within 5 s');
  }
}
