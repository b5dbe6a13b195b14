import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent, RecordedEvent, TransientEvent } from '#contracts/events/events.ts';
import { type JobId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import type { OpenedDatabase } from '#test/databases.ts';
import type { Database } from '../../database/database.ts';
import type { Bus, JobOutcome, LeasedJob, NewJob } from '../bus.ts';
import { type BusOptions, createBus } from '../create-bus.ts';
import { BUS_MIGRATIONS } from '../migrations.ts';
import type { BusTables } from '../tables.ts';

export const GEOMETRY: JobKind = 'geometry.process';
export const RENDER: JobKind = 'render.image';
export const FAILURE: ErrorValue = { code: 'sandbox_crashed', message: 'it broke', fault: 'system' };
export const SUCCESS: JobOutcome = { type: 'succeeded', result: { answer: 42 } };
export const RETRYABLE: JobOutcome = { type: 'failed', error: FAILURE, retryable: true };

/** What the parts of the bus contract work with: a bus on an empty database for each test, and short ways to use it. */
export type BusFixture = ReturnType<typeof useBus>;

/** Registers the hooks that open the database, empty it before each test and close what a test opened. */
export function useBus(open: () => Promise<OpenedDatabase>) {
  const fixture = {} as { opened: OpenedDatabase; database: Database<BusTables>; bus: Bus };
  let failed = false;
  const buses = new Set<Bus>();
  const organization = newId('organization');

  beforeAll(async () => {
    fixture.opened = await open();
    fixture.database = fixture.opened.database.as<BusTables>();
    await fixture.database.migrate(BUS_MIGRATIONS);
    await sql`create table effects (name text, event text)`.execute(fixture.database.kysely);
  });
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => {
      failed = true;
    });
    await sql`truncate jobs, outbox, inbox, effects`.execute(fixture.database.kysely);
    fixture.bus = await start();
  });
  afterEach(async () => {
    await Promise.all([...buses].map((one) => one.close()));
    buses.clear();
  });
  afterAll(() => fixture.opened?.close(failed));

  /** A bus as another process has it: only the database is shared. */
  async function start(options: BusOptions = {}, on: Database<BusTables> = fixture.database): Promise<Bus> {
    const one = await createBus(on, { retryFirstMs: 40, retryLongestMs: 100, lostLeases: 0, ...options });
    buses.add(one);
    return one;
  }

  function newJob(options: Partial<NewJob> = {}): NewJob {
    return {
      id: newId('job'),
      kind: RENDER,
      organizationId: organization,
      projectId: null,
      assetId: null,
      // The bus does not look into it.
      payload: { name: 'a\0b — ü' } as unknown as NewJob['payload'],
      ...options,
    };
  }

  async function enqueue(options: Partial<NewJob> = {}): Promise<JobId> {
    const job = newJob(options);
    await fixture.database.transaction((trx) => fixture.bus.enqueue(trx, job));
    return job.id;
  }

  const lease = (capacity = 1, leaseMs = 10_000, kinds: JobKind[] = [RENDER], from: Bus = fixture.bus) =>
    from.lease({ worker: 'tester', kinds, capacity, leaseMs });

  async function leaseOne(leaseMs = 10_000, from: Bus = fixture.bus): Promise<LeasedJob> {
    const [job] = await lease(1, leaseMs, [RENDER], from);
    if (job === undefined) throw new Error('nothing to lease');
    return job;
  }

  const settle = (job: { id: JobId; token: number }, outcome: JobOutcome = SUCCESS) =>
    fixture.database.transaction((trx) => fixture.bus.settle(trx, job.id, job.token, outcome));

  const cancel = (id: JobId) => fixture.database.transaction((trx) => fixture.bus.cancel(trx, id));

  const row = (id: JobId) =>
    fixture.database.kysely.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  function newEvent(organizationId: OrganizationId = organization, assetId = newId('asset')): NewEvent {
    return {
      type: 'asset_deleted',
      organizationId,
      projectId: null,
      subject: { type: 'asset', id: assetId },
      data: { assetId },
    };
  }

  const publish = (event: NewEvent = newEvent()) =>
    fixture.database.transaction((trx) => fixture.bus.publish(trx, event));

  async function publishMany(count: number, organizationId?: OrganizationId): Promise<void> {
    await fixture.database.transaction(async (trx) => {
      for (let index = 0; index < count; index++) await fixture.bus.publish(trx, newEvent(organizationId));
    });
  }

  function progressEvent(stage = 'tracing', organizationId: OrganizationId = organization): TransientEvent {
    const jobId = newId('job');
    return {
      id: null,
      type: 'job_progress',
      time: new Date().toISOString(),
      organizationId,
      projectId: null,
      subject: { type: 'job', id: jobId },
      data: { jobId, assetId: null, kind: RENDER, progress: 0.5, stage },
    };
  }

  /** Collects what a subscription gives. */
  function collect(after: number, organizationId?: OrganizationId, from: Bus = fixture.bus) {
    const controller = new AbortController();
    const got: { position: number; event: RecordedEvent | TransientEvent }[] = [];
    const done = (async () => {
      for await (const one of from.subscribe(after, controller.signal, organizationId)) got.push(one);
    })();
    return {
      got,
      positions: () => got.map(({ position }) => position),
      async stop() {
        controller.abort();
        await done;
      },
    };
  }

  return Object.assign(fixture, {
    start,
    newJob,
    enqueue,
    lease,
    leaseOne,
    settle,
    cancel,
    row,
    newEvent,
    publish,
    publishMany,
    progressEvent,
    collect,
    organization,
  });
}

/** Asks until the answer is there, for `limitMs` at most. */
export async function until<T>(ask: () => Promise<T | undefined | false>, limitMs = 10_000): Promise<T> {
  for (const end = Date.now() + limitMs; ; await sleep(2)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`it did not happen within ${limitMs} ms`);
  }
}
