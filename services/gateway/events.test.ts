import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { CLOSE_CODES } from '#contracts/socket/messages.ts';
import { closeListeners, idsOf, listenBySocket, listenByStream, openStuck, waitFor } from './testing/listen.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

const HEARTBEAT_MS = 300;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ heartbeatMs: HEARTBEAT_MS, authenticationMs: 400 });
});
afterAll(() => gateway?.close());

afterEach(closeListeners);

const newest = () => gateway.bus.newestPosition();

for (const [transport, listen] of [
  ['WebSocket', listenBySocket],
  ['server-sent events', listenByStream],
] as const) {
  describe(`events over ${transport}`, () => {
    it('EV-1, EV-5, EV-8: begin now, say where that is, and come in the order of their ids', async () => {
      await gateway.publish(2);
      const listener = await listen(gateway);
      expect(listener.start).toBe(String(await newest()));
      const assets = await gateway.publish(5);
      await waitFor(() => listener.events.length >= 5, 'five events');
      expect(idsOf(listener.events)).toEqual(assets);
      const positions = listener.events.map(({ id }) => Number(id));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect(positions[0]).toBeGreaterThan(Number(listener.start));
    });

    it('EV-6: replay what came after a position, then go on', async () => {
      const before = await newest();
      const assets = await gateway.publish(4);
      const listener = await listen(gateway, `?lastEventId=${before}`);
      expect(listener.start).toBe(String(before));
      assets.push(...(await gateway.publish(2)));
      await waitFor(() => listener.events.length >= 6, 'six events');
      expect(idsOf(listener.events)).toEqual(assets);

      const third = listener.events[2]?.id as string;
      const byHeader = await listen(gateway, '?lastEventId=0', { headers: { 'last-event-id': third } });
      await waitFor(() => byHeader.events.length >= 3, 'three events');
      expect(idsOf(byHeader.events)).toEqual(assets.slice(3));
    });

    it('EV-4: leave nothing out and repeat nothing while they are replayed and published at once', async () => {
      const before = await newest();
      const assets = await gateway.publish(30);
      const publishing = gateway.publish(60);
      const listeners = await Promise.all(Array.from({ length: 4 }, () => listen(gateway, `?lastEventId=${before}`)));
      assets.push(...(await publishing));
      for (const listener of listeners) {
        await waitFor(() => listener.events.length >= 90, 'ninety events');
        expect(idsOf(listener.events)).toEqual(assets);
      }
    });

    it('EV-4: leave nothing out when the gateway loses its own source for a while', async () => {
      const listener = await listen(gateway);
      const assets = await gateway.publish(2);
      gateway.breakEvents();
      assets.push(...(await gateway.publish(3)));
      await waitFor(() => listener.events.length >= 5, 'five events');
      gateway.breakEvents();
      assets.push(...(await gateway.publish(1)));
      await waitFor(() => listener.events.length >= 6, 'six events');
      await sleep(200);
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-7: take a position of the future for the newest', async () => {
      const listener = await listen(gateway, '?lastEventId=999999999');
      expect(listener.start).toBe(String(await newest()));
      const assets = await gateway.publish(1);
      await waitFor(() => listener.events.length >= 1, 'an event');
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-20: say what is missing when events after the position are not kept any more', async () => {
      const kept = (await gateway.publish(3)).at(-1);
      const last = await newest();
      await expect
        .poll(() => gateway.bus.prune(new Date(Date.now() + 60_000)).then(gateway.bus.oldestPosition))
        .toBe(last);
      const late = await listen(gateway, '?lastEventId=1');
      await waitFor(() => late.events.length >= 1, 'the event that is kept');
      const told = late.messages.filter(({ type }) => type !== 'ready');
      expect(told).toMatchObject([{ type: 'gap', lastEventId: String(last - 1) }, { type: 'asset_deleted' }]);
      expect([late.start, idsOf(late.events)]).toEqual(['1', [kept]]);
      // Nothing is missing for who has seen the last one that is gone.
      const inTime = await listen(gateway, `?lastEventId=${last - 1}`);
      await waitFor(() => inTime.events.length >= 1, 'the event that is kept');
      expect(inTime.messages.some(({ type }) => type === 'gap')).toBe(false);
    });

    it('EV-2: carry progress to those who listen, and replay none', async () => {
      const before = await newest();
      const listener = await listen(gateway);
      const { job: jobId, projectId, id } = await gateway.upload();
      await gateway.bus.broadcast({
        id: null,
        type: 'job_progress',
        time: new Date().toISOString(),
        organizationId: gateway.organizationId,
        projectId,
        subject: { type: 'job', id: jobId },
        data: { jobId, assetId: id, kind: 'geometry.process', progress: 0.5, stage: 'reading' },
      });
      await waitFor(() => listener.events.length >= 2, 'two events');
      expect(listener.events.map(({ type, id: position }) => [type, position === null])).toEqual([
        ['model_uploaded', false],
        ['job_progress', true],
      ]);
      const late = await listen(gateway, `?lastEventId=${before}`);
      await waitFor(() => late.events.length >= 1, 'an event');
      await sleep(50);
      expect(late.events.map(({ type }) => type)).toEqual(['model_uploaded']);
    });

    it('EV-3: are those of the own organisation', async () => {
      const before = await newest();
      const others = await gateway.makeOrganization();
      const theirs = await listen(gateway, `?lastEventId=${before}`, { key: others.key });
      const ours = await listen(gateway);
      const ourAssets = await gateway.publish(3);
      const theirAssets = await gateway.publish(2, others.id);
      await waitFor(() => ours.events.length >= 3 && theirs.events.length >= 2, 'the events');
      await sleep(50);
      expect(idsOf(ours.events)).toEqual(ourAssets);
      expect(idsOf(theirs.events)).toEqual(theirAssets);
    });

    it('EV-9, EV-10: pass the filters of project, asset, job and type', async () => {
      const before = await newest();
      const [one, two] = [await gateway.upload(), await gateway.upload()];
      await gateway.work('geometry.process', { asset: one.id });
      await gateway.work('render.image', { asset: one.id });
      await gateway.work('geometry.process', { asset: two.id });
      const heard = async (query: string, count: number) => {
        const listener = await listen(gateway, `?lastEventId=${before}&${query}`);
        await waitFor(() => listener.events.length >= count, `${count} events of ${query}`);
        await sleep(30);
        expect(listener.events.length, query).toBe(count);
        return listener.events;
      };
      const path = ['model_uploaded', 'model_processed', 'render_requested', 'render_complete'];
      expect((await heard(`asset=${one.id}`, 4)).map(({ type }) => type)).toEqual(path);
      expect((await heard(`job=${one.job}`, 2)).map(({ type }) => type)).toEqual(path.slice(0, 2));
      expect(idsOf(await heard('types=model_uploaded', 2))).toEqual([one.id, two.id]);
      await heard(`types=model_uploaded,render_complete&asset=${two.id}`, 1);
      await heard(`project=${newId('project')}`, 0);
      expect(
        (await heard(`project=${one.projectId}&asset=${one.id}&types=render_complete`, 1))[0]?.data,
      ).toHaveProperty('assetId', one.id);
    });

    it('EV-13: end when the key is revoked', async () => {
      const { json } = await gateway.request('/v1/api-keys', {
        method: 'POST',
        json: { name: 'short-lived', scopes: ['events:read'] },
      });
      const listener = await listen(gateway, '', { key: json.key });
      const assets = await gateway.publish(1);
      await waitFor(() => listener.events.length === 1, 'an event');
      await gateway.request(`/v1/api-keys/${json.id}`, { method: 'DELETE' });
      const code = await listener.closed;
      if (transport === 'WebSocket') expect(code).toBe(CLOSE_CODES.unauthenticated);
      const last = listener.messages.at(-1);
      expect(last).toMatchObject({ type: 'closing', reason: 'unauthenticated', lastEventId: String(await newest()) });
      expect(idsOf(listener.events)).toEqual(assets);
    });

    it('EV-16: end for a client that does not keep up, which is told, and nobody else notices', async () => {
      // A heartbeat as it is by default: a client that reads nothing answers no ping either.
      const own = await openGateway();
      try {
        const stuck = await openStuck(own, transport);
        const gauge = transport === 'WebSocket' ? 'websocket' : 'sse';
        const connected = async () => {
          const { text } = await own.request('/metrics');
          return Number(new RegExp(`maquette_event_clients\\{transport="${gauge}"\\} (\\d+)`).exec(text)?.[1]);
        };
        expect(await connected()).toBe(1);
        const { job: jobId } = await own.upload();
        for (let burst = 0; burst < 400 && (await connected()) === 1; burst += 1) {
          for (let count = 0; count < 50; count += 1) {
            own.inject({
              id: null,
              type: 'job_progress',
              time: new Date().toISOString(),
              organizationId: own.organizationId,
              projectId: null,
              subject: { type: 'job', id: jobId },
              data: { jobId, assetId: null, kind: 'geometry.process', progress: 0.5, stage: 'x'.repeat(7000) },
            });
          }
        }
        expect(await connected()).toBe(0);
        const text = await stuck.read();
        expect(text).toContain('"type":"closing","reason":"slow_client"');
        expect((await own.request('/v1/projects')).status).toBe(200);
      } finally {
        await own.close();
      }
    });
  });
}
