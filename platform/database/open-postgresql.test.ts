import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, findPostgresql, type TestDatabase } from '#test/postgresql.ts';
import type { Database } from './database.ts';
import { openPostgresql } from './open-postgresql.ts';

const server = await findPostgresql();

describe('openPostgresql', () => {
  it('says where it looked, and not the password, when nobody answers', async () => {
    const opening = openPostgresql({ url: 'postgresql://me:secret@127.0.0.1:1/somewhere', maxConnections: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable', where: '127.0.0.1:1/somewhere' });
    await expect(opening).rejects.not.toThrow(/secret/);
  });

  describe.skipIf(server === null)('on a server', () => {
    let test: TestDatabase;
    let database: Database<unknown>;
    let observer: Database<unknown>;

    beforeAll(async () => {
      test = await createTestDatabase();
      database = await openPostgresql({
        url: test.url,
        maxConnections: 2,
        statementTimeoutMs: 300,
        connectionTimeoutMs: 400,
        applicationName: 'under test',
      });
      observer = await openPostgresql({ url: test.url, maxConnections: 1 });
    });
    afterAll(async () => {
      await Promise.all([database?.close(), observer?.close()]);
      await test?.drop();
    });

    it('ends a statement that takes too long, and works on', async () => {
      await expect(sql`select pg_sleep(5)`.execute(database.kysely)).rejects.toMatchObject({ code: '57014' });
      expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
    });

    it('lets a migration take its time', async () => {
      await database.migrate({
        owner: 'slow',
        migrations: { '001': { up: async (db) => void (await sql`select pg_sleep(0.6)`.execute(db)) } },
      });
      await expect(sql`select pg_sleep(5)`.execute(database.kysely)).rejects.toMatchObject({ code: '57014' });
    });

    it('gives up waiting for a connection when all are taken', async () => {
      const held = [1, 2].map(() => database.transaction(() => sleep(900)));
      await sleep(50);
      await expect(sql`select 1`.execute(database.kysely)).rejects.toMatchObject({ code: 'unavailable' });
      await Promise.all(held);
    });

    it('listens again after its connections were cut, and says that something may be missing', async () => {
      const heard: string[] = [];
      const stop = await database.listen('cut', (payload) => heard.push(payload));
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'under test%'`.execute(observer.kysely);
      for (let waited = 0; heard.length === 0 && waited < 5_000; waited += 10) await sleep(10);
      await sql`select pg_notify('cut', 'again')`.execute(observer.kysely);
      for (let waited = 0; heard.length < 2 && waited < 5_000; waited += 10) await sleep(10);
      expect(heard).toEqual(['', 'again']);
      expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
      await stop();
    });

    it('can be closed twice, and is closed then', async () => {
      const closing = await openPostgresql({ url: test.url, maxConnections: 1 });
      await closing.listen('x', () => {});
      await Promise.all([closing.close(), closing.close()]);
      await expect(sql`select 1`.execute(closing.kysely)).rejects.toThrow();
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from pg_stat_activity where datname = current_database()`.execute(
        observer.kysely,
      );
      expect(rows[0]?.count).toBeLessThanOrEqual(4);
    });
  });
});
