import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ownClaim } from '../process/process-claim.ts';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { openPglite } from './open-pglite.ts';
import { maintainPglite } from './pglite-maintenance.ts';

let folder: string;
const children = new Set<ChildProcess>();
const opened = new Set<Database<unknown>>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-pglite-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await Promise.all([...opened].map((database) => database.close()));
  opened.clear();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(directory: string, durable = false): Promise<Database<unknown>> {
  const database = await openPglite({ directory, durable });
  opened.add(database);
  return database;
}

async function close(database: Database<unknown>): Promise<void> {
  opened.delete(database);
  await database.close();
}

/** Starts a writer process; `lines` are what it prints. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'pglite-writer.child.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  async function line(count: number): Promise<string> {
    for (const end = Date.now() + 30_000; lines.length < count; ) {
      if (Date.now() > end) throw new Error(`the process printed ${lines.length} of ${count} lines within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return lines[count - 1] ?? '';
  }
  async function kill(): Promise<void> {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    children.delete(child);
  }
  return { child, lines, line, kill };
}

describe('openPglite', () => {
  it('keeps what it holds over a close', async () => {
    const directory = join(folder, 'kept');
    const first = await open(directory);
    await sql`create table kept as select 'here' as word`.execute(first.kysely);
    await close(first);
    const second = await open(directory);
    expect((await sql`select word from kept`.execute(second.kysely)).rows).toEqual([{ word: 'here' }]);
  });

  it('waits for the disk at each commit, unless told not to', async () => {
    const durable = await open(join(folder, 'durable'), true);
    const settings = sql`select name, setting from pg_settings where name in ('fsync', 'wal_sync_method') order by name`;
    // `fsync` is the one method that reaches the disk through PGlite.
    expect((await settings.execute(durable.kysely)).rows).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'wal_sync_method', setting: 'fsync' },
    ]);
    const throwaway = await open(join(folder, 'throwaway'), false);
    expect((await settings.execute(throwaway.kysely)).rows[0]).toEqual({ name: 'fsync', setting: 'off' });
  });

  it('sends a query beside an open transaction back with an error instead of waiting for ever', async () => {
    const database = await open(join(folder, 'beside'));
    const beside = database.transaction(async () => {
      await sql`select 1`.execute(database.kysely);
    });
    await expect(beside).rejects.toMatchObject({ code: 'internal', remedy: expect.stringContaining('trx') });
    expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
  });

  it('can be closed twice, and is closed then', async () => {
    const database = await open(join(folder, 'closed'));
    await Promise.all([database.close(), database.close()]);
    await expect(sql`select 1`.execute(database.kysely)).rejects.toThrow();
  });

  it('says which directory it cannot open, and lets go of it', async () => {
    const directory = join(folder, 'damaged');
    await close(await open(directory));
    await writeFile(join(directory, 'cluster', 'global', 'pg_control'), 'not a control file');
    const failure = { code: 'storage_failed', where: directory };
    await expect(open(directory)).rejects.toMatchObject(failure);
    await expect(open(directory)).rejects.toMatchObject(failure);
  });

  it('is not misled by a copy of the template that was never finished', async () => {
    const directory = join(folder, 'half');
    await mkdir(join(directory, `cluster.${process.pid}.new`, 'base'), { recursive: true });
    const database = await open(directory);
    expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
  });

  it('vacuums what was written over, because no daemon does', async () => {
    const directory = join(folder, 'vacuumed');
    const database = await open(directory);
    await sql`create table busy as select id, 0 as value from generate_series(1, 500) as id`.execute(database.kysely);
    for (let round = 0; round < 5; round++) await sql`update busy set value = value + 1`.execute(database.kysely);
    // The statements go through the database's own connection.
    const pool = { query: (text: string) => sql.raw(text).execute(database.kysely) } as unknown as Pool;
    await maintainPglite(pool);
    const { rows } = await sql<{ dead: number; vacuums: number }>`
      select n_dead_tup as dead, vacuum_count as vacuums from pg_stat_user_tables where relname = 'busy'`.execute(
      database.kysely,
    );
    expect(rows[0]).toEqual({ dead: 0, vacuums: 1 });
  });
});

describe('the lock on a data directory', () => {
  it('refuses a second opening in the same process', async () => {
    const directory = join(folder, 'twice');
    await open(directory);
    await expect(openPglite({ directory })).rejects.toMatchObject({
      code: 'data_directory_locked',
      message: expect.stringContaining(`process ${process.pid}`),
      where: directory,
    });
  });

  it('refuses another process’s directory, names it, and takes over when it was killed', async () => {
    const directory = join(folder, 'other');
    const holder = start(directory, 'hold');
    expect(await holder.line(1)).toBe('open');
    await expect(openPglite({ directory })).rejects.toMatchObject({
      code: 'data_directory_locked',
      message: expect.stringContaining(`process ${holder.child.pid}`),
    });
    await holder.kill();
    const database = await open(directory);
    expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
    expect(await readdir(join(directory, 'locks'))).toHaveLength(1);
  });

  it('goes to one of several that start together', async () => {
    const directory = join(folder, 'race');
    await close(await open(directory));
    const processes = [1, 2, 3, 4].map(() => start(directory, 'hold'));
    const answers = await Promise.all(processes.map((one) => one.line(1)));
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1);
    const refused = answers.filter((answer) => answer !== 'open').map((answer) => JSON.parse(answer));
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill('data_directory_locked'));
  });

  it('goes to one of many that try at the same moment in one process', async () => {
    const directory = join(folder, 'crowd');
    for (let round = 0; round < 5; round++) {
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(directory)));
      const held = tries.filter((one) => one.status === 'fulfilled');
      expect(held).toHaveLength(1);
      await held[0]?.value.release();
    }
    expect(await readdir(join(directory, 'locks'))).toEqual([]);
  });

  it('does not take a process that has got the dead one’s id for the dead one', async () => {
    const directory = join(folder, 'reused');
    await mkdir(join(directory, 'locks'), { recursive: true });
    const { started, ...own } = await ownClaim();
    // A system that does not tell when a process began cannot tell them apart either.
    if (started === null) return;
    const lock = join(directory, 'locks', 'of-a-dead-process');
    await writeFile(lock, JSON.stringify({ ...own, started: `${started}0` }));
    await (await lockDirectory(directory)).release();
    await writeFile(lock, JSON.stringify({ ...own, started }));
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'data_directory_locked' });
  });

  it('believes another machine’s lock while it is touched', async () => {
    const directory = join(folder, 'foreign');
    await mkdir(join(directory, 'locks'), { recursive: true });
    const lock = join(directory, 'locks', 'of-another-machine');
    const claim = { pid: 1, started: null, host: `not-${hostname()}` };
    await writeFile(lock, JSON.stringify(claim));
    const touching = setInterval(() => void writeFile(lock, JSON.stringify(claim)), 200);
    await expect(lockDirectory(directory)).rejects.toMatchObject({
      code: 'data_directory_locked',
      message: expect.stringContaining(claim.host),
    });
    clearInterval(touching);
  });
});

describe('a process killed while it writes', () => {
  const ROUNDS = 3;

  it(`loses nothing it had acknowledged, in ${ROUNDS} rounds`, async () => {
    const directory = join(folder, 'killed');
    let database = await open(directory, true);
    await sql`create table written (value integer primary key, filler text)`.execute(database.kysely);
    await sql`create table counted (value integer primary key)`.execute(database.kysely);
    await close(database);

    let acknowledged = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const writer = start(directory, 'write', String(acknowledged + 1));
      await writer.line(2);
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 400));
      await writer.kill();
      const last = Number(writer.lines.at(-1));
      expect(last).toBeGreaterThan(acknowledged);

      database = await open(directory, true);
      const { rows } = await sql<{ value: number }>`select value from written order by value`.execute(database.kysely);
      const counted = await sql<{ value: number }>`select value from counted order by value`.execute(database.kysely);
      expect(counted.rows).toEqual(rows);
      // The one that was being acknowledged may be there too.
      expect([last, last + 1]).toContain(rows.length);
      expect(rows.map(({ value }) => value)).toEqual(rows.map((_, index) => index + 1));
      acknowledged = rows.length;
      await close(database);
    }
  }, 180_000);
});
