/**
 * A process for `bus-processes.test.ts`: leases jobs from the bus on the PostgreSQL of its argument, works a moment at
 * each, and records the effect in the transaction that settles the lease. Runs until it is killed.
 */
import { sql } from 'kysely';
import { openPostgresql } from '../database/open-postgresql.ts';
import { createBus } from './create-bus.ts';
import type { BusTables } from './tables.ts';

const database = (await openPostgresql({ url: process.argv[2] ?? '', maxConnections: 2 })).as<BusTables>();
const bus = await createBus(database);
const worker = String(process.pid);
// Ends when the parent goes away, too.
process.stdin.resume().on('end', () => process.exit());
process.stdout.write('ready\n');

for (;;) {
  const jobs = await bus.lease({ worker, kinds: ['render.image'], capacity: 2, leaseMs: 700 });
  if (jobs.length === 0) {
    await bus.waitForWork(['render.image'], 2_000);
    continue;
  }
  for (const { id, token } of jobs) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
    await database
      .transaction(async (trx) => {
        await sql`insert into effects values (${id}, ${worker})`.execute(trx);
        await bus.settle(trx, id, token, { type: 'succeeded', result: {} });
      })
      // A lost lease: somebody else has done it or does it now.
      .catch((error: { code?: string }) => {
        if (error.code !== 'lease_lost') throw error;
      });
  }
}
