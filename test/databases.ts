import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/open-pglite.ts';

/** An empty database of one test file. */
export interface OpenedDatabase {
  database: Database<unknown>;
  /** Closes it and removes what it left. */
  close(): Promise<void>;
}

/** An engine that a suite runs on. */
export interface TestEngine {
  name: string;
  open(): Promise<OpenedDatabase>;
}

const PGLITE: TestEngine = {
  name: 'PGlite',
  async open() {
    const directory = await mkdtemp(join(tmpdir(), 'maquette-database-'));
    const database = await openPglite({ directory, durable: false });
    return {
      database,
      async close() {
        await database.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
};

/** The engines of this machine: PGlite always. */
export async function testEngines(): Promise<TestEngine[]> {
  return [PGLITE];
}
