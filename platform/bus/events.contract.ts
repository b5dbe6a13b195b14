import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '#contracts/events/events.ts';
import { newId } from '#contracts/ids/ids.ts';
import type { Bus } from './bus.ts';
import type { BusTables } from './tables.ts';
import { type BusFixture, until } from './testing/bus-fixture.ts';

/** What the bus promises about events: order, subscriptions, consumers, and what is kept. */
export function describeEvents(fixture: BusFixture): void {
  const { start, enqueue, leaseOne, settle, newEvent, publish, publishMany, progressEvent, collect, organization } =
    fixture;

  describe('events', () => {
    it('are read as they were published, in order, with position and time', async () => {
      const start = await fixture.bus.newestPosition();
      const events = [newEvent(), newEvent(), newEvent()];
      await fixture.database.transaction(async (trx) => {
        for (const event of events) await fixture.bus.publish(trx, event);
      });
      const read = await fixture.bus.read(start, 10);
      expect(read.map(({ event }) => event)).toEqual(
        events.map((event, index) => ({ ...event, id: String(read[index]?.position), time: expect.any(String) })),
      );
      expect(await fixture.bus.newestPosition()).toBe(read[2]?.position);
      expect((await fixture.bus.read(read[0]?.position ?? 0, 1)).map(({ position }) => position)).toEqual([
        read[1]?.position,
      ]);
      expect(await fixture.bus.read(read[2]?.position ?? 0, 10)).toEqual([]);
    });

    it('are not there when their transaction was rolled back', async () => {
      const rolledBack = fixture.database.transaction(async (trx) => {
        await fixture.bus.publish(trx, newEvent());
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      expect(await fixture.bus.read(0, 10)).toEqual([]);
    });

    it('of one organisation are read apart', async () => {
      const other = newId('organization');
      await publishMany(2);
      await publishMany(3, other);
      expect(await fixture.bus.read(0, 10, organization)).toHaveLength(2);
      expect(await fixture.bus.read(0, 10, other)).toHaveLength(3);
      expect(await fixture.bus.read(0, 10)).toHaveLength(5);
    });

    it('get positions in the order of commits, though their transactions overlap', async () => {
      const on = (await fixture.opened.openAnother?.())?.as<BusTables>();
      // One connection cannot hold two transactions open.
      if (on === undefined) return;
      const begun = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      const slow = newEvent();
      const first = on.transaction(async (trx) => {
        await fixture.bus.publish(trx, slow);
        begun.resolve();
        await go.promise;
      });
      await begun.promise;
      const fast = newEvent();
      await publish(fast);
      expect((await fixture.bus.read(0, 10)).map(({ event }) => event.subject.id)).toEqual([fast.subject.id]);
      go.resolve();
      await first;
      expect((await fixture.bus.read(0, 10)).map(({ event }) => event.subject.id)).toEqual([
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
        begin perform pg_sleep(random() * 0.004); return null; end $$`.execute(fixture.database.kysely);
      await sql`
        create constraint trigger zz_dawdle after insert on outbox deferrable initially deferred
        for each row execute function dawdle()`.execute(fixture.database.kysely);
      const seen: number[] = [];
      let publishing = true;
      const reading = (async () => {
        for (let last = 0; ; ) {
          const ended = !publishing;
          const page = await fixture.bus.read(last, 7);
          seen.push(...page.map(({ position }) => position));
          last = page.at(-1)?.position ?? last;
          if (page.length === 0 && ended) return;
        }
      })();
      await Promise.all(
        Array.from({ length: publishers }, async () => {
          for (let index = 0; index < each; index++) {
            await fixture.database.transaction(async (trx) => {
              await fixture.bus.publish(trx, newEvent());
              // Time for another to commit in between, were it allowed to.
              if (index % 3 === 0) await sleep(Math.random() * 4);
              if (index % 5 === 0) await fixture.bus.publish(trx, newEvent());
            });
          }
        }),
      );
      publishing = false;
      await reading;
      await sql`drop trigger zz_dawdle on outbox`.execute(fixture.database.kysely);
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
      const recorded = (await fixture.bus.read(0, 100)).map(({ position }) => position);
      expect(subscription.positions()).toEqual(recorded);
      expect(late.positions()).toEqual(recorded);
      await Promise.all([subscription.stop(), late.stop()]);
    });

    it('begin after a position, or with what comes', async () => {
      await publishMany(5);
      const [, second] = await fixture.bus.read(0, 10);
      const middle = collect(second?.position ?? 0);
      const fresh = collect(-1);
      await until(async () => middle.got.length >= 3);
      await sleep(50);
      await publish();
      await until(async () => middle.got.length >= 4 && fresh.got.length >= 1);
      expect(middle.got).toHaveLength(4);
      expect(fresh.positions()).toEqual([await fixture.bus.newestPosition()]);
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
      await fixture.bus.broadcast(progressEvent('theirs'));
      await fixture.bus.broadcast(progressEvent('ours', other));
      await until(async () => subscription.got.length >= 6);
      await sleep(30);
      expect(subscription.got).toHaveLength(6);
      expect(new Set(subscription.got.map(({ event }) => event.organizationId))).toEqual(new Set([other]));
      await subscription.stop();
    });

    it('give events of other processes, within milliseconds', async () => {
      const other = await start({}, (await fixture.opened.openAnother?.())?.as() ?? fixture.database);
      const subscription = collect(-1);
      await sleep(50);
      const delays: number[] = [];
      for (let round = 1; round <= 10; round++) {
        await fixture.database.transaction((trx) => other.publish(trx, newEvent()));
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
        for await (const { position } of fixture.bus.subscribe(0, controller.signal)) {
          positions.push(position);
          if (positions.length === 1) await sleep(400);
          if (positions.length === 3_001) return;
        }
      })();
      await publish();
      await until(async () => positions.length === 1);
      for (let round = 0; round < 10; round++) await publishMany(300);
      await reading;
      expect(positions).toEqual((await fixture.bus.read(0, 4_000)).map(({ position }) => position));
      controller.abort();
    });

    it('carry transient events to those who listen, and keep them nowhere', async () => {
      const subscription = collect(-1);
      await sleep(50);
      const event = progressEvent('räumt auf');
      await fixture.bus.broadcast(event);
      await until(async () => subscription.got.length >= 1);
      expect(subscription.got).toEqual([{ position: 0, event }]);
      expect(await fixture.bus.read(0, 10)).toEqual([]);
      await subscription.stop();
    });

    it('carry a transient event that is too long for a notification, shortened', async () => {
      const subscription = collect(-1);
      await sleep(50);
      await fixture.bus.broadcast(progressEvent('ü𝔸'.repeat(20_000)));
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
      await fixture.bus.close();
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
        select event from effects where name = ${consumer} order by event::bigint`.execute(fixture.database.kysely);
      return rows.map(({ event }) => event);
    }
    const ids = async () => (await fixture.bus.read(0, 1_000)).map(({ event }) => event.id);

    it('handle what is recorded and what comes, once and in order', async () => {
      await publishMany(3);
      const order: (string | null)[] = [];
      await fixture.bus.consume('one', async (trx, event) => {
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
        [1, 2].map(async () => start({}, (await fixture.opened.openAnother?.())?.as() ?? fixture.database)),
      );
      let attempts = 0;
      const flaky = async (trx: Parameters<Bus['publish']>[0], event: RecordedEvent) => {
        await record('flaky')(trx, event);
        if (++attempts % 3 === 0) throw new Error('rolled back');
      };
      await Promise.all([fixture.bus, ...others].map((one) => one.consume('flaky', flaky)));
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
      await fixture.bus.consume('closing', async (trx, event) => {
        begun.resolve();
        await sleep(100);
        await record('closing')(trx, event);
      });
      await begun.promise;
      await fixture.bus.close();
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
      await fixture.bus.consume('all', async () => void handled++);
      await until(async () => handled >= 6);
      const newest = await fixture.bus.newestPosition();
      expect(await fixture.bus.oldestPosition()).toBe(newest - 5);
      await sleep(20);
      const then = new Date();
      await sleep(20);
      const young = await enqueue({ priority: 1 });
      await settle(await leaseOne());

      expect(await fixture.bus.prune(new Date(0))).toEqual({ jobs: 0, events: 0, inbox: 0 });
      expect(await fixture.bus.prune(then)).toEqual({ jobs: 1, events: 5, inbox: 5 });
      const left = await fixture.database.kysely.selectFrom('jobs').select('id').orderBy('id').execute();
      expect(left.map(({ id }) => id)).toEqual([waiting, young]);
      expect(left.map(({ id }) => id)).not.toContain(ended);
      expect(await fixture.bus.newestPosition()).toBe(newest);
      expect(await fixture.bus.oldestPosition()).toBe(newest);

      await publish();
      await until(async () => handled >= 7);
      await fixture.bus.close();
      const again = await start();
      await again.consume('all', async () => void handled++);
      await sleep(50);
      expect(handled).toBe(7);
    });

    it('keeps events that a consumer has yet to handle', async () => {
      await fixture.bus.consume('quick', async () => {});
      await fixture.bus.consume('slow', async () => {
        throw new Error('stuck');
      });
      await publishMany(1);
      await sql`insert into inbox (consumer, position) select 'slow', position - 1 from outbox`.execute(
        fixture.database.kysely,
      );
      await publishMany(3);
      await sleep(50);
      expect((await fixture.bus.prune(new Date(Date.now() + 60_000))).events).toBe(0);
    });
  });
}
