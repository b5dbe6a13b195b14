import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import type { RecordedEvent } from '#contracts/events/events.ts';
import { SubscribeResponseSchema } from '#contracts/generated/data_pb.js';
import { newId } from '#contracts/ids/ids.ts';
import { followEvents } from './follow-events.ts';
import type { StreamedEvent } from './hub.ts';

const organizationId = newId('organization');

function eventAt(position: number): StreamedEvent {
  const assetId = newId('asset');
  const event: RecordedEvent = {
    id: String(position),
    type: 'asset_deleted',
    time: '2026-11-20T09:30:00.000Z',
    organizationId,
    projectId: null,
    subject: { type: 'asset', id: assetId },
    data: { assetId },
  };
  return { position, event, json: JSON.stringify(event) };
}

it('EV-17: what happens while a slow client is replayed to is read from the record afterwards, once and in order', async () => {
  const record = Array.from({ length: 10 }, (_, index) => eventAt(index + 1));
  let heard: (item: StreamedEvent) => void = () => {};
  const asked: number[] = [];
  let slow = true;
  const got: number[] = [];
  const done = new AbortController();
  const following = followEvents({
    hub: {
      start() {},
      listen(_, listener) {
        heard = listener;
        return () => {};
      },
      connected: () => true,
      reached: async () => {},
      stop: async () => {},
    },
    events: {
      async *subscribe(request) {
        asked.push(Number(request.after));
        const from = Number(request.after);
        yield create(SubscribeResponseSchema, { newest: BigInt(record.length) });
        for (const { position, json } of record.slice(from)) {
          yield create(SubscribeResponseSchema, { position: BigInt(position), eventJson: json });
        }
      },
    },
    organizationId,
    filter: {},
    after: 0,
    outbox: {
      send() {},
      waiting: 0,
      async drained() {
        // Far more happens than is held back, while the client takes one event.
        if (slow) {
          slow = false;
          for (let position = 11; position <= 3000; position++) {
            const item = eventAt(position);
            record.push(item);
            heard(item);
          }
        }
        return true;
      },
    },
    signal: done.signal,
    begin() {},
    missing() {},
    send: ({ position }) => got.push(position),
  });
  await expect.poll(() => got.length).toBe(3000);
  expect(got).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
  expect(asked.length).toBeGreaterThan(1);
  done.abort();
  expect(await following).toEqual({ reason: 'aborted', position: 3000 });
});
