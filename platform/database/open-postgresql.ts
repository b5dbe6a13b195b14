import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { Database } from './database.ts';
import { databaseUnreachable } from './errors.ts';
import { NotificationListener } from './notification-listener.ts';
import { createSqlDatabase } from './sql-database.ts';
import { VALUE_TYPES } from './value-types.ts';

/** Options of `openPostgresql`. */
export interface PostgresqlOptions {
  /** `postgresql://user:password@host:port/database` */
  url: string;
  /** Connections of the pool; one more listens for notifications. */
  maxConnections: number;
  /** A statement that runs longer is cancelled; 0 for none. Default 30,000 ms. */
  statementTimeoutMs?: number;
  /** Waiting for a free connection is given up after this. Default 30,000 ms. */
  connectionTimeoutMs?: number;
  /** Name of the connections in `pg_stat_activity`. */
  applicationName?: string;
}

/**
 * The transactions that a query sees: the first that still runs, the first to come, and those that run between them
 * (PostgreSQL, 9.28.8 "Transaction ID and Snapshot Information Functions"). Each one that wrote something changes it when
 * it ends, whoever made it, in any database of the server.
 */
const GENERATION = { name: 'generation', text: 'select pg_current_snapshot()::text as generation' };

/**
 * Opens the operational database on a PostgreSQL server (15 or later).
 * @throws MaquetteError `unavailable` when the server cannot be reached.
 */
export async function openPostgresql(options: PostgresqlOptions): Promise<Database<unknown>> {
  const { url, maxConnections, statementTimeoutMs = 30_000, connectionTimeoutMs = 30_000 } = options;
  const config: PoolConfig = {
    connectionString: url,
    max: maxConnections,
    types: VALUE_TYPES,
    application_name: options.applicationName ?? 'maquette',
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A transaction whose process hangs must not hold its locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  };
  const pool = new Pool(config);
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', () => {});

  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    await pool.end();
    throw databaseUnreachable(withoutPassword(url), error);
  }
  client.release();

  const listener = new NotificationListener({
    connectionString: url,
    application_name: `${options.applicationName ?? 'maquette'} listener`,
    keepAlive: true,
    connectionTimeoutMillis: connectionTimeoutMs,
  });
  return createSqlDatabase({
    engine: 'postgresql',
    pool,
    maxConnections,
    connectionTimeoutMs,
    listen: (channel, heard) => listener.listen(channel, heard),
    generation: async () => (await pool.query<{ generation: string }>(GENERATION)).rows[0]?.generation ?? '',
    checkpoint: async () => {},
    close: () => listener.close(),
  });
}

/** The server's address for messages. */
function withoutPassword(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + pathname;
  } catch {
    return 'the given address';
  }
}
