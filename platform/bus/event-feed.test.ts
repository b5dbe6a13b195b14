import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '#contracts/events/events.ts';
import { newId, type OrganizationId } from '#contracts/ids/ids.ts';
import { seededRandom } from '#engine/measure/random.ts';
import type { PositionedEvent } from './bus.ts';
import { EventFeed } from './event-feed.ts';

function recorded(position: number, organizationId: OrganizationId): PositionedEvent {
  const assetId = newId('asset');
  const event: RecordedEvent = {
    id: String(position),
    type: 'asset_deleted',
    time: new Date().toISOString(),
    organizationId,
    projectId: null,
    subject: { type: 'asset', id: assetId },
    data: { assetId },
  };
  return { position, event };
}

describe('EventFeed', () => {
  it.each([1, 2, 3, 4, 5, 7])(
    'gives every subscriber exactly its events in order, whatever happens when (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const pause = (most: number) => sleep(random() * most);
      const organizations = [newId('organization'), newId('organization'), newId('organization')];
      const log: PositionedEvent[] = [];
      const source: ConstructorParameters<typeof EventFeed>[0] = {
        // What a query sees is fixed when it begins; its answer comes some time later.
        async read(after, limit, organizationId) {
          await pause(2);
          const rows = log.filter(
            ({ position, event }) =>
              position > after && (organizationId === undefined || event.organizationId === organizationId),
          );
          await pause(random() < 0.3 ? 25 : 3);
          return rows.slice(0, limit);
        },
        async newestPosition() {
          const newest = log.at(-1)?.position ?? 0;
          await pause(3);
          return newest;
        },
      };
      const feed = new EventFeed(source, { page: 4, queue: 12 });

      const subscriptions: {
        got: number[];
        after: number;
        organizationId: OrganizationId | undefined;
        done: Promise<void>;
      }[] = [];
      const end = new AbortController();
      function subscribe(): void {
        const after = random() < 0.4 ? 0 : Math.floor(random() * ((log.at(-1)?.position ?? 0) + 1));
        const organizationId = random() < 0.5 ? undefined : organizations[Math.floor(random() * 3)];
        // Some leave early, so that the feed is at times without any.
        const own = random() < 0.3 ? new AbortController() : null;
        const slow = random() < 0.3;
        const got: number[] = [];
        const signal = own === null ? end.signal : AbortSignal.any([end.signal, own.signal]);
        const done = (async () => {
          for await (const { position } of feed.subscribe(after, signal, organizationId)) {
            got.push(position);
            if (slow) await pause(2);
          }
        })();
        if (own === null) subscriptions.push({ got, after, organizationId, done });
        else setTimeout(() => own.abort(), random() * 60);
      }

      let position = 0;
      for (let step = 0; step < 250; step++) {
        if (random() < 0.1) subscribe();
        const burst = random() < 0.05 ? 20 : random() < 0.5 ? 1 : 0;
        for (let index = 0; index < burst; index++) {
          // Positions have gaps: a rolled back transaction uses one up.
          position += random() < 0.2 ? 2 : 1;
          log.push(recorded(position, organizations[Math.floor(random() * 3)] as OrganizationId));
        }
        // One notification in ten is lost.
        if (burst > 0 && random() < 0.9) feed.wake();
        await pause(2);
      }
      // The last event is told of once, while some are still catching up.
      for (let count = 0; count < 5; count++) subscribe();
      await pause(8);
      log.push(recorded(++position, organizations[0] as OrganizationId));
      feed.wake();

      expect(subscriptions.length).toBeGreaterThan(3);
      for (const { got, after, organizationId } of subscriptions) {
        const expected = log
          .filter(({ event }) => organizationId === undefined || event.organizationId === organizationId)
          .map((one) => one.position)
          .filter((one) => one > after);
        for (const limit = Date.now() + 3_000; got.length < expected.length && Date.now() < limit; ) await sleep(5);
        expect(got, `seed ${seed}`).toEqual(expected);
      }
      end.abort();
      await Promise.all(subscriptions.map(({ done }) => done));
      feed.close();
    },
  );

  it('tells the only subscriber of an event that comes while it catches up', async () => {
    const random = seededRandom(9);
    const organization = newId('organization');
    for (let round = 0; round < 40; round++) {
      const log = [recorded(1, organization)];
      const answer = async <T>(value: T): Promise<T> => {
        await sleep(random() * 4);
        return value;
      };
      const feed = new EventFeed({
        read: (after) => answer(log.filter(({ position }) => position > after)),
        newestPosition: () => answer(log.at(-1)?.position ?? 0),
      });
      const got: number[] = [];
      const reading = (async () => {
        for await (const { position } of feed.subscribe(0, new AbortController().signal)) {
          got.push(position);
          if (position === 2) return;
        }
      })();
      await sleep(random() * 15);
      log.push(recorded(2, organization));
      feed.wake();
      await Promise.race([reading, sleep(2_000)]);
      expect(got, `round ${round}`).toEqual([1, 2]);
    }
  });
});
