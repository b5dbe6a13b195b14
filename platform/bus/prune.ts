import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Pruned } from './bus.ts';
import type { BusTables } from './tables.ts';

/** Rows deleted by one statement, so that none holds its locks, or PGlite's one connection, for long. */
const BATCH = 5_000;

/** See `Bus.prune`. */
export async function pruneBus(database: Database<BusTables>, olderThan: Date): Promise<Pruned> {
  const jobs = await inBatches(
    database,
    (limit) => sql`
    delete from jobs where id in (
      select id from jobs where finished_at < ${olderThan} and state not in ('queued', 'running') limit ${limit}
    )`,
  );
  // An event goes when every consumer is past it; the newest stays, so that positions are known to go on from there.
  const events = await inBatches(
    database,
    (limit) => sql`
    delete from outbox where id in (
      select id from outbox
      where created_at < ${olderThan}
        and position < (select max(position) from outbox)
        and position <= coalesce((
          select min(reached) from (select max(position) as reached from inbox group by consumer) as consumers
        ), 9223372036854775807)
      limit ${limit}
    )`,
  );
  const inbox = await inBatches(
    database,
    (limit) => sql`
    delete from inbox where (consumer, position) in (
      select consumer, position from inbox as entry
      where handled_at < ${olderThan}
        and position < (select max(position) from inbox where inbox.consumer = entry.consumer)
        and not exists (select from outbox where outbox.position = entry.position)
      limit ${limit}
    )`,
  );
  return { jobs, events, inbox };
}

async function inBatches(
  database: Database<BusTables>,
  statement: (limit: number) => ReturnType<typeof sql>,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { numAffectedRows = 0n } = await statement(BATCH).execute(database.kysely);
    deleted += Number(numAffectedRows);
    if (numAffectedRows < BATCH) return deleted;
  }
}
