import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '#contracts/rest/resources/job.ts';
import type { Render } from '#contracts/rest/resources/render.ts';
import { loadLibav } from '#platform/video/libav.ts';
import { decodeVideo } from '#platform/video/testing/decode-video.ts';
import { makeCube } from '../models/cube.ts';
import { createTestDatabase, findPostgresql } from '../postgresql.ts';
import { EventListener, request, requestJson, settled, upload } from './client.ts';
import { SHORT_LEASES, startApart, startWhole, type TestServer } from './server.ts';

const postgresql = await findPostgresql();

const ARRANGEMENTS = [
  {
    name: 'in one process on PGlite',
    skip: false,
    start: async () => ({ server: await startWhole({ environment: SHORT_LEASES }), drop: async () => {} }),
    // The only process; with it the lease of the job of a sequence can be lost as well.
    rendering: 0,
  },
  {
    name: 'with every role in its own process on PostgreSQL',
    skip: postgresql === null,
    start: async () => {
      const database = await createTestDatabase();
      return { server: await startApart(database.url, { environment: SHORT_LEASES }), drop: () => database.drop() };
    },
    rendering: 3,
  },
];

/** Asks for a sequence. */
async function ask(server: TestServer, wish: object): Promise<Job & { render: Render }> {
  const { status, body } = await requestJson<Job & { render: Render }>(server, '/v1/renders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  expect(status, JSON.stringify(body)).toBe(202);
  return body;
}

/** Reads until it fits; a server that is down for the moment counts as not fitting. */
async function poll<T>(server: TestServer, path: string, fits: (body: T) => boolean, seconds = 120): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await requestJson<T>(server, path).catch(() => null);
    if (answer?.status === 200 && fits(answer.body)) return answer.body;
    if (performance.now() > deadline) throw new Error(`${path} is ${JSON.stringify(answer?.body)} after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const ended = ({ state }: { state: string }) => state !== 'queued' && state !== 'running';

for (const { name, skip, start, rendering } of ARRANGEMENTS) {
  describe.skipIf(skip)(`a sequence ${name}`, () => {
    let server: TestServer;
    let drop: () => Promise<void>;
    let assetId: string;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'maquette-sequence-'));
      ({ server, drop } = await start());
      const { body } = await upload(server, [{ name: 'cube.glb', bytes: await makeCube(1) }]);
      await settled(server, body.id);
      assetId = body.id;
    });
    afterAll(async () => {
      await server?.stop();
      await server?.remove();
      await drop?.();
      await rm(folder, { recursive: true, force: true });
    });

    const TURNTABLE = { kind: 'turntable', width: 64, height: 64, samples: 1, fps: 25 };

    async function download(url: string) {
      const answer = await request(server, url);
      expect(answer.status).toBe(200);
      return { type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
    }

    it('is drawn, encoded, announced and downloaded', async () => {
      const listener = await EventListener.open(server);
      const job = await ask(server, { ...TURNTABLE, assetId, frames: 100 });
      expect(job).toMatchObject({ kind: 'render.sequence', render: { state: 'queued', files: [], image: null } });
      await listener.waitFor((event) => event.type === 'render_complete' && event.data.renderId === job.render.id);
      const progress = listener.heard.flatMap((event) =>
        event.type === 'job_progress' && event.data.jobId === job.id ? [event.data.progress] : [],
      );
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      const about = listener.heard.filter((event) => 'jobId' in event.data && event.data.assetId === assetId);
      expect(new Set(about.map((event) => 'jobId' in event.data && event.data.jobId))).toEqual(new Set([job.id]));
      listener.close();

      const { body: render } = await requestJson<Render>(server, `/v1/renders/${job.render.id}`);
      expect(render).toMatchObject({ state: 'succeeded', request: { kind: 'turntable', background: '#ffffff' } });
      const [video, poster] = render.files;
      expect(video).toMatchObject({ role: 'video', media: { frames: 100, fps: 25, seconds: 4 } });
      const { type, bytes } = await download(video!.url);
      expect(type).toBe('video/mp4');
      const path = join(folder, 'video.mp4');
      await writeFile(path, bytes);
      expect(decodeVideo(loadLibav(), path).frames).toHaveLength(100);
      expect((await download(poster!.url)).type).toBe('image/png');
      const part = await request(server, video!.url, { headers: { range: 'bytes=0-99' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 100]);
    });

    it('survives the death of its worker in the middle, and is the same as one that nothing happened to', async () => {
      const wish = { ...TURNTABLE, assetId, frames: 140, elevation: 30 };
      const job = await ask(server, wish);
      await poll<Job>(server, `/v1/jobs/${job.id}`, ({ progress }) => progress > 0.15);
      await server.replace(rendering);
      // A whole server takes its time to be back; its death says no more the second time.
      if (rendering > 0) {
        await poll<Job>(server, `/v1/jobs/${job.id}`, ({ progress }) => progress > 0.5);
        await server.replace(rendering);
      }
      const render = await poll<Render>(server, `/v1/renders/${job.render.id}`, ended);
      expect(render).toMatchObject({ state: 'succeeded', error: null, files: [{ media: { frames: 140 } }, {}] });
      const survivor = (await download(render.files[0]!.url)).bytes;

      // Under another name of the same: a full turn from 360 degrees on is the one from 0.
      const again = await ask(server, { ...wish, azimuth: 360 });
      const undisturbed = await poll<Render>(server, `/v1/renders/${again.render.id}`, ended);
      expect((await download(undisturbed.files[0]!.url)).bytes.equals(survivor)).toBe(true);
      const { body } = await requestJson<{ data: Job[] }>(server, `/v1/jobs?assetId=${assetId}&limit=100`);
      expect(body.data.filter(({ kind }) => kind === 'render.frames')).toEqual([]);
      expect(body.data.every(ended)).toBe(true);
    }, 240_000);

    it('stops within moments when it is canceled', async () => {
      const job = await ask(server, { ...TURNTABLE, assetId, width: 1280, height: 720, samples: 64, frames: 100 });
      await poll<Job>(server, `/v1/jobs/${job.id}`, ({ state, progress }) => state === 'running' && progress > 0);
      await request(server, `/v1/jobs/${job.id}/cancel`, { method: 'POST' });
      const canceledAt = performance.now();
      const { body: render } = await requestJson<Render>(server, `/v1/renders/${job.render.id}`);
      expect(render).toMatchObject({ state: 'canceled', files: [] });
      // The only worker is free again long before it could have drawn those frames.
      const image = await request(server, `/v1/assets/${assetId}/render.png?width=33&height=33`);
      expect(image.status).toBe(200);
      expect(performance.now() - canceledAt).toBeLessThan(15_000);
    });

    it('that cannot be made is refused with the reason', async () => {
      const { status, body } = await requestJson<{ errors: { pointer: string; message: string }[] }>(
        server,
        '/v1/renders',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...TURNTABLE, assetId, background: 'transparent' }),
        },
      );
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([
        { pointer: '/body/background', message: expect.stringContaining('no alpha') },
      ]);
    });
  });
}
