/**
 * Measures the bus on each engine of the machine: jobs and events a second, and how long a queued job waits for an idle
 * worker. `node bench/bus/bus.ts [seconds]`; the result is kept in `bench/bus/results/bus.json`.
 *
 * PGlite runs as in production, with fsync. PostgreSQL is the one that the tests find (see `test/postgresql.ts`).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewEvent } from '#contracts/events/events.ts';
import { type JobId, newId } from '#contracts/ids/ids.ts';
import type { Bus, NewJob } from '#platform/bus/bus.ts';
import { createBus } from '#platform/bus/create-bus.ts';
import { BUS_MIGRATIONS } from '#platform/bus/migrations.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { openPostgresql } from '#platform/database/open-postgresql.ts';
import { createTestDatabase, findPostgresql } from '#test/postgresql.ts';
import { keepResult, quantile } from '../machine.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const KIND = 'render.image';
const organizationId = newId('organization');

function newJob(): NewJob<typeof KIND> {
  // As large as the payload of a render; the bus does not look into it.
  const payload = { text: 'x'.repeat(400) } as unknown as NewJob<typeof KIND>['payload'];
  return { id: newId('job'), kind: KIND, organizationId, projectId: null, assetId: null, payload };
}

function newEvent(): NewEvent {
  const assetId = newId('asset');
  const subject = { type: 'asset', id: assetId } as const;
  return { type: 'asset_deleted', organizationId, projectId: null, subject, data: { assetId } };
}

/** Repeats some work in `parallel` loops; how often it was done in a second. */
async function rate(parallel: number, work: () => Promise<number>): Promise<number> {
  const begin = performance.now();
  let done = 0;
  const loop = async () => {
    while (performance.now() - begin < SECONDS * 1000) {
      // Not `done += await …`, which adds to the value from before the wait.
      const count = await work();
      done += count;
    }
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  return Math.round((done / (performance.now() - begin)) * 1000);
}

/** Each job is queued, leased and settled in transactions of its own, as the services do it. */
function jobsPerSecond(database: Database<BusTables>, bus: Bus, parallel: number): Promise<number> {
  return rate(parallel, async () => {
    await database.transaction((trx) => bus.enqueue(trx, newJob()));
    const [job] = await bus.lease({ worker: 'bench', kinds: [KIND], capacity: 1, leaseMs: 30_000 });
    if (job === undefined) return 0;
    await database.transaction((trx) => bus.settle(trx, job.id, job.token, { type: 'succeeded', result: {} }));
    return 1;
  });
}

/** From before the transaction that queues a job to its lease by a worker that was waiting. */
async function leaseLatency(database: Database<BusTables>, bus: Bus) {
  const leasedAt = new Map<JobId, number>();
  const stop = new AbortController();
  const worker = (async () => {
    while (!stop.signal.aborted) {
      const jobs = await bus.lease({ worker: 'bench', kinds: [KIND], capacity: 4, leaseMs: 30_000 });
      for (const { id } of jobs) leasedAt.set(id, performance.now());
      if (jobs.length === 0) await bus.waitForWork([KIND], 20_000, stop.signal);
    }
  })();
  const fromStart: number[] = [];
  const fromCommit: number[] = [];
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
    const job = newJob();
    const begin = performance.now();
    await database.transaction((trx) => bus.enqueue(trx, job));
    const committed = performance.now();
    while (!leasedAt.has(job.id)) await sleep(1);
    const leased = leasedAt.get(job.id) ?? 0;
    fromStart.push(leased - begin);
    fromCommit.push(leased - committed);
    await sleep(10);
  }
  stop.abort();
  await worker;
  const summary = (figures: number[]) => ({ p50: tenth(quantile(figures, 0.5)), p95: tenth(quantile(figures, 0.95)) });
  return { rounds: fromStart.length, fromBeginMs: summary(fromStart), fromCommitMs: summary(fromCommit) };
}

/** Events published, and how many of them a subscriber and a consumer got in the same time. */
async function eventsPerSecond(database: Database<BusTables>, bus: Bus, parallel: number) {
  const stop = new AbortController();
  let heard = 0;
  let consumed = 0;
  const listening = (async () => {
    for await (const _ of bus.subscribe(-1, stop.signal)) heard++;
  })();
  await bus.consume(`bench ${parallel}`, async () => void consumed++);
  const before = await bus.newestPosition();
  while (consumed < before) await sleep(20);
  consumed = 0;
  const published = await rate(parallel, async () => {
    await database.transaction((trx) => bus.publish(trx, newEvent()));
    return 1;
  });
  const inTime = { subscriber: heard, consumer: consumed };
  const total = (await bus.newestPosition()) - before;
  const behind = performance.now();
  while (consumed < total || heard < total) await sleep(5);
  const caughtUpMs = Math.round(performance.now() - behind);
  stop.abort();
  await listening;
  return {
    published,
    subscriber: Math.round(inTime.subscriber / SECONDS),
    consumer: Math.round(inTime.consumer / SECONDS),
    caughtUpMs,
  };
}

async function measure(open: () => Promise<Database<unknown>>) {
  const begin = performance.now();
  const database = (await open()).as<BusTables>();
  await database.migrate(BUS_MIGRATIONS);
  const openMs = Math.round(performance.now() - begin);
  const bus = await createBus(database);
  // The first queries of an engine plan and compile.
  for (let round = 0; round < 50; round++) await database.transaction((trx) => bus.enqueue(trx, newJob()));
  while ((await bus.lease({ worker: 'bench', kinds: [KIND], capacity: 10, leaseMs: 300_000 })).length > 0);

  const result = {
    openAndMigrateMs: openMs,
    leaseLatency: await leaseLatency(database, bus),
    jobsPerSecond: {
      'one at a time': await jobsPerSecond(database, bus, 1),
      'eight at once': await jobsPerSecond(database, bus, 8),
    },
    eventsPerSecond: {
      'one publisher': await eventsPerSecond(database, bus, 1),
      'eight publishers': await eventsPerSecond(database, bus, 8),
    },
  };
  await bus.close();
  const closing = performance.now();
  await database.close();
  return { ...result, closeMs: Math.round(performance.now() - closing) };
}

const tenth = (value: number) => Math.round(value * 10) / 10;

// Above the number of cores the machine was busy with something else, and the figures are that much worse.
const loadAverage = Math.round(loadavg()[0] ?? 0);
const engines: Record<string, unknown> = {};
const directory = await mkdtemp(join(tmpdir(), 'maquette-bench-'));
engines.pglite = await measure(() => openPglite({ directory }));
const again = performance.now();
const reopened = await openPglite({ directory });
engines.pgliteReopenMs = Math.round(performance.now() - again);
await reopened.close();
await rm(directory, { recursive: true, force: true });

if ((await findPostgresql()) !== null) {
  const { url, drop } = await createTestDatabase();
  engines.postgresql = await measure(() => openPostgresql({ url, maxConnections: 10 }));
  await drop();
}
await keepResult(join(import.meta.dirname, 'results', 'bus.json'), { seconds: SECONDS, loadAverage, ...engines });
