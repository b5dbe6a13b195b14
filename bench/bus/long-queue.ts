/**
 * Measures how long a lease takes behind a long queue, on each engine of the machine: 100,000 jobs of one organisation
 * with one job of another beside them, and jobs of a thousand organisations. `node bench/bus/long-queue.ts`; the result
 * is kept in `bench/bus/results/long-queue.json`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { newId, type OrganizationId } from '#contracts/ids/ids.ts';
import { createBus } from '#platform/bus/create-bus.ts';
import { BUS_MIGRATIONS } from '#platform/bus/migrations.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { openPostgresql } from '#platform/database/open-postgresql.ts';
import { createTestDatabase, findPostgresql } from '#test/postgresql.ts';
import { keepResult, quantile } from '../machine.ts';

const ROUNDS = 100;
const KIND = 'render.image';

async function fill(database: Database<BusTables>, count: number, organization: OrganizationId): Promise<void> {
  await sql`
    insert into jobs (id, kind, organization_id, payload)
    select 'job_' || ${organization} || number, ${KIND}, ${organization}, '{}' from generate_series(1, ${count}) as number`.execute(
    database.kysely,
  );
}

async function leases(database: Database<BusTables>, capacity: number) {
  const bus = await createBus(database);
  const taken: number[] = [];
  const organizations = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const jobs = await bus.lease({ worker: 'bench', kinds: [KIND], capacity, leaseMs: 300_000 });
    taken.push(performance.now() - begin);
    for (const { organizationId } of jobs) organizations.add(organizationId);
  }
  await bus.close();
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return { p50Ms: tenth(quantile(taken, 0.5)), p99Ms: tenth(quantile(taken, 0.99)), organizations: organizations.size };
}

async function measure(database: Database<BusTables>) {
  await database.migrate(BUS_MIGRATIONS);
  const empty = await leases(database, 1);
  await fill(database, 100_000, newId('organization'));
  await sql`analyze jobs`.execute(database.kysely).catch(() => {});
  const behind = await leases(database, 1);
  const other = newId('organization');
  await fill(database, 1, other);
  const bus = await createBus(database);
  const [next] = await bus.lease({ worker: 'bench', kinds: [KIND], capacity: 1, leaseMs: 300_000 });
  await bus.close();
  for (let index = 0; index < 1000; index++) await fill(database, 20, newId('organization'));
  const many = await leases(database, 1);
  return {
    'nothing waits': empty,
    '100,000 of one organisation': behind,
    'the one of another is next': next?.organizationId === other,
    'and 20 each of 1,000 others': many,
    'the same, 32 at once': await leases(database, 32),
  };
}

const result: Record<string, unknown> = { loadAverage: Math.round(loadavg()[0] ?? 0) };
const directory = await mkdtemp(join(tmpdir(), 'maquette-bench-'));
const embedded = await openPglite({ directory });
result.pglite = await measure(embedded.as<BusTables>());
await embedded.close();
await rm(directory, { recursive: true, force: true });
if ((await findPostgresql()) !== null) {
  const { url, drop } = await createTestDatabase();
  const database = await openPostgresql({ url, maxConnections: 10 });
  result.postgresql = await measure(database.as<BusTables>());
  await database.close();
  await drop();
}
await keepResult(join(import.meta.dirname, 'results', 'long-queue.json'), result);
