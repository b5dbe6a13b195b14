import { describe, expect, it } from 'vitest';
import type { JobId } from '#contracts/ids/ids.ts';
import type { JobKind, JobPayload } from '#contracts/jobs/job-kinds.ts';
import { type BusFixture, FAILURE, GEOMETRY, RENDER, RETRYABLE, SUCCESS } from './testing/bus-fixture.ts';

/** What the bus promises about jobs that are made of parts. */
export function describeParts(fixture: BusFixture): void {
  const { start, newJob, enqueue, lease, leaseOne, settle, cancel, row } = fixture;

  /** A held job and two parts of another kind, which do 0.6 and 0.3 of its work. */
  async function enqueueWhole(): Promise<{ whole: JobId; parts: [JobId, JobId] }> {
    const whole = await enqueue({ kind: GEOMETRY, held: true });
    const first = await enqueue({ parent: { id: whole, share: 0.6 } });
    const second = await enqueue({ parent: { id: whole, share: 0.3 } });
    return { whole, parts: [first, second] };
  }

  const leaseWhole = () => lease(5, 10_000, [GEOMETRY]);
  const payload = { files: ['made by the parts'] } as unknown as JobPayload<'geometry.process'>;
  const release = (id: JobId, kind: JobKind = GEOMETRY) =>
    fixture.database.transaction((trx) => fixture.bus.release(trx, id, kind, payload as never));
  const fail = (id: JobId) => fixture.database.transaction((trx) => fixture.bus.fail(trx, id, FAILURE));

  describe('a held job', () => {
    it('is leased once it was released, with the payload that it then got', async () => {
      const { whole } = await enqueueWhole();
      expect(await leaseWhole()).toEqual([]);
      expect(await release(whole, RENDER)).toBe(false);
      expect(await release(whole)).toBe(true);
      expect(await release(whole)).toBe(false);
      expect(await leaseWhole()).toMatchObject([{ id: whole, payload, attempt: 1 }]);
    });

    it('wakes nobody before', async () => {
      const other = await start();
      // A bus waits for what comes after a lease that found nothing.
      expect(await lease(1, 1_000, [GEOMETRY], other)).toEqual([]);
      const startedAt = performance.now();
      const waiting = other.waitForWork([GEOMETRY], 300);
      await enqueue({ kind: GEOMETRY, held: true });
      await waiting;
      expect(performance.now() - startedAt).toBeGreaterThan(250);
      const whole = await enqueue({ kind: GEOMETRY, held: true });
      expect(await lease(1, 1_000, [GEOMETRY], other)).toEqual([]);
      const woken = other.waitForWork([GEOMETRY], 10_000);
      const releasedAt = performance.now();
      await release(whole);
      await woken;
      expect(performance.now() - releasedAt).toBeLessThan(5_000);
    });

    it('runs as soon as a part does, and its own lease is its first', async () => {
      const { whole } = await enqueueWhole();
      const part = await leaseOne();
      const begun = await row(whole);
      expect(begun).toMatchObject({ state: 'running', attempt: 0, lease_owner: null, lease_until: null });
      expect(begun.started_at).not.toBeNull();
      expect(await leaseWhole()).toEqual([]);
      await settle(part);
      await settle(await leaseOne());
      await release(whole);
      const [leased] = await leaseWhole();
      expect(leased).toMatchObject({ id: whole, attempt: 1, token: 1 });
      expect(await row(whole)).toMatchObject({ lost_leases: 0, started_at: begun.started_at });
      expect(await settle(leased!)).toBe('succeeded');
    });

    it('is tried again like any other once it was leased', async () => {
      const { whole } = await enqueueWhole();
      await leaseOne();
      await release(whole);
      const [first] = await leaseWhole();
      expect(await settle(first!, RETRYABLE)).toBe('retried');
      await expect.poll(leaseWhole).toMatchObject([{ id: whole, attempt: 2 }]);
    });

    it('can be failed by nobody in particular, once', async () => {
      const { whole, parts } = await enqueueWhole();
      await leaseOne();
      expect(await fail(whole)).toBe(true);
      expect(await fail(whole)).toBe(false);
      expect(await row(whole)).toMatchObject({ state: 'failed', error: FAILURE });
      for (const part of parts) expect(await row(part)).toMatchObject({ state: 'canceled' });
      expect(await release(whole)).toBe(false);
    });
  });

  describe('parts', () => {
    it('add their progress up, which never goes back, and lend their stage', async () => {
      const { whole } = await enqueueWhole();
      const first = await leaseOne();
      await fixture.bus.heartbeat(first.id, first.token, 10_000, 0.5, 'render');
      expect(await row(whole)).toMatchObject({ stage: 'render' });
      expect((await row(whole)).progress).toBeCloseTo(0.3, 9);
      const second = await leaseOne();
      await fixture.bus.heartbeat(second.id, second.token, 10_000, 1, 'render');
      expect((await row(whole)).progress).toBeCloseTo(0.6, 9);
      await settle(first);
      expect((await row(whole)).progress).toBeCloseTo(0.9, 9);
      // What is said late, or again, adds nothing.
      for (const progress of [0.1, 1]) await fixture.bus.heartbeat(second.id, second.token, 10_000, progress, 'render');
      await settle(second);
      expect((await row(whole)).progress).toBeCloseTo(0.9, 9);
    });

    it('tried again count once', async () => {
      const { whole } = await enqueueWhole();
      const first = await leaseOne(60);
      await fixture.bus.heartbeat(first.id, first.token, 60, 0.5, 'render');
      await new Promise((resolve) => setTimeout(resolve, 100));
      const again = await leaseOne();
      expect(again.id).toBe(first.id);
      for (const progress of [0.2, 0.6]) await fixture.bus.heartbeat(again.id, again.token, 10_000, progress, 'render');
      expect((await row(whole)).progress).toBeCloseTo(0.6 * 0.6, 9);
      await settle(again);
      expect((await row(whole)).progress).toBeCloseTo(0.6, 9);
    });

    it('are told of as their parent, when something moved', async () => {
      const { whole } = await enqueueWhole();
      const { got, stop } = fixture.collect(-1);
      await fixture.bus.newestPosition();
      const part = await leaseOne();
      const beat = (progress: number, stage: string) =>
        fixture.bus.heartbeat(part.id, part.token, 10_000, progress, stage);
      for (const [progress, stage] of [
        [0.5, 'render'],
        [0.5, 'render'],
        [0.2, 'render'],
        [0.5, 'encode'],
      ] as const) {
        await beat(progress, stage);
      }
      await expect.poll(() => got.length).toBe(2);
      expect(got.map(({ event }) => event.data)).toMatchObject([
        { jobId: whole, kind: GEOMETRY, stage: 'render' },
        { jobId: whole, kind: GEOMETRY, stage: 'encode' },
      ]);
      await stop();
    });

    it('leave a released job alone', async () => {
      const { whole } = await enqueueWhole();
      const part = await leaseOne();
      await release(whole);
      const [leased] = await leaseWhole();
      await fixture.bus.heartbeat(leased!.id, leased!.token, 10_000, 0.05, 'encode');
      await fixture.bus.heartbeat(part.id, part.token, 10_000, 1, 'render');
      expect(await row(whole)).toMatchObject({ stage: 'encode', progress: 0.05 });
    });

    it('are canceled with it, and those that run are told', async () => {
      const { whole, parts } = await enqueueWhole();
      const running = await leaseOne();
      expect(await cancel(whole)).toBe(true);
      expect(await fixture.bus.heartbeat(running.id, running.token, 10_000, 0.5, '')).toBe('canceled');
      for (const id of [whole, ...parts]) expect(await row(id)).toMatchObject({ state: 'canceled' });
      await expect(settle(running, SUCCESS)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await lease()).toEqual([]);
    });

    it('that have ended stay as they ended', async () => {
      const { whole } = await enqueueWhole();
      const done = await leaseOne();
      await settle(done);
      await cancel(whole);
      expect(await row(done.id)).toMatchObject({ state: 'succeeded' });
    });

    it('do not deadlock with their parent, whoever leases, settles and cancels at once', async () => {
      const wholes = await Promise.all(Array.from({ length: 8 }, enqueueWhole));
      const others = [fixture.bus, await start(), await start()];
      await Promise.all([
        ...others.map(async (bus) => {
          for (let i = 0; i < 12; i++) {
            for (const job of await lease(2, 10_000, [RENDER], bus)) {
              await bus.heartbeat(job.id, job.token, 10_000, 0.5, 'render');
              await settle(job).catch((error: { code?: string }) => expect(error.code).toBe('lease_lost'));
            }
          }
        }),
        ...wholes.map(async ({ whole }, index) => (index % 2 === 0 ? cancel(whole) : release(whole))),
      ]);
      for (const [index, { whole, parts }] of wholes.entries()) {
        if (index % 2 === 1) continue;
        expect(await row(whole)).toMatchObject({ state: 'canceled' });
        for (const part of parts) expect(['canceled', 'succeeded']).toContain((await row(part)).state);
      }
    });

    it('of a job that was rolled back are gone with it', async () => {
      const whole = newJob({ kind: GEOMETRY, held: true });
      const rolledBack = fixture.database.transaction(async (trx) => {
        await fixture.bus.enqueue(trx, whole);
        await fixture.bus.enqueue(trx, newJob({ parent: { id: whole.id, share: 1 } }));
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      expect(await lease()).toEqual([]);
    });
  });
}
