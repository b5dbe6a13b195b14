import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, NoResultError, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { Database, MigrationSet, Trx } from './database.ts';
import { databaseFull, migrationFailed, noFreeConnection, queryBesideTransaction } from './errors.ts';
import { enterScope } from './tenant-scope.ts';

/** What differs between the engines. */
export interface Engine {
  engine: 'pglite' | 'postgresql';
  pool: Pool;
  /** Connections that the pool may open. */
  maxConnections: number;
  /** Milliseconds until waiting for a connection is given up. */
  connectionTimeoutMs: number;
  listen: Database<unknown>['listen'];
  generation: Database<unknown>['generation'];
  /** Told of each statement when it has ended, well or not, before whoever made it. */
  ended?: (statement: string) => void;
  checkpoint(): Promise<void>;
  /** Frees what belongs to the engine; the pool has ended by then. */
  close(): Promise<void>;
}

/** Times a transaction is tried in all when it is a deadlock's or serialisation's victim. */
const TRANSACTION_ATTEMPTS = 6;
const RETRYABLE = new Set(['40001', '40P01']);
/**
 * Times it is tried when a row that it had found was gone by the time it was referred to, or has been referred to since:
 * what looks again finds what is so, and says it in its own words.
 */
const OVERTAKEN_ATTEMPTS = 3;
const FOREIGN_KEY_VIOLATION = '23503';
const DISK_FULL = '53100';

/** The call's open transaction, so that a query beside it is an error and not a deadlock. */
const openTransaction = new AsyncLocalStorage<{ open: boolean }>();

/** The `Database` over a pool of either engine. */
export function createSqlDatabase(engine: Engine): Database<unknown> {
  const { pool, maxConnections, connectionTimeoutMs, ended } = engine;
  let closing: Promise<void> | null = null;

  const kysely = new Kysely<unknown>({
    ...(ended && { log: ({ query }) => ended(query.sql) }),
    dialect: new PostgresDialect({
      pool: {
        options: pool.options,
        async connect() {
          if (maxConnections === 1 && openTransaction.getStore()?.open) throw queryBesideTransaction();
          let client: PoolClient;
          try {
            client = await pool.connect();
          } catch (error) {
            if (isPoolTimeout(error)) throw noFreeConnection(connectionTimeoutMs, error);
            throw error;
          }
          try {
            await enterScope(client);
            return client;
          } catch (error) {
            client.release(true);
            throw error;
          }
        },
        end: () => pool.end(),
      },
    }),
  });

  async function transaction<T>(work: (trx: Trx<unknown>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const mark = { open: true };
      try {
        return await kysely
          .transaction()
          .execute((trx) => openTransaction.run(mark, work, trx).finally(() => (mark.open = false)));
      } catch (error) {
        if (error instanceof DatabaseError && error.code === DISK_FULL) throw databaseFull(error);
        if (attempt >= attemptsFor(error)) throw error;
      }
      // Full jitter: two victims of the same deadlock must not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** attempt));
    }
  }

  /** Whether exactly this set has run: one query, where the migrator makes a dozen. */
  async function upToDate(set: MigrationSet): Promise<boolean> {
    const table = `${set.owner}_migrations`;
    const there = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(kysely);
    if (there.rows[0]?.found === null) return false;
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(kysely);
    const names = Object.keys(set.migrations).sort();
    return rows.length === names.length && rows.every(({ name }, index) => name === names[index]);
  }

  async function migrate(set: MigrationSet): Promise<void> {
    if (await upToDate(set)) return;
    await kysely.connection().execute(async (connection) => {
      // A migration, or waiting for another process's, may take longer than any statement of daily work.
      await sql`select set_config('statement_timeout', '0', false)`.execute(connection);
      try {
        const migrator = new Migrator({
          db: connection,
          provider: { getMigrations: async () => set.migrations },
          migrationTableName: `${set.owner}_migrations`,
          migrationLockTableName: `${set.owner}_migrations_lock`,
        });
        const { error, results } = await migrator.migrateToLatest();
        if (error !== undefined) {
          throw migrationFailed(set.owner, results?.find((one) => one.status === 'Error')?.migrationName, error);
        }
      } finally {
        await sql`reset statement_timeout`.execute(connection);
      }
    });
  }

  const database: Database<unknown> = {
    kysely,
    engine: engine.engine,
    transaction,
    migrate,
    listen: engine.listen,
    generation: engine.generation,
    as: <Other>() => database as Database<Other>,
    checkpoint: engine.checkpoint,
    close() {
      closing ??= (async () => {
        // The dialect ends the pool only when a query ran before, and twice is an error.
        if (!pool.ending) await pool.end();
        await engine.close();
      })();
      return closing;
    },
  };
  return database;
}

/** How often in all a transaction that ended with the error is tried. */
function attemptsFor(error: unknown): number {
  if (error instanceof NoResultError) return OVERTAKEN_ATTEMPTS;
  if (!(error instanceof DatabaseError) || error.code === undefined) return 1;
  if (RETRYABLE.has(error.code)) return TRANSACTION_ATTEMPTS;
  return error.code === FOREIGN_KEY_VIOLATION ? OVERTAKEN_ATTEMPTS : 1;
}

function isPoolTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect');
}
