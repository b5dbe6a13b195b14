import { sql } from 'kysely';
import type { AuthReader } from '../tables.ts';

/** What a gateway has let in of one client and kind of request. */
export interface Counted {
  bucket: string;
  /** Of the bucket's refilling, that it has used up. */
  milliseconds: number;
}

/**
 * Adds what a gateway has let in to what all have: for each bucket the moment at which it will be full again is put off
 * (the generic cell rate algorithm, as in the gateway itself), by the one clock of the database.
 *
 * @param counted each bucket once
 * @returns milliseconds until each bucket is full again, in the same order
 */
export async function countRequests(db: AuthReader, counted: readonly Counted[]): Promise<number[]> {
  if (counted.length === 0) return [];
  const buckets = counted.map(({ bucket }) => bucket);
  const milliseconds = counted.map((one) => one.milliseconds);
  // Of two gateways that count the same buckets none waits for the other in a circle: all take them in one order.
  const { rows } = await sql<{ bucket: string; until_full: number }>`
    insert into rate_counts as counts (bucket, full_at)
    select bucket, ${NOW} + milliseconds
    from unnest(${buckets}::text[], ${milliseconds}::float8[]) as counted (bucket, milliseconds)
    order by bucket
    on conflict (bucket) do update set full_at = greatest(counts.full_at, ${NOW}) + excluded.full_at - ${NOW}
    returning bucket, full_at - ${NOW} as until_full`.execute(db);
  const found = new Map(rows.map((row) => [row.bucket, row.until_full]));
  return buckets.map((bucket) => found.get(bucket) ?? 0);
}

/** Deletes buckets that are full: a new one is, too. */
export async function pruneRateCounts(db: AuthReader): Promise<void> {
  await sql`delete from rate_counts where full_at < ${NOW}`.execute(db);
}

/** Milliseconds since 1970, the same all through a statement. */
const NOW = sql.raw('(extract(epoch from statement_timestamp()) * 1000)::float8');
