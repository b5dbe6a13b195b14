import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import type { Bus, LeasedJob } from './bus.ts';
import { type BusFixture, FAILURE, GEOMETRY, RENDER, RETRYABLE, until } from './testing/bus-fixture.ts';

/** What the bus promises about waiting: for work, and for a job's end. */
export function describeWaiting(fixture: BusFixture): void {
  const { start, newJob, enqueue, lease, leaseOne, settle, cancel, organization } = fixture;

  describe('waiting for work', () => {
    /** Leases until nothing is left, so that the bus knows the queue is empty. */
    async function drain(from: Bus = fixture.bus): Promise<void> {
      while ((await lease(10, 10_000, [RENDER, GEOMETRY], from)).length > 0);
    }

    it('ends within milliseconds when a job is queued by anyone', async () => {
      const other = await start({}, (await fixture.opened.openAnother?.())?.as() ?? fixture.database);
      await drain();
      const delays: number[] = [];
      for (let round = 0; round < 10; round++) {
        const woken = fixture.bus.waitForWork([GEOMETRY, RENDER], 4_000).then(() => performance.now());
        await sleep(5);
        const job = newJob();
        await fixture.database.transaction((trx) => other.enqueue(trx, job));
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
      await fixture.bus.waitForWork([RENDER], 4_000);
      expect(performance.now() - since).toBeLessThan(1_000);
    });

    it('ends at once when a lease was filled to its capacity, because there may be more', async () => {
      await enqueue();
      await enqueue();
      await lease(1);
      const since = performance.now();
      await fixture.bus.waitForWork([RENDER], 4_000);
      expect(performance.now() - since).toBeLessThan(1_000);
      expect(await lease(1)).toHaveLength(1);
    });

    it('lasts as long as it may when there is only other work', async () => {
      await drain();
      const since = performance.now();
      const waiting = fixture.bus.waitForWork([GEOMETRY], 150);
      await enqueue({ kind: RENDER });
      await waiting;
      expect(performance.now() - since).toBeGreaterThan(140);
    });

    it('ends when the signal aborts, and when the bus closes', async () => {
      await drain();
      const controller = new AbortController();
      const aborted = fixture.bus.waitForWork([RENDER], 60_000, controller.signal);
      const closed = fixture.bus.waitForWork([RENDER], 60_000);
      controller.abort();
      await aborted;
      await fixture.bus.waitForWork([RENDER], 60_000, controller.signal);
      await fixture.bus.close();
      await closed;
    });

    it('ends when a retry comes due and when a lease runs out', async () => {
      const patient = await start({ retryFirstMs: 1_000, retryLongestMs: 1_000, random: () => 0 });
      await enqueue();
      const job = await leaseOne();
      await fixture.database.transaction((trx) => patient.settle(trx, job.id, job.token, RETRYABLE));
      await drain();
      const since = performance.now();
      await fixture.bus.waitForWork([RENDER], 4_000);
      const retried = await until(async () => (await lease(1, 1_000))[0]);
      await drain();
      await fixture.bus.waitForWork([RENDER], 4_000);
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
      await fixture.database.kysely
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
        const waiting = [1, 2].map(() => fixture.bus.waitForEnd(id, 4_000).then(() => ended++));
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
      await fixture.bus.waitForEnd(id, 4_000);
      await fixture.bus.waitForEnd(newId('job'), 4_000);
      expect(performance.now() - since).toBeLessThan(1_000);
    });

    it('goes on over a retry, and ends after its time or by the signal', async () => {
      const id = await enqueue();
      const since = performance.now();
      const waiting = fixture.bus.waitForEnd(id, 200);
      await settle(await leaseOne(), RETRYABLE);
      await waiting;
      expect(performance.now() - since).toBeGreaterThan(180);
      const controller = new AbortController();
      const aborted = fixture.bus.waitForEnd(id, 60_000, controller.signal);
      controller.abort();
      await aborted;
    });

    it('notices an end of which no notification came', async () => {
      const polling = await start({ pollMs: 100 });
      const id = await enqueue();
      const waiting = polling.waitForEnd(id, 4_000);
      await sleep(20);
      const since = performance.now();
      await sql`update jobs set state = 'canceled', finished_at = now()`.execute(fixture.database.kysely);
      await waiting;
      expect(performance.now() - since).toBeLessThan(2_000);
    });
  });
}
