import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent, RecordedEvent, TransientEvent } from '#contracts/events/events.ts';
import { type JobId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import type { OpenedDatabase } from '#test/databases.ts';
import type { Database } from '../database/database.ts';
import type { Bus, JobOutcome, LeasedJob, NewJob } from './bus.ts';
import { type BusOptions, createBus } from './create-bus.ts';
import { BUS_MIGRATIONS } from './migrations.ts';
import type { BusTables } from './tables.ts';

const GEOMETRY: JobKind = 'geometry.process';
const RENDER: JobKind = 'render.image';
const FAILURE: ErrorValue = { code: 'sandbox_crashed', message: 'it broke', fault: 'system' };
const SUCCESS: JobOutcome = { type: 'succeeded', result: { answer: 42 } };
const RETRYABLE: JobOutcome = { type: 'failed', error: FAILURE, retryable: true };

/** What the bus does on every engine. `open` gives a database of its own, which is empty. */
export function describeBusContract(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(`the bus contract on ${name}`, () => {
    let opened: OpenedDatabase;
    let database: Database<BusTables>;
    let bus: Bus;
    let failed = false;
    const buses = new Set<Bus>();
    const organization = newId('organization');

    beforeAll(async () => {
      opened = await open();
      database = opened.database.as<BusTables>();
      await database.migrate(BUS_MIGRATIONS);
      await sql`create table effects (name text, event text)`.execute(database.kysely);
    });
    beforeEach(async ({ onTestFailed }) => {
      onTestFailed(() => {
        failed = true;
      });
      await sql`truncate jobs, outbox, inbox, effects`.execute(database.kysely);
      bus = await start();
    });
    afterEach(async () => {
      await Promise.all([...buses].map((one) => one.close()));
      buses.clear();
    });
    afterAll(() => opened?.close(failed));

    /** A bus as another process has it: only the database is shared. */
    async function start(options: BusOptions = {}, on: Database<BusTables> = database): Promise<Bus> {
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
      await database.transaction((trx) => bus.enqueue(trx, job));
      return job.id;
    }

    const lease = (capacity = 1, leaseMs = 10_000, kinds: JobKind[] = [RENDER], from: Bus = bus) =>
      from.lease({ worker: 'tester', kinds, capacity, leaseMs });

    async function leaseOne(leaseMs = 10_000, from: Bus = bus): Promise<LeasedJob> {
      const [job] = await lease(1, leaseMs, [RENDER], from);
      if (job === undefined) throw new Error('nothing to lease');
      return job;
    }

    const settle = (job: { id: JobId; token: number }, outcome: JobOutcome = SUCCESS) =>
      database.transaction((trx) => bus.settle(trx, job.id, job.token, outcome));

    const cancel = (id: JobId) => database.transaction((trx) => bus.cancel(trx, id));

    const row = (id: JobId) =>
      database.kysely.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

    function newEvent(organizationId: OrganizationId = organization, assetId = newId('asset')): NewEvent {
      return {
        type: 'asset_deleted',
        organizationId,
        projectId: null,
        subject: { type: 'asset', id: assetId },
        data: { assetId },
      };
    }

    const publish = (event: NewEvent = newEvent()) => database.transaction((trx) => bus.publish(trx, event));

    async function publishMany(count: number, organizationId?: OrganizationId): Promise<void> {
      await database.transaction(async (trx) => {
        for (let index = 0; index < count; index++) await bus.publish(trx, newEvent(organizationId));
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
    function collect(after: number, organizationId?: OrganizationId, from: Bus = bus) {
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

    describe('jobs', () => {
      it('are leased as they were queued', async () => {
        const id = await enqueue({ maxAttempts: 5, traceParent: '00-1-2-01' });
        expect(await lease()).toEqual([
          {
            id,
            kind: RENDER,
            organizationId: organization,
            payload: { name: 'a\0b — ü' },
            token: 1,
            attempt: 1,
            maxAttempts: 5,
            traceParent: '00-1-2-01',
          },
        ]);
        expect(await row(id)).toMatchObject({ state: 'running', lease_owner: 'tester', progress: 0 });
        expect(await lease()).toEqual([]);
      });

      it('are not there when the transaction that queued them was rolled back', async () => {
        const rolledBack = database.transaction(async (trx) => {
          await bus.enqueue(trx, newJob());
          throw new Error('no');
        });
        await expect(rolledBack).rejects.toThrow('no');
        expect(await lease()).toEqual([]);
      });

      it('come by priority, then by age, and only of the kinds asked for', async () => {
        const usual = await enqueue();
        const urgent = await enqueue({ priority: 5 });
        const later = await enqueue({ priority: -1 });
        const usualToo = await enqueue();
        const other = await enqueue({ kind: GEOMETRY, priority: 9 });
        expect((await lease(3)).map(({ id }) => id)).toEqual([urgent, usual, usualToo]);
        expect((await lease(3, 1_000, [GEOMETRY, RENDER])).map(({ id }) => id)).toEqual([other, later]);
        expect(await lease(3, 1_000, [GEOMETRY, RENDER])).toEqual([]);
        expect(await lease(0)).toEqual([]);
        expect(await lease(1, 1_000, [])).toEqual([]);
      });

      it('go to one worker each when many lease at once', async () => {
        const ids = new Set<JobId>();
        await database.transaction(async (trx) => {
          for (let index = 0; index < 60; index++) {
            const job = newJob({ kind: index % 2 === 0 ? RENDER : GEOMETRY });
            ids.add(job.id);
            await bus.enqueue(trx, job);
          }
        });
        const others = await Promise.all(
          [1, 2, 3].map(async () => start({}, (await opened.openAnother?.())?.as() ?? database)),
        );
        const leased: JobId[] = [];
        await Promise.all(
          [bus, ...others].map(async (one) => {
            for (;;) {
              const jobs = await lease(3, 10_000, [RENDER, GEOMETRY], one);
              if (jobs.length === 0) return;
              leased.push(...jobs.map(({ id }) => id));
            }
          }),
        );
        expect(leased).toHaveLength(60);
        expect(new Set(leased)).toEqual(ids);
      });
    });

    describe('leases', () => {
      it('that run out go to another worker, with a higher token', async () => {
        const id = await enqueue();
        const first = await leaseOne(500);
        expect(await lease()).toEqual([]);
        await sleep(520);
        const second = await leaseOne();
        expect(second).toMatchObject({ id, attempt: 2 });
        expect(second.token).toBeGreaterThan(first.token);
      });

      it('that were lost are refused whatever they say, and the new holder is not disturbed', async () => {
        const id = await enqueue();
        const first = await leaseOne(1);
        await sleep(20);
        const second = await leaseOne();
        expect(await bus.heartbeat(id, first.token, 1_000, 0.9, 'late')).toBe('lost');
        for (const outcome of [SUCCESS, RETRYABLE, { type: 'released' } as const]) {
          await expect(settle(first, outcome)).rejects.toMatchObject({ code: 'lease_lost' });
        }
        expect(await row(id)).toMatchObject({ state: 'running', progress: 0, result: null });
        expect(await settle(second)).toBe('succeeded');
      });

      it('that ran out, but went to nobody yet, still count', async () => {
        const id = await enqueue();
        const job = await leaseOne(1);
        await sleep(20);
        expect(await bus.heartbeat(id, job.token, 5_000, 0.1, 'slow')).toBe('running');
        expect(await lease()).toEqual([]);
        expect(await settle(job)).toBe('succeeded');
      });

      it('are prolonged by heartbeats, whose progress never goes back', async () => {
        const id = await enqueue();
        const job = await leaseOne(500);
        for (const [progress, expected] of [
          [0.3, 0.3],
          [0.2, 0.3],
          [0.7, 0.7],
          [7, 1],
          [Number.NaN, 1],
        ] as const) {
          await sleep(150);
          expect(await bus.heartbeat(id, job.token, 500, progress, `at ${progress}`)).toBe('running');
          expect(await row(id)).toMatchObject({ progress: expected, stage: `at ${progress}` });
        }
        expect(await lease()).toEqual([]);
        expect(await bus.heartbeat(newId('job'), 1, 80, 0, '')).toBe('lost');
      });
    });

    describe('settling', () => {
      it('keeps the result', async () => {
        const id = await enqueue();
        expect(await settle(await leaseOne())).toBe('succeeded');
        const job = await row(id);
        expect(job).toMatchObject({ state: 'succeeded', result: { answer: 42 }, progress: 1, error: null });
        expect(job.finished_at).toBeInstanceOf(Date);
        expect(await lease()).toEqual([]);
      });

      it('happens with the transaction or not at all', async () => {
        const id = await enqueue();
        const job = await leaseOne();
        const rolledBack = database.transaction(async (trx) => {
          await bus.settle(trx, id, job.token, SUCCESS);
          throw new Error('the effect failed');
        });
        await expect(rolledBack).rejects.toThrow('the effect failed');
        expect(await row(id)).toMatchObject({ state: 'running' });
        expect(await settle(job)).toBe('succeeded');
      });

      it('twice does nothing the second time, whatever the first was', async () => {
        for (const outcome of [
          SUCCESS,
          { ...RETRYABLE, retryable: false },
          RETRYABLE,
          { type: 'released' },
        ] as JobOutcome[]) {
          const id = await enqueue({ priority: 1 });
          const job = await leaseOne();
          expect(job.id).toBe(id);
          await settle(job, outcome);
          const before = await row(id);
          expect(await settle(job)).toBe('repeated');
          expect(await row(id)).toEqual(before);
          await cancel(id);
        }
      });

      it('lets one of two at once do it', async () => {
        const id = await enqueue();
        const job = await leaseOne();
        const both = await Promise.all([settle(job), settle(job, RETRYABLE)]);
        expect(both.filter((settled) => settled === 'repeated')).toHaveLength(1);
        expect((await row(id)).state).toBe(both.includes('succeeded') ? 'succeeded' : 'queued');
      });

      it('of a job that does not exist is refused', async () => {
        await expect(settle({ id: newId('job'), token: 1 })).rejects.toMatchObject({ code: 'lease_lost' });
      });

      it('as released puts the job back unharmed', async () => {
        const id = await enqueue({ maxAttempts: 1 });
        expect(await settle(await leaseOne(), { type: 'released' })).toBe('released');
        expect(await row(id)).toMatchObject({ state: 'queued', attempt: 0 });
        expect(await leaseOne()).toMatchObject({ id, attempt: 1, token: 2 });
      });

      it('as failed by the input ends the job at once', async () => {
        const id = await enqueue();
        expect(await settle(await leaseOne(), { type: 'failed', error: FAILURE, retryable: false })).toBe('failed');
        expect(await row(id)).toMatchObject({ state: 'failed', error: FAILURE });
      });

      it('as failed by the system tries again later, as often as allowed', async () => {
        const patient = await start({ retryFirstMs: 600, retryLongestMs: 600, random: () => 0 });
        const id = await enqueue({ maxAttempts: 3 });
        const outcomes: string[] = [];
        for (let attempt = 1; attempt <= 3; attempt++) {
          await bus.waitForWork([RENDER], 2_000);
          const job = await until(async () => (await lease())[0]);
          expect(job.attempt).toBe(attempt);
          outcomes.push(await database.transaction((trx) => patient.settle(trx, id, job.token, RETRYABLE)));
          expect(await lease()).toEqual([]);
        }
        expect(outcomes).toEqual(['retried', 'retried', 'failed']);
        expect(await row(id)).toMatchObject({ state: 'failed', attempt: 3, error: FAILURE });
      });

      it('waits longer before each retry, by a chance that can be seeded', async () => {
        const patient = await start({ retryFirstMs: 1_000, retryLongestMs: 5_000, random: () => 0.5 });
        const id = await enqueue({ maxAttempts: 9 });
        const pauses: number[] = [];
        for (let attempt = 1; attempt <= 5; attempt++) {
          await sql`update jobs set run_at = clock_timestamp()`.execute(database.kysely);
          const job = await leaseOne();
          await database.transaction((trx) => patient.settle(trx, id, job.token, RETRYABLE));
          const { rows } = await sql<{ pause: number }>`
            select (extract(epoch from run_at - clock_timestamp()) * 1000)::double precision as pause from jobs`.execute(
            database.kysely,
          );
          pauses.push(rows[0]?.pause ?? 0);
        }
        for (const [index, expected] of [750, 1_500, 3_000, 3_750, 3_750].entries()) {
          // The query comes a little after the settlement.
          expect(pauses[index]).toBeGreaterThan(expected - 300);
          expect(pauses[index]).toBeLessThanOrEqual(expected);
        }
      });
    });

    describe('canceling', () => {
      it('takes a waiting job out of the queue', async () => {
        const id = await enqueue();
        expect(await cancel(id)).toBe(true);
        expect(await row(id)).toMatchObject({ state: 'canceled', finished_at: expect.any(Date) });
        expect(await lease()).toEqual([]);
      });

      it('is told to the worker at its next heartbeat, and its result is refused', async () => {
        const id = await enqueue();
        const job = await leaseOne();
        expect(await cancel(id)).toBe(true);
        expect(await bus.heartbeat(id, job.token, 1_000, 0.5, 'on')).toBe('canceled');
        await expect(settle(job)).rejects.toMatchObject({ code: 'lease_lost' });
        expect(await row(id)).toMatchObject({ state: 'canceled', result: null });
      });

      it('comes too late for a job that has ended', async () => {
        const id = await enqueue();
        await settle(await leaseOne());
        expect(await cancel(id)).toBe(false);
        expect(await cancel(newId('job'))).toBe(false);
        expect(await row(id)).toMatchObject({ state: 'succeeded' });
      });
    });

    describe('exhausted jobs', () => {
      it('are those whose last attempt’s lease ran out; the slow worker is refused from then on', async () => {
        const id = await enqueue({ maxAttempts: 2 });
        await leaseOne(1);
        await sleep(20);
        expect(await bus.exhausted(10)).toEqual([]);
        const slow = await leaseOne(500);
        expect(await bus.exhausted(10)).toEqual([]);
        await sleep(520);
        expect(await lease()).toEqual([]);
        const [job, ...rest] = await bus.exhausted(10);
        expect(rest).toEqual([]);
        expect(job).toMatchObject({ id, attempt: 2, maxAttempts: 2 });
        // Nobody else gets it meanwhile.
        expect(await bus.exhausted(10)).toEqual([]);
        await expect(settle(slow)).rejects.toMatchObject({ code: 'lease_lost' });
        if (job !== undefined) expect(await settle(job, RETRYABLE)).toBe('failed');
        expect(await row(id)).toMatchObject({ state: 'failed', error: FAILURE });
        expect(await bus.exhausted(10)).toEqual([]);
      });
    });

    describe('lost leases', () => {
      it('count as attempts only beyond those that the bus permits', async () => {
        const patient = await start({ lostLeases: 2 });
        const id = await enqueue({ maxAttempts: 1 });
        for (let loss = 1; loss <= 3; loss++) {
          expect(await patient.exhausted(10)).toEqual([]);
          expect(await lease(1, 1, [RENDER], patient)).toMatchObject([{ id, attempt: loss }]);
          await sleep(20);
        }
        expect(await lease(1, 1, [RENDER], patient)).toEqual([]);
        expect(await patient.exhausted(10)).toMatchObject([{ id, attempt: 3 }]);
      });

      it('leave a failure its own attempts', async () => {
        const patient = await start({ lostLeases: 2 });
        await enqueue({ maxAttempts: 2 });
        await lease(1, 1, [RENDER], patient);
        await sleep(20);
        const [job] = await lease(1, 10_000, [RENDER], patient);
        expect(job).toMatchObject({ attempt: 2 });
        const settled = await database.transaction((trx) => patient.settle(trx, job!.id, job!.token, RETRYABLE));
        expect(settled).toBe('retried');
      });
    });

    describe('waiting for work', () => {
      /** Leases until nothing is left, so that the bus knows the queue is empty. */
      async function drain(from: Bus = bus): Promise<void> {
        while ((await lease(10, 10_000, [RENDER, GEOMETRY], from)).length > 0);
      }

      it('ends within milliseconds when a job is queued by anyone', async () => {
        const other = await start({}, (await opened.openAnother?.())?.as() ?? database);
        await drain();
        const delays: number[] = [];
        for (let round = 0; round < 10; round++) {
          const woken = bus.waitForWork([GEOMETRY, RENDER], 4_000).then(() => performance.now());
          await sleep(5);
          const job = newJob();
          await database.transaction((trx) => other.enqueue(trx, job));
          // In one process the notification may be faster than the answer to the commit.
          const queued = performance.now();
          delays.push((await woken) - queued);
          await drain();
        }
        // Far below the poll of 5 s; the median, because the machine may be busy.
        expect(delays.sort((a, b) => a - b)[5]).toBeLessThan(500);
      });

      it('does not miss a job that is queued between the lease that found nothing and the wait', async () => {
        await drain();
        await enqueue();
        const since = performance.now();
        await bus.waitForWork([RENDER], 4_000);
        expect(performance.now() - since).toBeLessThan(1_000);
      });

      it('ends at once when a lease was filled to its capacity, because there may be more', async () => {
        await enqueue();
        await enqueue();
        await lease(1);
        const since = performance.now();
        await bus.waitForWork([RENDER], 4_000);
        expect(performance.now() - since).toBeLessThan(1_000);
        expect(await lease(1)).toHaveLength(1);
      });

      it('lasts as long as it may when there is only other work', async () => {
        await drain();
        const since = performance.now();
        const waiting = bus.waitForWork([GEOMETRY], 150);
        await enqueue({ kind: RENDER });
        await waiting;
        expect(performance.now() - since).toBeGreaterThan(140);
      });

      it('ends when the signal aborts, and when the bus closes', async () => {
        await drain();
        const controller = new AbortController();
        const aborted = bus.waitForWork([RENDER], 60_000, controller.signal);
        const closed = bus.waitForWork([RENDER], 60_000);
        controller.abort();
        await aborted;
        await bus.waitForWork([RENDER], 60_000, controller.signal);
        await bus.close();
        await closed;
      });

      it('ends when a retry comes due and when a lease runs out', async () => {
        const patient = await start({ retryFirstMs: 1_000, retryLongestMs: 1_000, random: () => 0 });
        await enqueue();
        const job = await leaseOne();
        await database.transaction((trx) => patient.settle(trx, job.id, job.token, RETRYABLE));
        await drain();
        const since = performance.now();
        await bus.waitForWork([RENDER], 4_000);
        const retried = await until(async () => (await lease(1, 1_000))[0]);
        await drain();
        await bus.waitForWork([RENDER], 4_000);
        expect(await until(async () => (await lease())[0])).toMatchObject({ id: retried.id, attempt: 3 });
        // Without either wake-up it would be four seconds each.
        expect(performance.now() - since).toBeLessThan(3_900);
      });

      it('finds work of which no notification came', async () => {
        const polling = await start({ pollMs: 100 });
        await drain(polling);
        const waiting = polling.waitForWork([RENDER], 4_000);
        await sleep(20);
        const since = performance.now();
        await database.kysely
          .insertInto('jobs')
          .values({
            id: newId('job'),
            kind: RENDER,
            organization_id: organization,
            project_id: null,
            asset_id: null,
            payload: '{}',
            lease_owner: null,
            trace_parent: null,
          })
          .execute();
        await waiting;
        expect(performance.now() - since).toBeLessThan(2_000);
      });
    });

    describe('waiting for a job’s end', () => {
      it('ends with success, failure or cancellation, for everyone who waits', async () => {
        for (const end of [
          (job: LeasedJob) => settle(job),
          (job: LeasedJob) => settle(job, { type: 'failed', error: FAILURE, retryable: false }),
          (job: LeasedJob) => cancel(job.id),
        ]) {
          const id = await enqueue();
          const job = await leaseOne();
          let ended = 0;
          const waiting = [1, 2].map(() => bus.waitForEnd(id, 4_000).then(() => ended++));
          await sleep(30);
          expect(ended).toBe(0);
          const since = performance.now();
          await end(job);
          await Promise.all(waiting);
          expect(performance.now() - since).toBeLessThan(1_000);
        }
      });

      it('ends at once when the job has ended or does not exist', async () => {
        const id = await enqueue();
        await settle(await leaseOne());
        const since = performance.now();
        await bus.waitForEnd(id, 4_000);
        await bus.waitForEnd(newId('job'), 4_000);
        expect(performance.now() - since).toBeLessThan(1_000);
      });

      it('goes on over a retry, and ends after its time or by the signal', async () => {
        const id = await enqueue();
        const since = performance.now();
        const waiting = bus.waitForEnd(id, 200);
        await settle(await leaseOne(), RETRYABLE);
        await waiting;
        expect(performance.now() - since).toBeGreaterThan(180);
        const controller = new AbortController();
        const aborted = bus.waitForEnd(id, 60_000, controller.signal);
        controller.abort();
        await aborted;
      });

      it('notices an end of which no notification came', async () => {
        const polling = await start({ pollMs: 100 });
        const id = await enqueue();
        const waiting = polling.waitForEnd(id, 4_000);
        await sleep(20);
        const since = performance.now();
        await sql`update jobs set state = 'canceled', finished_at = now()`.execute(database.kysely);
        await waiting;
        expect(performance.now() - since).toBeLessThan(2_000);
      });
    });

    describe('events', () => {
      it('are read as they were published, in order, with position and time', async () => {
        const start = await bus.newestPosition();
        const events = [newEvent(), newEvent(), newEvent()];
        await database.transaction(async (trx) => {
          for (const event of events) await bus.publish(trx, event);
        });
        const read = await bus.read(start, 10);
        expect(read.map(({ event }) => event)).toEqual(
          events.map((event, index) => ({ ...event, id: String(read[index]?.position), time: expect.any(String) })),
        );
        expect(await bus.newestPosition()).toBe(read[2]?.position);
        expect((await bus.read(read[0]?.position ?? 0, 1)).map(({ position }) => position)).toEqual([
          read[1]?.position,
        ]);
        expect(await bus.read(read[2]?.position ?? 0, 10)).toEqual([]);
      });

      it('are not there when their transaction was rolled back', async () => {
        const rolledBack = database.transaction(async (trx) => {
          await bus.publish(trx, newEvent());
          throw new Error('no');
        });
        await expect(rolledBack).rejects.toThrow('no');
        expect(await bus.read(0, 10)).toEqual([]);
      });

      it('of one organisation are read apart', async () => {
        const other = newId('organization');
        await publishMany(2);
        await publishMany(3, other);
        expect(await bus.read(0, 10, organization)).toHaveLength(2);
        expect(await bus.read(0, 10, other)).toHaveLength(3);
        expect(await bus.read(0, 10)).toHaveLength(5);
      });

      it('get positions in the order of commits, though their transactions overlap', async () => {
        const on = (await opened.openAnother?.())?.as<BusTables>();
        // One connection cannot hold two transactions open.
        if (on === undefined) return;
        const begun = Promise.withResolvers<void>();
        const go = Promise.withResolvers<void>();
        const slow = newEvent();
        const first = on.transaction(async (trx) => {
          await bus.publish(trx, slow);
          begun.resolve();
          await go.promise;
        });
        await begun.promise;
        const fast = newEvent();
        await publish(fast);
        expect((await bus.read(0, 10)).map(({ event }) => event.subject.id)).toEqual([fast.subject.id]);
        go.resolve();
        await first;
        expect((await bus.read(0, 10)).map(({ event }) => event.subject.id)).toEqual([
          fast.subject.id,
          slow.subject.id,
        ]);
      });

      it('of eight publishers at once reach a reader who goes by position, all of them and in order', async () => {
        const publishers = 8;
        const each = 15;
        // Between getting its position and its commit an event waits, so that an overtaking would be seen.
        await sql`
          create or replace function dawdle() returns trigger language plpgsql as $$
          begin perform pg_sleep(random() * 0.004); return null; end $$`.execute(database.kysely);
        await sql`
          create constraint trigger zz_dawdle after insert on outbox deferrable initially deferred
          for each row execute function dawdle()`.execute(database.kysely);
        const seen: number[] = [];
        let publishing = true;
        const reading = (async () => {
          for (let last = 0; ; ) {
            const ended = !publishing;
            const page = await bus.read(last, 7);
            seen.push(...page.map(({ position }) => position));
            last = page.at(-1)?.position ?? last;
            if (page.length === 0 && ended) return;
          }
        })();
        await Promise.all(
          Array.from({ length: publishers }, async () => {
            for (let index = 0; index < each; index++) {
              await database.transaction(async (trx) => {
                await bus.publish(trx, newEvent());
                // Time for another to commit in between, were it allowed to.
                if (index % 3 === 0) await sleep(Math.random() * 4);
                if (index % 5 === 0) await bus.publish(trx, newEvent());
              });
            }
          }),
        );
        publishing = false;
        await reading;
        await sql`drop trigger zz_dawdle on outbox`.execute(database.kysely);
        expect(seen).toHaveLength(publishers * (each + each / 5));
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      });
    });

    describe('subscriptions', () => {
      it('give what is recorded, then what comes, without gap or repetition', async () => {
        await publishMany(30);
        const subscription = collect(0);
        const writing = (async () => {
          for (let index = 0; index < 30; index++) await publish();
        })();
        const late = collect(0);
        await writing;
        await until(async () => subscription.got.length >= 60 && late.got.length >= 60);
        await sleep(30);
        const recorded = (await bus.read(0, 100)).map(({ position }) => position);
        expect(subscription.positions()).toEqual(recorded);
        expect(late.positions()).toEqual(recorded);
        await Promise.all([subscription.stop(), late.stop()]);
      });

      it('begin after a position, or with what comes', async () => {
        await publishMany(5);
        const [, second] = await bus.read(0, 10);
        const middle = collect(second?.position ?? 0);
        const fresh = collect(-1);
        await until(async () => middle.got.length >= 3);
        await sleep(50);
        await publish();
        await until(async () => middle.got.length >= 4 && fresh.got.length >= 1);
        expect(middle.got).toHaveLength(4);
        expect(fresh.positions()).toEqual([await bus.newestPosition()]);
        await Promise.all([middle.stop(), fresh.stop()]);
      });

      it('of one organisation give nothing of the others', async () => {
        const other = newId('organization');
        await publishMany(3);
        await publishMany(3, other);
        const subscription = collect(0, other);
        await until(async () => subscription.got.length >= 3);
        await publishMany(2);
        await publishMany(2, other);
        await bus.broadcast(progressEvent('theirs'));
        await bus.broadcast(progressEvent('ours', other));
        await until(async () => subscription.got.length >= 6);
        await sleep(30);
        expect(subscription.got).toHaveLength(6);
        expect(new Set(subscription.got.map(({ event }) => event.organizationId))).toEqual(new Set([other]));
        await subscription.stop();
      });

      it('give events of other processes, within milliseconds', async () => {
        const other = await start({}, (await opened.openAnother?.())?.as() ?? database);
        const subscription = collect(-1);
        await sleep(50);
        const delays: number[] = [];
        for (let round = 1; round <= 10; round++) {
          await database.transaction((trx) => other.publish(trx, newEvent()));
          const since = performance.now();
          await until(async () => subscription.got.length >= round);
          delays.push(performance.now() - since);
        }
        expect(delays.sort((a, b) => a - b)[5]).toBeLessThan(500);
        await subscription.stop();
      });

      it('give a subscriber that is slow everything, in order, with bounded memory', async () => {
        const controller = new AbortController();
        const positions: number[] = [];
        const reading = (async () => {
          for await (const { position } of bus.subscribe(0, controller.signal)) {
            positions.push(position);
            if (positions.length === 1) await sleep(400);
            if (positions.length === 3_001) return;
          }
        })();
        await publish();
        await until(async () => positions.length === 1);
        for (let round = 0; round < 10; round++) await publishMany(300);
        await reading;
        expect(positions).toEqual((await bus.read(0, 4_000)).map(({ position }) => position));
        controller.abort();
      });

      it('carry transient events to those who listen, and keep them nowhere', async () => {
        const subscription = collect(-1);
        await sleep(50);
        const event = progressEvent('räumt auf');
        await bus.broadcast(event);
        await until(async () => subscription.got.length >= 1);
        expect(subscription.got).toEqual([{ position: 0, event }]);
        expect(await bus.read(0, 10)).toEqual([]);
        await subscription.stop();
      });

      it('carry a transient event that is too long for a notification, shortened', async () => {
        const subscription = collect(-1);
        await sleep(50);
        await bus.broadcast(progressEvent('ü𝔸'.repeat(20_000)));
        await until(async () => subscription.got.length >= 1);
        const event = subscription.got[0]?.event;
        expect(event?.type === 'job_progress' && event.data.stage).toMatch(/^(ü𝔸)+ü?$/u);
        await subscription.stop();
      });

      it('end with the signal and with the bus', async () => {
        const first = collect(0);
        const second = collect(0);
        await sleep(20);
        await first.stop();
        await bus.close();
        await second.stop();
        const third = collect(0);
        await third.stop();
      });
    });

    describe('consumers', () => {
      const record = (consumer: string) => async (trx: Parameters<Bus['publish']>[0], event: RecordedEvent) => {
        await sql`insert into effects values (${consumer}, ${event.id})`.execute(trx);
      };
      async function effects(consumer: string): Promise<string[]> {
        const { rows } = await sql<{ event: string }>`
          select event from effects where name = ${consumer} order by event::bigint`.execute(database.kysely);
        return rows.map(({ event }) => event);
      }
      const ids = async () => (await bus.read(0, 1_000)).map(({ event }) => event.id);

      it('handle what is recorded and what comes, once and in order', async () => {
        await publishMany(3);
        const order: (string | null)[] = [];
        await bus.consume('one', async (trx, event) => {
          order.push(event.id);
          await record('one')(trx, event);
        });
        for (let index = 0; index < 5; index++) await publish();
        await until(async () => order.length >= 8);
        expect(order).toEqual(await ids());
        await until(async () => (await effects('one')).length === 8);
      });

      it('go on where they were after a restart, each by itself', async () => {
        await publishMany(3);
        const first = await start();
        await first.consume('one', record('one'));
        await until(async () => (await effects('one')).length === 3);
        await first.close();
        await publishMany(2);
        const second = await start();
        const seen: (string | null)[] = [];
        await second.consume('one', async (_, event) => void seen.push(event.id));
        await second.consume('two', record('two'));
        await until(async () => seen.length >= 2 && (await effects('two')).length >= 5);
        expect(seen).toEqual((await ids()).slice(3));
      });

      it('have each effect once though one attempt in three is rolled back and three processes take part', async () => {
        const others = await Promise.all(
          [1, 2].map(async () => start({}, (await opened.openAnother?.())?.as() ?? database)),
        );
        let attempts = 0;
        const flaky = async (trx: Parameters<Bus['publish']>[0], event: RecordedEvent) => {
          await record('flaky')(trx, event);
          if (++attempts % 3 === 0) throw new Error('rolled back');
        };
        await Promise.all([bus, ...others].map((one) => one.consume('flaky', flaky)));
        for (let index = 0; index < 30; index++) await publish();
        await until(async () => (await effects('flaky')).length >= 30, 20_000);
        await sleep(50);
        expect(await effects('flaky')).toEqual(await ids());
        expect(attempts).toBeGreaterThan(40);
      });

      it('stay at an event that fails, say so, and go on in order when it works', async () => {
        const failures: { consumer: string; attempt: number; event: string | null }[] = [];
        const telling = await start({
          consumerFailed: ({ consumer, attempt, event }) =>
            failures.push({ consumer, attempt, event: event?.id ?? null }),
        });
        const order: string[] = [];
        let broken = true;
        await publishMany(2);
        await telling.consume('stuck', async (_, event) => {
          if (broken) throw new Error('not yet');
          order.push(event.id ?? '');
        });
        await until(async () => failures.length >= 2);
        broken = false;
        await until(async () => order.length >= 2);
        const [first] = await ids();
        expect(order).toEqual(await ids());
        expect(failures.slice(0, 2)).toEqual([1, 2].map((attempt) => ({ consumer: 'stuck', attempt, event: first })));
      });

      it('finish the event at hand when the bus closes', async () => {
        await publish();
        const begun = Promise.withResolvers<void>();
        await bus.consume('closing', async (trx, event) => {
          begun.resolve();
          await sleep(100);
          await record('closing')(trx, event);
        });
        await begun.promise;
        await bus.close();
        expect(await effects('closing')).toHaveLength(1);
      });
    });

    describe('prune', () => {
      it('deletes what ended and was handled before, keeps what waits and how far the stream has come', async () => {
        const ended = await enqueue();
        await settle(await leaseOne());
        const waiting = await enqueue();
        await publishMany(6);
        let handled = 0;
        await bus.consume('all', async () => void handled++);
        await until(async () => handled >= 6);
        const newest = await bus.newestPosition();
        await sleep(20);
        const then = new Date();
        await sleep(20);
        const young = await enqueue({ priority: 1 });
        await settle(await leaseOne());

        expect(await bus.prune(new Date(0))).toEqual({ jobs: 0, events: 0, inbox: 0 });
        expect(await bus.prune(then)).toEqual({ jobs: 1, events: 5, inbox: 5 });
        const left = await database.kysely.selectFrom('jobs').select('id').orderBy('id').execute();
        expect(left.map(({ id }) => id)).toEqual([waiting, young]);
        expect(left.map(({ id }) => id)).not.toContain(ended);
        expect(await bus.newestPosition()).toBe(newest);

        await publish();
        await until(async () => handled >= 7);
        await bus.close();
        const again = await start();
        await again.consume('all', async () => void handled++);
        await sleep(50);
        expect(handled).toBe(7);
      });

      it('keeps events that a consumer has yet to handle', async () => {
        await bus.consume('quick', async () => {});
        await bus.consume('slow', async () => {
          throw new Error('stuck');
        });
        await publishMany(1);
        await sql`insert into inbox (consumer, position) select 'slow', position - 1 from outbox`.execute(
          database.kysely,
        );
        await publishMany(3);
        await sleep(50);
        expect((await bus.prune(new Date(Date.now() + 60_000))).events).toBe(0);
      });
    });
  });
}

/** Asks until the answer is there, for `limitMs` at most. */
async function until<T>(ask: () => Promise<T | undefined | false>, limitMs = 10_000): Promise<T> {
  for (const end = Date.now() + limitMs; ; await sleep(2)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`it did not happen within ${limitMs} ms`);
  }
}
