import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import type { Render } from '#contracts/rest/resources/render.ts';
import { corpusFile, hasCorpus } from '../corpus.ts';
import { makeCube } from '../models/cube.ts';
import { createTestDatabase, findPostgresql } from '../postgresql.ts';
import { EventListener, readServerSentEvents, request, requestJson, settled, upload } from './client.ts';
import { startApart, startWhole, type TestServer } from './server.ts';

const postgresql = await findPostgresql();

const ARRANGEMENTS = [
  {
    name: 'in one process on PGlite',
    skip: false,
    start: async () => ({ server: await startWhole(), drop: async () => {} }),
  },
  {
    name: 'with every role in its own process on PostgreSQL',
    skip: postgresql === null,
    start: async () => {
      const database = await createTestDatabase();
      return { server: await startApart(database.url), drop: () => database.drop() };
    },
  },
];

for (const { name, skip, start } of ARRANGEMENTS) {
  describe.skipIf(skip)(`an upload ${name}`, () => {
    let server: TestServer;
    let drop: () => Promise<void>;
    let listener: EventListener;

    beforeAll(async () => {
      ({ server, drop } = await start());
      listener = await EventListener.open(server);
    });
    afterAll(async () => {
      listener?.close();
      await server?.stop();
      await server?.remove();
      await drop?.();
    });

    it('becomes a measured, rendered asset, and every step is announced in order', async () => {
      const cube = await makeCube(1);
      const { status, headers, body } = await upload(server, [{ name: 'cube.glb', bytes: cube }]);
      expect(status).toBe(201);
      expect(headers.get('location')).toBe(`/v1/assets/${body.id}`);
      expect(body).toMatchObject({ state: 'processing', name: 'cube.glb', error: null, report: null });
      await listener.waitFor((event) => event.type === 'render_complete' && event.data.assetId === body.id);
      expect(listener.typesOf(body.id)).toEqual([
        'model_uploaded',
        'model_processed',
        'render_requested',
        'render_complete',
      ]);

      const asset = await settled(server, body.id);
      expect(asset).toMatchObject({ state: 'ready', format: 'glb', report: { triangles: 12, watertight: true } });
      const size = asset.report?.bounds?.max.map((value, axis) => value - (asset.report?.bounds?.min[axis] ?? 0));
      for (const edge of size ?? []) expect(edge).toBeCloseTo(1, 5);

      const job = await requestJson<Job>(server, `/v1/jobs/${body.job}`);
      expect(job.body).toMatchObject({ state: 'succeeded', progress: 1, attempt: 1 });
    });

    it('is fetched by URL, with the same steps behind it', async () => {
      const cube = await makeCube(5);
      const files = createServer((_request, response) => response.end(cube)).listen(0, '127.0.0.1');
      await once(files, 'listening');
      const { port } = files.address() as AddressInfo;
      const { status, body } = await requestJson<Asset>(server, '/v1/assets', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: `http://127.0.0.1:${port}/models/fetched.glb` }),
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ state: 'uploading', name: 'fetched.glb' });
      await listener.waitFor((event) => event.type === 'render_complete' && event.data.assetId === body.id);
      expect(listener.typesOf(body.id)[0]).toBe('model_uploaded');
      expect(await settled(server, body.id)).toMatchObject({ state: 'ready', report: { triangles: 12 } });
      files.close();
    });

    it('has a preview that shows the model', async () => {
      const { body } = await upload(server, [{ name: 'shown.glb', bytes: await makeCube(2) }]);
      const asset = await settled(server, body.id);
      expect(asset.preview).toMatchObject({ width: 512, height: 512 });
      const answer = await request(server, asset.preview?.url ?? '');
      expect(answer.headers.get('content-type')).toBe('image/webp');
      const { data, info } = await sharp(Buffer.from(await answer.arrayBuffer()))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([512, 512, 4]);
      const pixel = (x: number, y: number) => [...data.subarray((y * 512 + x) * 4, (y * 512 + x) * 4 + 4)];
      expect(pixel(3, 3)[3]).toBe(0);
      const [red, green, blue, alpha] = pixel(256, 256) as [number, number, number, number];
      expect(alpha).toBe(255);
      expect(red).toBeGreaterThan(2 * Math.max(green, blue));
    });

    it('can be downloaded as it came, in part and as GLB', async () => {
      const cube = await makeCube(3);
      const { body } = await upload(server, [{ name: 'ünïcode name.glb', bytes: cube }]);
      const asset = await settled(server, body.id);
      const files = await requestJson<{ data: { role: string; name: string; url: string; sha256: string }[] }>(
        server,
        `/v1/assets/${asset.id}/files`,
      );
      const original = files.body.data.find(({ role }) => role === 'original');
      expect(original?.name).toBe('ünïcode name.glb');
      const whole = await request(server, original?.url ?? '');
      const bytes = Buffer.from(await whole.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(original?.sha256);
      expect(bytes.equals(cube)).toBe(true);
      const part = await request(server, original?.url ?? '', { headers: { range: 'bytes=0-3' } });
      expect(part.status).toBe(206);
      expect(await part.text()).toBe('glTF');
      const unchanged = await request(server, original?.url ?? '', {
        headers: { 'if-none-match': whole.headers.get('etag') ?? '' },
      });
      expect(unchanged.status).toBe(304);
      const glb = await request(server, `/v1/assets/${asset.id}/model.glb`);
      expect((await glb.text()).startsWith('glTF')).toBe(true);
    });

    it('ends as failed, with a reason and its original, when it cannot be read', async () => {
      const bytes = (await makeCube(4)).subarray(0, 300);
      const { body } = await upload(server, [{ name: 'cut-off.glb', bytes }]);
      const asset = await settled(server, body.id);
      expect(asset.state).toBe('failed');
      expect(asset.error).toMatchObject({ fault: 'input' });
      expect(asset.error?.message.length).toBeGreaterThan(20);
      expect(asset.error?.remedy).toBeTruthy();
      await listener.waitFor((event) => event.type === 'model_rejected' && event.data.assetId === body.id);
      expect(listener.typesOf(body.id)).toEqual(['model_uploaded', 'model_rejected']);
      const files = await requestJson<{ data: { role: string; url: string }[] }>(
        server,
        `/v1/assets/${asset.id}/files`,
      );
      const original = await request(server, files.body.data[0]?.url ?? '');
      expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).toBe(true);
    });

    it('renders by URL, the same bytes at the second time, without rendering again', async () => {
      const { body } = await upload(server, [{ name: 'by-url.glb', bytes: await makeCube(5) }]);
      await settled(server, body.id);
      const path = `/v1/assets/${body.id}/render.png?width=160&height=120&view=front&background=%23ffffff`;
      const first = await request(server, path);
      expect(first.status).toBe(200);
      const image = Buffer.from(await first.arrayBuffer());
      expect(await sharp(image).metadata()).toMatchObject({ format: 'png', width: 160, height: 120 });
      const second = await request(server, path);
      expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
      expect(Buffer.from(await second.arrayBuffer()).equals(image)).toBe(true);
      const renders = await requestJson<{ data: Render[] }>(server, `/v1/renders?assetId=${body.id}`);
      expect(renders.body.data.filter(({ purpose, cost }) => purpose === 'url' && cost?.cached === false)).toHaveLength(
        1,
      );
      const notModified = await request(server, path, {
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      });
      expect(notModified.status).toBe(304);
    });

    it('renders on request, and waits when it is asked to', async () => {
      const { body } = await upload(server, [{ name: 'on-request.glb', bytes: await makeCube(6) }]);
      await settled(server, body.id);
      const { status, body: render } = await requestJson<Render>(server, '/v1/renders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ assetId: body.id, width: 64, height: 64, format: 'jpg' }),
      });
      expect([200, 201]).toContain(status);
      expect(render).toMatchObject({
        state: 'succeeded',
        purpose: 'request',
        image: { contentType: 'image/jpeg', width: 64 },
      });
    });

    it('is replayed to a client that comes later', async () => {
      const events = await readServerSentEvents(server, '0', 4);
      expect(events.slice(0, 4).map(({ type }) => type)).toContain('model_uploaded');
      const positions = events.map(({ id }) => Number(id));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      const later = await readServerSentEvents(server, events[1]?.id ?? '', 2);
      expect(later[0]).toEqual(events[2]);
    });

    it('is refused without a key, and to a wrong one', async () => {
      for (const authorization of ['', 'Bearer mq_live_wrongwrongwrongwrongwrongwrong']) {
        const answer = await fetch(`${server.url}/v1/assets`, { headers: { authorization } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      }
    });

    it.skipIf(!hasCorpus)('takes real models: Knight.glb and character.glb', async () => {
      for (const [path, animations] of [
        ['gltf/Knight.glb', 76],
        ['gltf/character.glb', null],
      ] as const) {
        const { body } = await upload(server, [{ name: path, bytes: await corpusFile(path) }]);
        const asset = await settled(server, body.id);
        expect(asset.state).toBe('ready');
        expect(asset.preview).not.toBeNull();
        if (animations !== null) expect(asset.report?.animations).toHaveLength(animations);
        // An asset can be read as ready a moment before the event about it reaches the listener.
        await expect
          .poll(() => listener.typesOf(body.id), { timeout: 5000 })
          .toEqual(['model_uploaded', 'model_processed', 'render_requested', 'render_complete']);
      }
    });
  });
}

