import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type JobId, newId } from '#contracts/ids/ids.ts';
import type { JobOutcome } from './bus.ts';
import { type BusFixture, FAILURE, GEOMETRY, RENDER, RETRYABLE, SUCCESS, until } from './testing/bus-fixture.ts';

/** What the bus promises about jobs: queueing, leases, settling, canceling, giving up. */
export function describeLeases(fixture: BusFixture): void {
  const { start, newJob, enqueue, lease, leaseOne, settle, cancel, row, organization } = fixture;

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
      const rolledBack = fixture.database.transaction(async (trx) => {
        await fixture.bus.enqueue(trx, newJob());
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      expect(await lease()).toEqual([]);
    });

    it('queued at once are leased in their order, and wake those who wait', async () => {
      expect(await lease()).toEqual([]);
      const woken = fixture.bus.waitForWork([RENDER], 10_000);
      const jobs = [newJob(), newJob({ priority: 2 }), newJob(), newJob({ kind: GEOMETRY, held: true }), newJob()];
      await fixture.database.transaction((trx) => fixture.bus.enqueueAll(trx, jobs));
      await woken;
      const leased = await lease(5);
      expect(leased.map(({ id }) => id)).toEqual([jobs[1], jobs[0], jobs[2], jobs[4]].map((job) => job!.id));
      expect(leased[0]!.payload).toEqual(jobs[1]!.payload);
      await fixture.database.transaction((trx) => fixture.bus.enqueueAll(trx, []));
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
      await fixture.database.transaction(async (trx) => {
        for (let index = 0; index < 60; index++) {
          const job = newJob({ kind: index % 2 === 0 ? RENDER : GEOMETRY });
          ids.add(job.id);
          await fixture.bus.enqueue(trx, job);
        }
      });
      const others = await Promise.all(
        [1, 2, 3].map(async () => start({}, (await fixture.opened.openAnother?.())?.as() ?? fixture.database)),
      );
      const leased: JobId[] = [];
      await Promise.all(
        [fixture.bus, ...others].map(async (one) => {
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
      expect(await fixture.bus.heartbeat(id, first.token, 1_000, 0.9, 'late')).toBe('lost');
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
      expect(await fixture.bus.heartbeat(id, job.token, 5_000, 0.1, 'slow')).toBe('running');
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
        expect(await fixture.bus.heartbeat(id, job.token, 500, progress, `at ${progress}`)).toBe('running');
        expect(await row(id)).toMatchObject({ progress: expected, stage: `at ${progress}` });
      }
      expect(await lease()).toEqual([]);
      expect(+((await row(id)).progressed_at ?? 0)).toBeGreaterThan(+((await row(id)).leased_at ?? 0) + 400);
      expect(await fixture.bus.heartbeat(newId('job'), 1, 80, 0, '')).toBe('lost');
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
      const rolledBack = fixture.database.transaction(async (trx) => {
        await fixture.bus.settle(trx, id, job.token, SUCCESS);
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
        await fixture.bus.waitForWork([RENDER], 2_000);
        const job = await until(async () => (await lease())[0]);
        expect(job.attempt).toBe(attempt);
        outcomes.push(await fixture.database.transaction((trx) => patient.settle(trx, id, job.token, RETRYABLE)));
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
        await sql`update jobs set run_at = clock_timestamp()`.execute(fixture.database.kysely);
        const job = await leaseOne();
        await fixture.database.transaction((trx) => patient.settle(trx, id, job.token, RETRYABLE));
        const { rows } = await sql<{ pause: number }>`
          select (extract(epoch from run_at - clock_timestamp()) * 1000)::double precision as pause from jobs`.execute(
          fixture.database.kysely,
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
      expect(await fixture.bus.heartbeat(id, job.token, 1_000, 0.5, 'on')).toBe('canceled');
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
      expect(await fixture.bus.exhausted(10)).toEqual([]);
      const slow = await leaseOne(500);
      expect(await fixture.bus.exhausted(10)).toEqual([]);
      await sleep(520);
      expect(await lease()).toEqual([]);
      const [job, ...rest] = await fixture.bus.exhausted(10);
      expect(rest).toEqual([]);
      expect(job).toMatchObject({ id, attempt: 2, maxAttempts: 2 });
      // Nobody else gets it meanwhile.
      expect(await fixture.bus.exhausted(10)).toEqual([]);
      await expect(settle(slow)).rejects.toMatchObject({ code: 'lease_lost' });
      if (job !== undefined) expect(await settle(job, RETRYABLE)).toBe('failed');
      expect(await row(id)).toMatchObject({ state: 'failed', error: FAILURE });
      expect(await fixture.bus.exhausted(10)).toEqual([]);
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
      const settled = await fixture.database.transaction((trx) => patient.settle(trx, job!.id, job!.token, RETRYABLE));
      expect(settled).toBe('retried');
    });
  });
}
