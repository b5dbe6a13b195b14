import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { type BusFixture, GEOMETRY, RENDER, RETRYABLE, until } from './testing/bus-fixture.ts';

/** What the bus promises to several organisations that share the workers, and about jobs that are queued once more. */
export function describeSharing(fixture: BusFixture): void {
  const { start, newJob, enqueue, lease, leaseOne, settle, cancel, row, organization } = fixture;

  /** Queues many jobs of an organisation at once. */
  const enqueueMany = (count: number, organizationId = organization, kind = RENDER) =>
    fixture.database.transaction((trx) =>
      fixture.bus.enqueueAll(
        trx,
        Array.from({ length: count }, () => newJob({ organizationId, kind })),
      ),
    );

  describe('organisations', () => {
    it('do not wait for what others have queued: one job beside ten thousand is the next', async () => {
      for (let batch = 0; batch < 10; batch++) await enqueueMany(1000);
      await lease(4);
      const other = newId('organization');
      const mine = await enqueue({ organizationId: other, priority: -5 });
      expect((await leaseOne()).id).toBe(mine);
      // Nor for a high priority of theirs, which counts among their own.
      const urgent = await enqueue({ priority: 100 });
      const second = await enqueue({ organizationId: other });
      expect((await lease(2)).map(({ id }) => id).sort()).toEqual([second, urgent].sort());
    });

    it('take turns at a single worker, whose jobs end before it asks for the next, whatever their priority', async () => {
      const other = newId('organization');
      await enqueueMany(20);
      await enqueue({ priority: 10 });
      await settle(await leaseOne());
      await enqueueMany(5, other);
      const order: boolean[] = [];
      for (let turn = 0; turn < 10; turn++) {
        const leased = await leaseOne();
        order.push(leased.organizationId === other);
        await settle(leased);
      }
      expect(order).toEqual(Array.from({ length: 10 }, (_, turn) => turn % 2 === 0));
    });

    it('have the same number of jobs at work while each has some that wait', async () => {
      const others = Array.from({ length: 3 }, () => newId('organization'));
      await enqueueMany(20, others[0]);
      await enqueueMany(3, others[1]);
      await enqueueMany(20, others[2]);
      const leased = await lease(13);
      const shares = others.map((one) => leased.filter(({ organizationId }) => organizationId === one).length);
      expect(shares).toEqual([5, 3, 5]);
    });

    it('keep to their limit, however many lease at once, and go on when a job ends', async () => {
      const [other, listed] = [newId('organization'), newId('organization')];
      await sql`create table listed_organizations (organization_id text)`.execute(fixture.database.kysely);
      await sql`insert into listed_organizations values (${listed})`.execute(fixture.database.kysely);
      const limits = {
        usual: 3,
        listed: { table: 'listed_organizations', limit: 1 },
        of: { [organization]: 2 },
        exempt: [GEOMETRY],
      };
      const limited = await start({ limits, pollMs: 60_000 });
      const others = [1, 2, 3].map(async () =>
        start({ limits }, (await fixture.opened.openAnother?.())?.as() ?? fixture.database),
      );
      const buses = [limited, ...(await Promise.all(others))];
      await enqueueMany(10);
      await enqueueMany(10, other);
      await enqueueMany(10, listed);
      await enqueueMany(4, organization, GEOMETRY);
      const rounds = await Promise.all(
        Array.from({ length: 12 }, (_, index) => lease(2, 10_000, [RENDER], buses[index % buses.length])),
      );
      const leased = rounds.flat();
      const held = (one: string) => leased.filter(({ organizationId }) => organizationId === one);
      expect([held(organization).length, held(other).length, held(listed).length]).toEqual([2, 3, 1]);
      // Exempt kinds are neither limited nor counted.
      expect(await lease(10, 10_000, [GEOMETRY], limited)).toHaveLength(4);
      // What was queued above may still be announced, to which a worker answers with a lease that gets nothing. Behind
      // that nothing ends a waiting, unless it is a busy loop.
      await until(async () => {
        expect(await lease(2, 10_000, [RENDER], limited)).toEqual([]);
        const began = performance.now();
        await limited.waitForWork([RENDER], 200);
        return performance.now() - began > 190;
      });
      let woken = false;
      const waiting = limited.waitForWork([RENDER], 30_000).then(() => (woken = true));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(woken).toBe(false);
      const [first] = held(other);
      await fixture.database.transaction((trx) =>
        limited.settle(trx, first?.id ?? 'job_', first?.token ?? 0, { type: 'succeeded', result: {} }),
      );
      await waiting;
      const [next] = await until(async () => {
        const found = await lease(2, 10_000, [RENDER], limited);
        return found.length > 0 && found;
      });
      expect(next?.organizationId).toBe(other);
      await sql`drop table listed_organizations`.execute(fixture.database.kysely);
    });

    it('find their jobs past thousands that wait for another attempt', async () => {
      await enqueueMany(2000);
      await sql`update jobs set delayed = true, run_at = now() + interval '1 hour'`.execute(fixture.database.kysely);
      const id = await enqueue();
      expect((await leaseOne()).id).toBe(id);
      await sql`update jobs set run_at = now() where id in (select id from jobs where delayed limit 3)`.execute(
        fixture.database.kysely,
      );
      expect(await lease(10)).toHaveLength(3);
    });
  });

  describe('a job that is queued once more', () => {
    it('begins anew, with its parts, after it failed or was canceled, and refuses who had it before', async () => {
      const id = await enqueue({ maxAttempts: 1 });
      const first = await leaseOne();
      expect(await settle(first, RETRYABLE)).toBe('failed');
      const retry = (jobId: typeof id) => fixture.database.transaction((trx) => fixture.bus.retry(trx, jobId));
      expect(await retry(id)).toBe(true);
      expect(await retry(id)).toBe(false);
      const second = await leaseOne();
      expect(second).toMatchObject({ id, attempt: 1, token: 2 });
      await expect(settle(first)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await settle(second)).toBe('succeeded');
      expect(await retry(id)).toBe(false);

      const whole = await enqueue({ kind: GEOMETRY, held: true });
      const part = await enqueue({ parent: { id: whole, share: 1 } });
      await settle(await leaseOne());
      expect((await row(whole)).progress).toBe(1);
      await cancel(whole);
      expect(await retry(whole)).toBe(true);
      expect(await row(whole)).toMatchObject({ state: 'queued', held: true, progress: 0, finished_at: null });
      expect((await leaseOne()).id).toBe(part);
    });
  });
}