describe('a second start on the same data', () => {
  it('keeps everything', async () => {
    const first = await startWhole();
    const { body } = await upload(first, [{ name: 'kept.glb', bytes: await makeCube(7) }]);
    const before = await settled(first, body.id);
    await first.stop();
    const second = await startWhole({ data: first.data });
    try {
      expect((await requestJson(second, `/v1/assets/${body.id}`)).body).toEqual(before);
    } finally {
      await second.stop();
      await second.remove();
    }
  });

  it('is refused while the first one runs', async () => {
    const first = await startWhole();
    try {
      await expect(startWhole({ data: first.data })).rejects.toThrow(/data_directory_locked/);
    } finally {
      await first.stop();
      await first.remove();
    }
  });
});

describe('a wrong configuration', () => {
  it('is refused with every problem at once', async () => {
    const folder = await mkdtemp('/tmp/maquette-test-');
    await writeFile(join(folder, 'x'), '');
    await expect(
      startWhole({ data: folder, environment: { MAQUETTE_RENDER_SECONDS: 'soon', MAQUETTE_HOTS: '::1' } }),
    ).rejects.toThrow(/MAQUETTE_RENDER_SECONDS[\s\S]*MAQUETTE_HOTS|MAQUETTE_HOTS[\s\S]*MAQUETTE_RENDER_SECONDS/);
  });
});
