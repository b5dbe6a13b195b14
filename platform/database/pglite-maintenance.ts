import type { Pool, PoolClient } from 'pg';
import { asSystem, enterScope } from './tenant-scope.ts';

/** A checkpoint is written when this much of the log would have to be replayed after a kill. */
const LOG_BYTES = 4_000_000;

/** Does work on the connection as the server itself, whoever used it last. */
export async function inSystemScope<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await asSystem(() => enterScope(client));
    return await work(client);
  } finally {
    client.release();
  }
}

/**
 * Does what a server's daemons do and PGlite, which has none, does not: vacuums and analyses the tables that autovacuum
 * would choose (its default thresholds), and writes a checkpoint when the log since the last one has grown.
 */
export async function maintainPglite(client: Pick<PoolClient, 'query'>): Promise<void> {
  // The counts are kept in memory until a moment of idleness that an embedded engine does not have.
  await client.query('select pg_stat_force_next_flush()');
  const { rows: tables } = await client.query<{ name: string }>(`
    select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
    where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup`);
  for (const { name } of tables) await client.query(`vacuum (analyze) ${name}`);
  const { rows: log } = await client.query<{ bytes: number }>(`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint as bytes from pg_control_checkpoint()`);
  if ((log[0]?.bytes ?? 0) > LOG_BYTES) await client.query('checkpoint');
}
