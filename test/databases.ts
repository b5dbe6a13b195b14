import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { openPostgresql } from '#platform/database/open-postgresql.ts';
import { migratedTemplate } from './migrated-template.ts';
import { createTestDatabase, findPostgresql } from './postgresql.ts';

/** An empty database of one test file. */
export interface OpenedDatabase {
  database: Database<unknown>;
  /** Another process's view of the same database; not where only one process can have it. */
  openAnother?(): Promise<Database<unknown>>;
  /** Closes it and removes what it left, unless that is to be looked at (`keep`). */
  close(keep?: boolean): Promise<void>;
}

/** An engine that a suite runs on. */
export interface TestEngine {
  name: string;
  open(): Promise<OpenedDatabase>;
  /** The same with the migrations of all services, where that is faster than to run them. */
  openMigrated(): Promise<OpenedDatabase>;
}

const PGLITE: TestEngine = {
  name: 'PGlite',
  open: () => openEmbedded({}),
  openMigrated: async () => openEmbedded({ templateDirectory: await migratedTemplate() }),
};

async function openEmbedded(from: { templateDirectory?: string }): Promise<OpenedDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'maquette-database-'));
  const database = await openPglite({ directory, durable: false, ...from });
  return {
    database,
    async close(keep = false) {
      await database.close();
      if (keep) console.warn(`The database of the failed test is kept: ${directory}`);
      else await rm(directory, { recursive: true, force: true });
    },
  };
}

function postgresql(name: string, maxConnections: number): TestEngine {
  const open = () => openServer(maxConnections);
  return { name, open, openMigrated: open };
}

async function openServer(maxConnections: number): Promise<OpenedDatabase> {
  const { url, drop } = await createTestDatabase();
  const opened: Database<unknown>[] = [];
  const openAnother = async () => {
    const database = await openPostgresql({ url, maxConnections });
    opened.push(database);
    return database;
  };
  return {
    database: await openAnother(),
    openAnother,
    async close(keep = false) {
      await Promise.all(opened.map((database) => database.close()));
      if (keep) console.warn(`The database of the failed test is kept: ${url}`);
      else await drop();
    },
  };
}

/**
 * The engines of this machine: PGlite always; PostgreSQL, with several connections and with only one, where there is
 * one. When there is none the console says so.
 *
 * @param options.oneConnection whether PostgreSQL with one connection is among them (default true). PGlite has one
 * connection too, so it is for suites about what waits for what.
 */
export async function testEngines(options: { oneConnection?: boolean } = {}): Promise<TestEngine[]> {
  const { oneConnection = true } = options;
  if ((await findPostgresql()) === null) return [PGLITE];
  const engines = [PGLITE, postgresql('PostgreSQL', 10)];
  return oneConnection ? [...engines, postgresql('PostgreSQL with one connection', 1)] : engines;
}
